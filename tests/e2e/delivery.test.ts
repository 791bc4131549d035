// How the site is delivered: how much is loaded, from where, and what happens without a network or after an update.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Page, Request } from "@playwright/test";

import { site as siteFolder } from "../../scripts/build-site.mjs";
import { serve } from "../../scripts/serve.mjs";
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
  await page.clock.install();
  await page.goto(site.url);
  await marked(page, "loaded");
  await offline(page);
  const urls: string[] = [];
  page.context().on("request", (request) => urls.push(request.url()));
  // Whatever waits for a time gets it.
  await page.clock.runFor(120_000);
  expect(urls).toEqual([]);
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
    const caches = await page.evaluate(() => globalThis.caches.keys());
    expect(caches.map((name) => name.split(":").at(-1))).toEqual(["next"]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});

/** Waits until the page has set a mark of this name. */
async function marked(page: Page, name: string): Promise<void> {
  await page.waitForFunction((name) => performance.getEntriesByName(`bettiscope: ${name}`).length > 0, name);
}

/** Waits until the site would work offline. */
async function offline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    if (serviceWorker.controller) return;
    await new Promise((done) => serviceWorker.addEventListener("controllerchange", done, { once: true }));
  });
}

function change(file: string, pattern: RegExp, replacement: string): void {
  const before = readFileSync(file, "utf8");
  expect(before).toMatch(pattern);
  writeFileSync(file, before.replace(pattern, replacement));
}
