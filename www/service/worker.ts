/// <reference lib="webworker" />
/**
 * The service worker: after the first visit the site needs no network.
 *
 * Each deployment has a cache of its own. When it is installed, the files are fetched that every screen needs, and those
 * of the screens that were kept before; when a page says that a screen has been opened, or that everything is wanted,
 * the others. It takes over when no page of the deployment before is open any more, or when a page says so. Other tabs
 * may then go on with the deployment before and load more of it: all files but the page itself have their content in their names, so that one that is not of this
 * deployment is looked for in the caches of those before. These are deleted once no other page is open. So no page ever
 * gets files of two deployments.
 */
declare const self: ServiceWorkerGlobalScope;
/** All four are written before this file by the build. */
declare const VERSION: string;
/** What every screen needs, */
declare const FILES: readonly string[];
/** what each needs besides, */
declare const SCREENS: Readonly<Record<string, readonly string[]>>;
/** and what only some machines can use. */
declare const ON_DEMAND: readonly string[];

const PREFIX = `bettiscope:${new URL(self.registration.scope).pathname}:`;
const NAME = PREFIX + VERSION;
/** No file of the site: the names of the screens that are kept, beside their files. */
const KEPT = new URL("kept-screens.json", self.registration.scope).href;

/** What a page asks to be kept. */
interface Wanted {
  readonly keep: "everything" | readonly string[];
}

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "loaded") event.waitUntil(deleteOlder());
  if (typeof event.data === "object") event.waitUntil(keepFor(event.data, event.ports[0]));
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
  // Deployments without a list kept everything.
  for (const name of await older()) await keep((await kept(name)) ?? Object.keys(SCREENS));
}

/** Keeps what a page asks for, and tells it: nothing, or what was wrong. */
async function keepFor(wanted: Wanted, port: MessagePort | undefined): Promise<void> {
  try {
    if (wanted.keep === "everything") {
      await keep(Object.keys(SCREENS));
      await addMissing(ON_DEMAND);
    } else await keep(wanted.keep);
    port?.postMessage(undefined);
  } catch (error) {
    port?.postMessage(`Not everything could be loaded: ${error instanceof Error ? error.message : error}`);
  }
}

/** Keeps the files of these screens from now on, in the deployments to come too. */
async function keep(screens: readonly string[]): Promise<void> {
  await addMissing(screens.flatMap((name) => SCREENS[name] ?? []));
  const cache = await caches.open(NAME);
  const all = new Set([...((await kept(NAME)) ?? []), ...screens]);
  await cache.put(KEPT, new Response(JSON.stringify([...all])));
}

/** The screens whose files a deployment keeps, as it says. */
async function kept(name: string): Promise<readonly string[] | undefined> {
  const list = await (await caches.open(name)).match(KEPT);
  return list?.json();
}

async function addMissing(files: readonly string[]): Promise<void> {
  const cache = await caches.open(NAME);
  const known = await Promise.all(files.map((file) => cache.match(file)));
  await cache.addAll(files.filter((_, at) => known[at] === undefined));
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
