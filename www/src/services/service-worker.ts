// The site without a network: the service worker keeps its files, those of a screen once that has been opened.

import { deployment } from "./offline.svelte";

/** The mark that is set when the screens that have been opened work offline. */
const KEPT = "bettiscope: kept";

let active: Promise<ServiceWorker> | undefined;

/** Registers it, and keeps the screens that are opened. */
export async function begin(): Promise<void> {
  active ??= register();
  const worker = await active;
  deployment.keepOpened = () => {
    keepOpened(worker).catch((error: unknown) => console.warn("A screen will not work offline:", error));
  };
  await keepOpened(worker);
}

/** Keeps the files of all screens, and of all builds of the network. */
export async function keepEverything(): Promise<void> {
  active ??= register();
  await ask(await active, { keep: "everything" });
}

async function keepOpened(worker: ServiceWorker): Promise<void> {
  await ask(worker, { keep: [...deployment.opened] });
  performance.mark(KEPT, { detail: [...deployment.opened] });
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
