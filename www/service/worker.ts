/// <reference lib="webworker" />
/**
 * The service worker: after the first visit the site needs no network.
 *
 * Each deployment has a cache of its own. Its files are fetched when it is installed; it takes over when no page of the
 * deployment before is open any more, or when a page says so. Other tabs may then go on with the deployment before and
 * load more of it: all files but the page itself have their content in their names, so that one that is not of this
 * deployment is looked for in the caches of those before. These are deleted once no other page is open. So no page ever
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
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "loaded") event.waitUntil(deleteOlder());
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
  await deleteOlder();
  // The page that has installed it: what it loads later is kept too.
  await self.clients.claim();
}

/** Deletes the caches of other deployments, unless a page of one of them may still be open. */
async function deleteOlder(): Promise<void> {
  const { installing, waiting } = self.registration;
  // A cache that is not of this deployment may be that of the next one.
  if (installing || waiting) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length > 1) return;
  for (const name of await older()) await caches.delete(name);
}

/** The caches of other deployments. */
async function older(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
}

async function answer(request: Request): Promise<Response> {
  const isPage = request.mode === "navigate";
  const cache = await caches.open(NAME);
  const known = (await cache.match(request, { ignoreSearch: isPage })) ?? (isPage ? undefined : await find(request));
  if (known) return known;
  const response = await fetch(request);
  if (response.ok && response.type === "basic") await cache.put(request, response.clone());
  return response;
}

/** A file of a deployment before. */
async function find(request: Request): Promise<Response | undefined> {
  for (const name of await older()) {
    const known = await (await caches.open(name)).match(request);
    if (known) return known;
  }
  return undefined;
}

export {};
