// The main job on the CPU: an image, a prior, a run to the right topology; pausing, scrubbing, exports.

import type { Page } from "@playwright/test";

import { fileOf } from "./files.js";
import { brokenRing, openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

test.describe.configure({ timeout: 120_000 });

/** Waits until a run has stopped by itself. */
async function stopped(page: Page): Promise<void> {
  await page.waitForFunction(() => window.bettiscope.state().status === "stopped", undefined, { timeout: 90_000 });
}

test("the pixels of the broken ring close its gap", async ({ page, site }) => {
  await openLab(page, site.url);
  const seen = await page.evaluate(async () => {
    const steps: number[] = [];
    window.bettiscope.events.addEventListener("step", () => steps.push(window.bettiscope.state().step));
    await window.bettiscope.run();
    return steps;
  });
  const state = await stateOf(page);
  expect(seen).toEqual(Array.from({ length: state.step + 1 }, (_, step) => step));
  expect(state).toMatchObject({ status: "stopped", priorHolds: true, betti: [1, 1] });
  expect(state.backend?.kind).toBe("cpu");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
});

test("a network is run on a digit to the right topology, from the buttons", async ({ page, site }) => {
  await page.clock.install();
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Digit 8" }).click();
  await page.waitForFunction(
    () => window.bettiscope.state().setting.label === 8 && window.bettiscope.state().steps > 0,
  );
  await expect(sentence(page)).toHaveText("1 piece, 1 hole: it should have 2 holes.");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(async () => (await stateOf(page)).step).toBe(1);
  // So slow that it has not ended by itself when it is paused.
  await page.evaluate(() => window.bettiscope.set({ speed: "4" }));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 2);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
  const { step } = await stateOf(page);
  // At four steps a second, forty would have been made by then.
  await page.clock.runFor(10_000);
  expect(await stateOf(page)).toMatchObject({ step, status: "ready" });
  await page.evaluate(() => window.bettiscope.set({ speed: "full" }));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await stopped(page);
  await expect(sentence(page)).toHaveText("1 piece, 2 holes, as it should be.");
  expect(await stateOf(page)).toMatchObject({ shape: [28, 28], priorHolds: true, backend: { kind: "cpu" } });
});

test("who presses Pause just when the run ends by itself does not begin it again", async ({ page, site }) => {
  await page.clock.install();
  await openLab(page, site.url, "#steps=3&holds=0");
  const run = page.getByRole("button", { name: "Run", exact: true });
  await run.evaluate((button: HTMLButtonElement) => {
    window.bettiscope.events.addEventListener("stop", () => button.click(), { once: true });
  });
  await run.click();
  await stopped(page);
  await page.clock.runFor(1000);
  expect(await stateOf(page)).toMatchObject({ status: "stopped", step: 3 });
  await run.click();
  await expect.poll(async () => (await stateOf(page)).step).toBe(6);
});

test("figure 6: one corrupted 3 becomes what each of three priors asks for", async ({ page, site }) => {
  await openLab(page, site.url, "#view=priors");
  await page.getByRole("button", { name: "Figure 6: a corrupted 3" }).click();
  await page.waitForFunction(
    () => window.bettiscope.state().setting.label === 3 && window.bettiscope.state().steps > 0,
  );
  await page.getByRole("button", { name: "Run", exact: true }).click();
  for (const [number, found] of [
    [1, "1 piece, 0 holes ✓"],
    [2, "1 piece, 1 hole ✓"],
    [3, "1 piece, 2 holes ✓"],
  ] as const) {
    const contender = page.getByRole("region", { name: new RegExp(`^Prior ${number}`) });
    await expect(contender.getByText(found)).toBeVisible({ timeout: 90_000 });
  }
});

test("the scrubber goes back through the run, and everything follows", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.evaluate(() => window.bettiscope.run());
  const last = await stateOf(page);
  const scrubber = page.getByLabel("Step of the run");
  await scrubber.fill("0");
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  expect((await stateOf(page)).step).toBe(0);
  await scrubber.focus();
  await page.keyboard.press("End");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  expect((await stateOf(page)).step).toBe(last.step);
  await page.locator("body").press("ArrowLeft");
  expect((await stateOf(page)).step).toBe(last.step - 1);
});

test("reset goes back to step 0", async ({ page, site }) => {
  await openLab(page, site.url);
  const before = await page.evaluate(() => [...(window.bettiscope.state().map ?? [])]);
  await page.evaluate(() => window.bettiscope.step());
  expect((await stateOf(page)).step).toBe(1);
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await expect.poll(async () => (await stateOf(page)).steps).toBe(1);
  expect(await page.evaluate(() => [...(window.bettiscope.state().map ?? [])])).toEqual(before);
});

test("another prior in mid-run begins anew under it", async ({ page, site }) => {
  await openLab(page, site.url, "#speed=4");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 2);
  await page.getByRole("button", { name: "One component more" }).click();
  await page.waitForFunction(() => window.bettiscope.state().prior === "2,1" && window.bettiscope.state().step < 2);
  expect((await stateOf(page)).status).toBe("running");
});

test("a reload in mid-run opens the same setting at step 0", async ({ page, site }) => {
  await openLab(page, site.url, "#speed=4&lambda=0.5");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 1);
  await page.reload();
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", setting: { lambda: 0.5, speed: "4" } });
});

test("a run that does not get on says so, and offers what helps", async ({ page, site }) => {
  await openLab(page, site.url, "#lambda=0");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("The loss has not fallen for 20 steps and the prior does not hold.")).toBeVisible();
  await page.getByRole("button", { name: "Try lambda 0.02" }).click();
  await stopped(page);
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
});

test("missing bars are explained", async ({ page, site }) => {
  await openLab(page, site.url);
  const data = Array.from({ length: 400 }, () => 0.2);
  await page.evaluate((data) => window.bettiscope.load({ data, width: 20, height: 20 }), data);
  await expect(page.getByText("the loss cannot lengthen a bar that does not exist")).toBeVisible();
});

test("what was computed can be taken away", async ({ page, site }) => {
  await openLab(page, site.url, "#steps=12&holds=0");
  await page.evaluate(() => window.bettiscope.run());
  await page.getByRole("button", { name: "Export" }).click();
  const names = [
    "Mask (PNG)",
    "Mask (NPY)",
    "Map (PNG)",
    "Map (NPY)",
    "Barcode (CSV)",
    "Barcode (JSON)",
    "Run (JSON)",
    "Input (NPY)",
    "Animation (GIF)",
  ];
  for (const name of names) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    expect(download.suggestedFilename(), name).toMatch(/^A-broken-ring-(mask|map|barcode|run|input)/);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    expect(content.length, name).toBeGreaterThan(100);
    expect(content.length, name).toBeLessThan(3_000_000);
    if (name === "Run (JSON)") expect(JSON.parse(content.toString()).steps).toHaveLength(13);
    if (name === "Barcode (CSV)")
      expect(content.toString()).toMatch(/^dimension,birth,death,.*\n0,0\.\d+,0,\d+,\d+,,,wanted,/);
    if (name === "Animation (GIF)") expect(content.subarray(0, 6).toString()).toBe("GIF89a");
  }
  await page.getByRole("button", { name: "Reproduce" }).click();
  await expect(page.getByLabel("What was copied")).toHaveValue(
    /bettiscope postprocess A-broken-ring-input\.npy --as map --normalise none --betti '1,1' --lambda 0\.02 .* --steps 12/,
  );
});

test("three priors, one image: all three are reached", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Three priors" }).click();
  await page.getByRole("combobox", { name: "Prior 3" }).selectOption("1 piece, 0 holes");
  await page.getByRole("combobox", { name: "Prior 2" }).selectOption("1 piece, 1 hole");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("region", { name: /^Prior 1/ }).getByText("1 piece, 0 holes ✓")).toBeVisible();
  await expect(page.getByRole("region", { name: /^Prior 2/ }).getByText("1 piece, 1 hole ✓")).toBeVisible({
    timeout: 60_000,
  });
});

test("the first visit plays the opening, later ones do not", async ({ page, site }) => {
  await page.clock.install();
  await page.goto(site.url);
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
  await page.waitForFunction(() => window.bettiscope.state().setting.threshold < 0.45, undefined, { timeout: 5000 });
  await page.waitForFunction(() => window.bettiscope.state().status === "running", undefined, { timeout: 20_000 });
  await stopped(page);
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.reload();
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
  await page.clock.runFor(20_000);
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", setting: { threshold: 0.5 } });
});

test("a file that is given during the opening ends it: no run begins on it", async ({ page, site }) => {
  await page.clock.install();
  await page.goto(site.url);
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
  await page.waitForFunction(() => window.bettiscope.state().setting.threshold < 0.45, undefined, { timeout: 5000 });
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(fileOf("map-8.png", brokenRing(48), [48, 48]));
  await expect.poll(async () => (await stateOf(page)).shape).toEqual([48, 48]);
  await page.clock.runFor(20_000);
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", setting: { threshold: 0.5 } });
});

test("with reduced motion nothing starts by itself", async ({ page, site }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.clock.install();
  await page.goto(site.url);
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
  await page.clock.runFor(20_000);
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", setting: { threshold: 0.5 } });
});
