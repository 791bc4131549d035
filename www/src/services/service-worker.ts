/** The mark that the page sets when it has loaded what it needs by itself. */
const LOADED = "bettiscope: loaded";

/** When to begin if that mark does not come, in milliseconds after the page's own load. */
const LATEST = 20_000;

/**
 * Makes the site work offline, once it has loaded what it needs by itself. Calls back when a new deployment is ready:
 * the page goes on with the one that it has been loaded from until `update()` is called or all its tabs are closed.
 */
export function registerServiceWorker(onUpdate: (update: () => void) => void): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  let isBegun = false;
  const begin = () => {
    if (isBegun) return;
    isBegun = true;
    register(onUpdate).catch((error: unknown) => console.warn("The site will not work offline:", error));
  };
  const observer = new PerformanceObserver((marks) => {
    if (marks.getEntriesByName(LOADED).length > 0) begin();
  });
  observer.observe({ type: "mark", buffered: true });
  setTimeout(begin, LATEST);
}

async function register(onUpdate: (update: () => void) => void): Promise<void> {
  const service = navigator.serviceWorker;
  const registration = await service.register("./sw.js");
  const offer = (worker: ServiceWorker) => {
    // The very first one takes nothing's place.
    if (worker.state !== "installed" || !service.controller) return;
    onUpdate(() => {
      // Another tab may have asked before.
      if (worker.state !== "installed") location.reload();
      service.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("take over");
    });
  };
  // It may keep what a deployment before has left for other tabs.
  service.controller?.postMessage("loaded");
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => offer(worker));
  });
}
