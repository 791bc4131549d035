// The site without a network: the service worker keeps its files, those of a screen once that has been opened.

/** The mark that a screen sets when it has loaded what it needs by itself. */
export const LOADED = "bettiscope: loaded";

/** The mark that is set when the screens that have been opened work offline. */
const KEPT = "bettiscope: kept";

/** When to begin if a screen sets no mark, in milliseconds after the page's own load. */
const LATEST = 20_000;

/** Whether this page has a service worker at all. */
const IS_KEPT = import.meta.env.PROD && "serviceWorker" in navigator;

/** What is known of the next deployment. */
class Deployment {
  /** Changes to it, if it is ready; until then, or until all tabs are closed, the page goes on with its own. */
  update: (() => void) | undefined = $state.raw();
}

export const deployment = new Deployment();

/** The screens that have been opened. */
const opened = new Set<string>();
let active: Promise<ServiceWorker> | undefined;
let isBegun = false;

/** Makes the site work offline, once it has loaded what it needs by itself. */
export function registerServiceWorker() {
  if (!IS_KEPT) return;
  const begin = () => {
    if (isBegun) return;
    isBegun = true;
    active ??= register();
    active.then(keepOpened).catch((error: unknown) => console.warn("The site will not work offline:", error));
  };
  const observer = new PerformanceObserver((marks) => {
    if (marks.getEntriesByName(LOADED).length === 0) return;
    observer.disconnect();
    begin();
  });
  observer.observe({ type: "mark", buffered: true });
  setTimeout(begin, LATEST);
}

/** A screen has been opened: it works offline from now on. */
export function keepScreen(name: string) {
  if (!IS_KEPT || opened.has(name)) return;
  opened.add(name);
  // What was opened before it began is kept when it begins.
  if (isBegun)
    active
      ?.then(keepOpened)
      .catch((error: unknown) => console.warn(`The screen ${name} will not work offline:`, error));
}

/** Keeps the files of all screens, and of all builds of the network. Undefined where nothing can be kept. */
export const keepEverything = IS_KEPT
  ? async (): Promise<void> => {
      active ??= register();
      await ask(await active, { keep: "everything" });
    }
  : undefined;

async function keepOpened(worker: ServiceWorker): Promise<void> {
  await ask(worker, { keep: [...opened] });
  performance.mark(KEPT, { detail: [...opened] });
}

/** Asks the service worker to keep files. Rejects with its sentence if it cannot. */
function ask(worker: ServiceWorker, wanted: { keep: "everything" | readonly string[] }): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<string | undefined>) => {
      if (data === undefined) resolve();
      else reject(new Error(data));
    };
    worker.postMessage(wanted, [port2]);
  });
}

/** Registers it. Resolves to the one that is active. */
async function register(): Promise<ServiceWorker> {
  const service = navigator.serviceWorker;
  const registration = await service.register("./sw.js");
  const offer = (worker: ServiceWorker) => {
    // The very first one takes nothing's place.
    if (worker.state !== "installed" || !service.controller) return;
    deployment.update = () => {
      // Another tab may have asked before.
      if (worker.state !== "installed") location.reload();
      service.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage("take over");
    };
  };
  // It may keep what a deployment before has left for other tabs.
  service.controller?.postMessage("loaded");
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => offer(worker));
  });
  const { active } = await service.ready;
  if (!active) throw new Error("the service worker is not active");
  return active;
}
