// The main job in Firefox, where this machine has one: first barcode, an upload, a run on the CPU, an export, offline.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import puppeteer from "puppeteer-core";

import { lookForFirefox } from "../../scripts/browsers.mjs";
import { site } from "../../scripts/build-site.mjs";
import { serve } from "../../scripts/serve.mjs";
import { load } from "../wasm/modules.mjs";

const firefox = lookForFirefox();
const { decode, encode } = await load("images");
const SIDE = 64;

if (!firefox) console.log("No Firefox in PATH and none named in FIREFOX: the page is not tried in it.");
else {
  let folder;
  let server;
  let browser;
  let page;
  const problems = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bettiscope-firefox-"));
    server = await serve(site, { base: "/some/path/" });
    browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: firefox,
      extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": folder },
    });
    page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  });
  after(async () => {
    await browser?.close();
    server?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test("the first barcode is drawn", { timeout: 60_000 }, async () => {
    await page.goto(`${server.url}#backend=cpu`);
    await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
    assert.equal(await sentence(), "1 piece, 0 holes: it should have 1 hole.");
    const drawn = await page.$eval(
      "section[aria-label=Barcode] canvas",
      ({ width, height }) => width > 100 && height > 50,
    );
    assert.ok(drawn);
  });

  test("a file is taken", { timeout: 60_000 }, async () => {
    const file = join(folder, "ring.npy");
    writeFileSync(file, encode(ring(), [SIDE, SIDE], { format: "npy", sampleType: "float32" }));
    const input = await page.$("input[type=file]");
    await input.uploadFile(file);
    await page.waitForFunction((side) => window.bettiscope.state().shape[0] === side, {}, SIDE);
    assert.equal(await sentence(), "1 piece, 0 holes: it should have 1 hole.");
  });

  test("a network is fine-tuned on the CPU for twenty steps, and the scrubber goes back", {
    timeout: 120_000,
  }, async () => {
    await (await page.waitForSelector("::-p-aria(Samples)")).click();
    await (await page.waitForSelector("::-p-aria(Digit 8)")).click();
    await page.waitForFunction(() => window.bettiscope.state().shape[0] === 28);
    const state = await page.evaluate(async () => {
      const lab = window.bettiscope;
      await lab.set({ holds: 0, steps: 20 });
      await lab.run();
      const { step, steps, losses, backend } = lab.state();
      return { step, steps, total: losses.total, kind: backend?.kind };
    });
    assert.deepEqual([state.step, state.steps, state.kind], [20, 21, "cpu"]);
    await page.focus('input[aria-label="Step of the run"]');
    await page.keyboard.press("Home");
    await page.waitForFunction(() => window.bettiscope.state().step === 0);
    const before = await page.evaluate(() => window.bettiscope.state().losses.total);
    assert.ok(state.total < before, `the loss falls, from ${before} to ${state.total}`);
  });

  test("a mask is saved", { timeout: 60_000 }, async () => {
    await (await page.waitForSelector("::-p-aria(Export)")).click();
    await (await page.waitForSelector("::-p-text(Mask (NPY))")).click();
    const path = join(folder, "A-synthetic-8-mask-step-0.npy");
    // The browser makes the file first and fills it then.
    const isThere = () => existsSync(path) && statSync(path).size > 0;
    for (let tries = 0; !isThere() && tries < 200; tries += 1) await new Promise((later) => setTimeout(later, 100));
    const mask = decode(await readFile(path));
    assert.deepEqual([...mask.shape], [28, 28]);
  });

  test("it works without a network", { timeout: 60_000 }, async () => {
    await page.waitForFunction(() => performance.getEntriesByName("bettiscope: kept").length > 0);
    server.close();
    await page.reload();
    await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
    await page.evaluate(() => window.bettiscope.step());
    assert.equal(await page.evaluate(() => window.bettiscope.state().step), 1);
  });

  test("nothing has gone wrong on the way", () => assert.deepEqual(problems, []));

  const sentence = () => page.$eval(".verdict", (element) => element.textContent);
}

/** A ring with a gap, a little uneven: the same values throughout would be labels. */
function ring() {
  return Float32Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / SIDE) - SIDE / 2 + 0.5, (pixel % SIDE) - SIDE / 2 + 0.5];
    const distance = Math.hypot(x, y) / SIDE;
    const value = distance < 0.22 || distance > 0.36 ? 0.1 : x > 0 && Math.abs(y) < 2 ? 0.35 : 0.9;
    return value + (pixel % 89) / 2000;
  });
}
