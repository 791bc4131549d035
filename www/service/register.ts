/**
 * Makes the site work offline, once the page is idle. Calls back when a new deployment is ready: the page goes on with
 * the one that it has been loaded from until `update()` is called or all its tabs are closed.
 */
export function registerServiceWorker(onUpdate: (update: () => void) => void): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const start = () => void register(onUpdate).catch(() => {});
  // Not before the page has what it needs itself.
  if (document.readyState === "complete") setTimeout(start, 1000);
  else addEventListener("load", () => setTimeout(start, 1000), { once: true });
}

async function register(onUpdate: (update: () => void) => void): Promise<void> {
  const service = navigator.serviceWorker;
  const registration = await service.register("./sw.js");
  const offer = (worker: ServiceWorker) => {
    // The very first one takes nothing's place.
    if (worker.state !== "installed" || !service.controller) return;
    onUpdate(() => {
      service.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("take over");
    });
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => offer(worker));
  });
}
