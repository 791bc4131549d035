// How the site is delivered: how much is loaded, from where, and what happens without a network or after an update.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

import type { Page, Request } from "@playwright/test";

import { site as siteFolder } from "../../scripts/build-site.mjs";
import { serve } from "../../scripts/serve.mjs";
import { openLab } from "./lab-page.js";
import { expect, test } from "./site.js";

/** Of everything that is requested until the first barcode is on the screen, gzipped as GitHub Pages does. */
const BUDGET = 200_000;

test("the first barcode needs at most 200 kB", async ({ page, site }) => {
  const requests: Request[] = [];
  page.context().on("request", (request) => requests.push(request));
  await page.goto(site.url);
  await marked(page, "loaded");
  const { end, later } = await page.evaluate((name) => {
    const mark = performance.getEntriesByName(name)[0]?.startTime ?? 0;
    const ofPage = performance.getEntriesByType("resource").filter(({ startTime }) => startTime > mark);
    return { end: performance.timeOrigin + mark, later: ofPage.map((entry) => entry.name) };
  }, "bettiscope: first barcode");
  // A request has no time before it has been answered. Where the page has asked itself its own clock decides: the other
  // one may differ by milliseconds.
  const answered = [...requests];
  await Promise.all(answered.map((request) => request.response()));
  const files = answered
    .filter((request) => request.timing().startTime <= end && !later.includes(request.url()))
    .map((request) => request.url().slice(site.url.length) || "index.html");
  const sizes = files.map((file) => gzipSync(readFileSync(join(siteFolder, file)), { level: 6 }).length);
  const list = files.map((file, at) => `${file}: ${sizes[at]}`).join("\n  ");
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`first barcode after ${total} bytes, gzipped\n  ${list}`);
  expect(list).toMatch(/topology_bg.*wasm/);
  expect(total, list).toBeLessThanOrEqual(BUDGET);
});

test("everything comes from the site's own path, and nothing else may be run or asked for", async ({
  page,
  site,
  problems,
}) => {
  const urls: string[] = [];
  page.context().on("request", (request) => urls.push(request.url()));
  await page.goto(site.url);
  await marked(page, "loaded");
  await offline(page);
  expect(urls.filter((url) => !url.startsWith(site.url) && !url.startsWith("blob:"))).toEqual([]);
  expect(problems).toEqual([]);

  const refused = await page.evaluate(async () => {
    const inline = document.createElement("script");
    inline.textContent = "globalThis.inlineScriptRan = true;";
    document.head.append(inline);
    const isRefused = (call: () => unknown) =>
      Promise.resolve()
        .then(call)
        .then(
          () => false,
          () => true,
        );
    // In a task of its own: while the debugger evaluates, code from strings is allowed.
    await new Promise((later) => setTimeout(later));
    return {
      inline: !("inlineScriptRan" in globalThis),
      code: await isRefused(() => new Function("return 1")()),
      elsewhere: await isRefused(() => fetch("https://example.com/")),
    };
  });
  expect(refused).toEqual({ inline: true, code: true, elsewhere: true });
  // The three refusals have been reported, as they should be.
  problems.length = 0;
});

test("after loading there is no request at all", async ({ page, site }) => {
  await page.addInitScript(() => {
    type Begin = (work: () => void, delay?: number) => number;
    const waiting = new Map<number, () => void>();
    const { setTimeout, setInterval, clearTimeout } = window;
    const begin = (later: Begin): Begin => {
      return (work, delay) => {
        const timer = later(() => {
          waiting.delete(timer);
          work();
        }, delay);
        waiting.set(timer, work);
        return timer;
      };
    };
    const end = (timer: number) => {
      waiting.delete(timer);
      clearTimeout(timer);
    };
    const passTime = () => {
      for (const [timer, work] of waiting) {
        end(timer);
        work();
      }
    };
    Object.assign(window, { setTimeout: begin(setTimeout), setInterval: begin(setInterval), passTime });
    Object.assign(window, { clearTimeout: end, clearInterval: end });
  });
  await page.goto(site.url);
  await marked(page, "loaded");
  await offline(page);
  const requests: Request[] = [];
  page.context().on("request", (request) => requests.push(request));
  // Whatever waits for a time, and what that makes wait, has its time now: the opening plays, workers that nobody needs
  // end and come again. What was asked for comes before what the test asks for.
  const last = `${site.url}index.html?last`;
  await page.evaluate(async (last) => {
    const { passTime } = window as unknown as { passTime: () => void };
    for (let round = 0; round < 5; round += 1) {
      passTime();
      await new Promise(requestAnimationFrame);
    }
    await fetch(last);
  }, last);
  await expect.poll(() => requests.some((request) => request.url() === last && request.serviceWorker())).toBe(true);
  // What the service worker answers by itself is no request to anyone.
  const isNetwork = async (request: Request) =>
    request.serviceWorker() !== null || !(await request.response())?.fromServiceWorker();
  const sent = await Promise.all(requests.map(async (request) => ((await isNetwork(request)) ? [request.url()] : [])));
  expect(sent.flat()).toEqual([last]);
});

test("after the first visit the site works offline", async ({ page, site }) => {
  await page.goto(site.url);
  await marked(page, "loaded");
  await offline(page);
  site.stop();
  await page.reload();
  await marked(page, "first barcode");
  await marked(page, "loaded");
});

test("a screen's files are kept once it has been opened", async ({ page, site }) => {
  await page.goto(site.url);
  await marked(page, "loaded");
  await offline(page);
  const before = await keptFiles(page);
  expect(before).toMatch(/TricksPanel-.*\.js/);
  expect(before).toMatch(/digits\.bpk/);
  expect(before).not.toMatch(/About-/);
  await page.getByRole("link", { name: "About" }).click();
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
  await expect.poll(() => keptFiles(page)).toMatch(/About-.*\.css/);
  site.stop();
  await page.reload();
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
  await page.getByRole("link", { name: "The Lab" }).click();
  await marked(page, "first barcode");
});

test("whoever opens About first has the rest offline only after asking for it", async ({ page, site }) => {
  await page.goto(`${site.url}#/about`);
  await marked(page, "loaded");
  await offline(page);
  const before = await keptFiles(page);
  expect(before).toMatch(/About-.*\.js/);
  expect(before).not.toMatch(/Lab-.*\.css|topology_bg|learner|\.bpk/);
  await page.getByRole("button", { name: "Keep all of it for offline use" }).click();
  await expect(page.getByText("All of it is kept, and works without a network.")).toBeVisible({ timeout: 60_000 });
  expect(await keptFiles(page)).toMatch(/learner-webgpu/);
  site.stop();
  await page.getByRole("link", { name: "The Lab" }).click();
  await marked(page, "first barcode");
  await page.getByRole("button", { name: "Digit 8" }).click();
  await expect(page.locator(".verdict")).toHaveText("1 piece, 1 hole: it should have 2 holes.");
});

test("what cannot be kept is said", async ({ page, site, problems }) => {
  await page.goto(`${site.url}#/about`);
  await marked(page, "loaded");
  await offline(page);
  site.stop();
  await page.getByRole("button", { name: "Keep all of it for offline use" }).click();
  await expect(page.getByText(/^Not everything could be loaded/)).toBeVisible();
  problems.length = 0;
});

test("a new deployment takes over when it is asked to, and as a whole", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "bettiscope-site-"));
  cpSync(siteFolder, folder, { recursive: true });
  const server = await serve(folder);
  try {
    await page.goto(server.url);
    await marked(page, "loaded");
    await offline(page);
    change(join(folder, "index.html"), /<title>[^<]*/, "<title>The next deployment");
    change(join(folder, "sw.js"), /VERSION = "\w+"/, 'VERSION = "next"');

    await page.reload();
    await marked(page, "loaded");
    await expect(page).not.toHaveTitle("The next deployment");
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      while (!registration.waiting) await new Promise((again) => setTimeout(again, 50));
    });
    await page.reload();
    await marked(page, "loaded");
    await expect(page, "the old one until it is asked").not.toHaveTitle("The next deployment");

    await page.getByRole("button", { name: "Load it" }).click();
    await expect(page).toHaveTitle("The next deployment", { timeout: 60_000 });
    await marked(page, "first barcode");
    await expect.poll(() => versions(page)).toEqual(["next"]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});

test("a second tab goes on with the deployment that it was opened with", async ({ page, context }) => {
  const folder = mkdtempSync(join(tmpdir(), "bettiscope-site-"));
  cpSync(siteFolder, folder, { recursive: true });
  const server = await serve(folder);
  const second = await context.newPage();
  try {
    await page.goto(server.url);
    await marked(page, "loaded");
    await offline(page);
    await second.goto(server.url);
    await marked(second, "loaded");
    await second.evaluate(() => window.bettiscope.set({ lambda: 0.5, steps: 3, holds: 0 }));

    // The next deployment has another page, and of this one's files neither what encodes animations nor a network.
    const gone = filesIn(folder).filter((file) => /gif-worker|digits\.(bpk|json)/.test(file));
    expect(gone).toHaveLength(3);
    for (const file of gone) {
      rmSync(join(folder, file));
      change(join(folder, "sw.js"), new RegExp(`"${file}",?`), "");
    }
    change(join(folder, "index.html"), /<title>[^<]*/, "<title>The next deployment");
    change(join(folder, "sw.js"), /VERSION = "\w+"/, 'VERSION = "next"');
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
    });
    await page.getByRole("button", { name: "Load it" }).click();
    await expect(page).toHaveTitle("The next deployment", { timeout: 60_000 });
    await marked(page, "loaded");
    expect(await versions(page)).toHaveLength(2);

    // The second tab was left alone, and gets what it asks for only now.
    await expect(second).not.toHaveTitle("The next deployment");
    await second.evaluate(() => window.bettiscope.run());
    await second.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      second.waitForEvent("download"),
      second.getByRole("button", { name: "Animation (GIF)" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.gif$/);
    await second.keyboard.press("Escape");
    await second.getByRole("button", { name: "Digit 8" }).click();
    await expect(second.locator(".verdict")).toHaveText("1 piece, 1 hole: it should have 2 holes.");

    // It takes the next deployment when it is asked to; then nothing is kept of the one before.
    await second.getByRole("button", { name: "Load it" }).click();
    await expect(second).toHaveTitle("The next deployment");
    await page.close();
    await second.reload();
    await expect.poll(() => versions(second)).toEqual(["next"]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});

for (const [part, name, open] of [
  [
    "TricksPanel",
    "The comparison with simple tricks",
    (page: Page) => page.getByRole("tab", { name: "Simple tricks" }).click(),
  ],
  [
    "DiagramChart",
    "The persistence diagram",
    (page: Page) => page.getByRole("radio", { name: "Diagram" }).check({ force: true }),
  ],
  ["ExportFiles", "The menu of exports", (page: Page) => page.getByRole("button", { name: "Export" }).click()],
  ["ThreePriors", "“Three priors”", (page: Page) => page.getByRole("button", { name: "Three priors" }).click()],
  ["About", "This page", (page: Page) => page.getByRole("link", { name: "About" }).click()],
  ["DrawingPad", "The drawing pad", (page: Page) => page.getByRole("button", { name: "Draw" }).click()],
] as const) {
  test.describe("without a part", () => {
    test.use({ serviceWorkers: "block" });

    test(`${part} that does not load says so, and comes when it is asked for again`, async ({
      page,
      site,
      problems,
    }) => {
      let isThere = false;
      await page.route(`**/assets/${part}-*.js`, (route) => (isThere ? route.continue() : route.abort()));
      await openLab(page, site.url);
      await open(page);
      const alert = page.getByRole("alert");
      await expect(alert).toContainText(`${name} could not be loaded. Try again when there is a connection`);
      isThere = true;
      await page.getByRole("button", { name: "Try again" }).click();
      await expect(alert).toHaveCount(0);
      expect(problems.filter((problem) => !problem.includes("ERR_FAILED"))).toEqual([]);
      problems.length = 0;
    });
  });
}

/** Waits until the page has set a mark of this name. */
async function marked(page: Page, name: string): Promise<void> {
  await page.waitForFunction((name) => performance.getEntriesByName(`bettiscope: ${name}`).length > 0, name);
}

/** Waits until the screens that have been opened would work offline. */
async function offline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    if (serviceWorker.controller) return;
    await new Promise((done) => serviceWorker.addEventListener("controllerchange", done, { once: true }));
  });
  await marked(page, "kept");
}

/** The files that would be there without a network. */
async function keptFiles(page: Page): Promise<string> {
  const addresses = await page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map(({ url }) => url);
  });
  return addresses.sort().join("\n");
}

/** The deployments that files are kept of. */
async function versions(page: Page): Promise<(string | undefined)[]> {
  const names = await page.evaluate(() => globalThis.caches.keys());
  return names.map((name) => name.split(":").at(-1));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/")] : [],
  );
}

function change(file: string, pattern: RegExp, replacement: string): void {
  const before = readFileSync(file, "utf8");
  expect(before).toMatch(pattern);
  writeFileSync(file, before.replace(pattern, replacement));
}
