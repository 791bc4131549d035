// What the page does to work offline, as little as has to be there from the beginning.

/** The mark that a screen sets when it has loaded what it needs by itself. */
export const LOADED = "bettiscope: loaded";

/** When to begin if a screen sets no mark, in milliseconds after the page's own load. */
const LATEST = 20_000;

/** Whether this page has a service worker at all. */
export const IS_KEPT = import.meta.env.PROD && "serviceWorker" in navigator;

/** What is known of this deployment and of the next one. */
class Deployment {
  /** Changes to the next one, if it is ready; until then, or until all tabs are closed, the page goes on with its own. */
  update: (() => void) | undefined = $state.raw();
  /** The screens that have been opened: */
  readonly opened = new Set<string>();
  /** keeps their files, once that has begun. */
  keepOpened: (() => void) | undefined;
}

export const deployment = new Deployment();

/** A screen has been opened: it works offline from now on. */
export function keepScreen(name: string) {
  if (!IS_KEPT || deployment.opened.has(name)) return;
  deployment.opened.add(name);
  deployment.keepOpened?.();
}

/** Makes the site work offline, once it has loaded what it needs by itself. */
export function workOffline() {
  if (!IS_KEPT) return;
  let isBegun = false;
  const begin = async () => {
    if (isBegun) return;
    isBegun = true;
    try {
      await (await import("./service-worker")).begin();
    } catch (error) {
      console.warn("The site will not work offline:", error);
    }
  };
  const observer = new PerformanceObserver((marks) => {
    if (marks.getEntriesByName(LOADED).length === 0) return;
    observer.disconnect();
    void begin();
  });
  observer.observe({ type: "mark", buffered: true });
  setTimeout(begin, LATEST);
}
