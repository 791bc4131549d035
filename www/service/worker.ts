/// <reference lib="webworker" />
/**
 * The service worker: after the first visit the site needs no network.
 *
 * Each deployment has a cache of its own. Its files are fetched when it is installed; it takes over when no page of the
 * deployment before is open any more, or when the page says so, and then deletes the other's cache. So no page ever
 * gets files of two deployments.
 */
declare const self: ServiceWorkerGlobalScope;
/** Both are written before this file by the build. */
declare const VERSION: string;
declare const FILES: readonly string[];

const PREFIX = `bettiscope:${new URL(self.registration.scope).pathname}:`;
const NAME = PREFIX + VERSION;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOurs = request.method === "GET" && request.url.startsWith(self.registration.scope);
  if (isOurs) event.respondWith(answer(request));
});

async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  // Past the browser's own cache, which may still have the page of the deployment before.
  const requests = ["./", ...FILES].map((file) => new Request(file, { cache: "no-cache" }));
  await cache.addAll(requests);
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
  // The page that has installed it: what it loads later is kept too.
  await self.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const known = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  if (known) return known;
  const response = await fetch(request);
  if (response.ok && response.type === "basic") await cache.put(request, response.clone());
  return response;
}

export {};
