// Marks in the browser's timeline, for measuring how fast the page is.

/** Sets a mark the first time. */
export function markOnce(name: string) {
  if (performance.getEntriesByName(name, "mark").length === 0) performance.mark(name);
}

/** Resolves when a mark is set. */
export function marked(name: string): Promise<void> {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((entries) => {
      if (entries.getEntriesByName(name).length === 0) return;
      observer.disconnect();
      resolve();
    });
    observer.observe({ type: "mark", buffered: true });
  });
}

/** When the hand moved that has painted the map of a frame. */
export const strokeOf = new WeakMap<object, number>();

/** Measures from a stroke of the brush to its bars on the screen, the first time that they are drawn. */
export function measureStroke(frame: object) {
  const start = strokeOf.get(frame);
  if (start === undefined) return;
  strokeOf.delete(frame);
  performance.measure("bettiscope: stroke to bars", { start });
}
