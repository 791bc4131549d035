// What goes wrong in mid-work, seen from the Lab: workers that die, loads and runs that are cancelled, networks that do not
// come.

import type { Page } from "@playwright/test";

import { crash } from "./client-page.js";
import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

// What the tests hold back is not to come from its cache.
test.use({ serviceWorkers: "block" });

const THROWN = "thrown by the test";

/** Holds back every answer for a file until the test lets it go. */
async function holdBack(page: Page, file: string): Promise<() => void> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(`**/${file}`, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  return letGo;
}

test("a run goes on where it was when the network's worker dies", async ({ page, site, problems }) => {
  await openLab(page, site.url, "#holds=0&steps=40");
  await page.evaluate(() => {
    const numbers: number[] = [];
    window.bettiscope.events.addEventListener("step", () => numbers.push(window.bettiscope.state().step));
    Object.assign(window, { numbers });
  });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 7);
  await crash(page, "learner-cpu-worker");
  await page.waitForFunction(() => window.bettiscope.state().status === "stopped");
  const numbers = await page.evaluate(() => (window as unknown as { numbers: number[] }).numbers);
  expect(numbers).toEqual(Array.from({ length: 41 }, (_, number) => number));
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  expect((await stateOf(page)).error).toBeUndefined();
  expect(problems.filter((problem) => !problem.includes(THROWN))).toEqual([]);
  problems.length = 0;
});

test("the page goes on when the worker of the barcodes dies", async ({ page, site, problems }) => {
  await openLab(page, site.url);
  await crash(page, "topology-worker");
  await page.getByRole("button", { name: "One loop fewer" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes, as it should be.");
  await page.getByLabel("Threshold", { exact: true }).fill("0.15");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole: it should have 0 holes.");
  expect(problems.filter((problem) => !problem.includes(THROWN))).toEqual([]);
  problems.length = 0;
});

test("a load that is cancelled leaves the screen and the setting as they were", async ({ page, site }) => {
  const letGo = await holdBack(page, "digits.bpk");
  await openLab(page, site.url, "#b1=0&lambda=0.3");
  const before = await stateOf(page);
  await page.getByRole("button", { name: "Digit 8" }).click();
  await page.getByText("Loading the network").waitFor();
  await expect(page.getByText("A broken ring")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect((await stateOf(page)).setting).toEqual({ ...before.setting, components: "1", loops: "0" });
  await expect(sentence(page)).toHaveText("1 piece, 0 holes, as it should be.");
  letGo();
  await page.getByRole("button", { name: "Digit 8" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole: it should have 2 holes.");
});

test("a network that does not come leaves everything as it was and says so", async ({ page, site, problems }) => {
  await page.route("**/heart.bpk", (route) => route.abort());
  await openLab(page, site.url, "#threshold=0.15");
  await page.getByRole("button", { name: "Heart" }).click();
  await expect(page.getByRole("alert")).toContainText("heart");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  expect((await stateOf(page)).setting).toMatchObject({
    source: "opening",
    model: "none",
    target: "pixels",
    rate: 0.1,
  });
  expect(problems.every((problem) => problem.includes("ERR_FAILED"))).toBe(true);
  problems.length = 0;
});

test("a run is cancelled before its first step, and begins at the next try", async ({ page, site }) => {
  const letGo = await holdBack(page, "learner-cpu_bg*.wasm");
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Preparing the run").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", betti: [1, 0] });
  letGo();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 2);
});

test("another image in mid-run ends the run", async ({ page, site }) => {
  await openLab(page, site.url, "#speed=4");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().step >= 2);
  await page.getByRole("button", { name: "T or V?" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  expect(await stateOf(page)).toMatchObject({ step: 0, status: "ready", shape: [12, 12] });
});

test("where WebGPU is asked for and there is none, its build is not loaded, and the CPU runs and says why", async ({
  page,
  site,
}) => {
  const modules: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".wasm")) modules.push(request.url());
  });
  await openLab(page, site.url, "?backend=webgpu#steps=3&holds=0");
  await page.evaluate(() => window.bettiscope.run());
  expect(await stateOf(page)).toMatchObject({
    step: 3,
    status: "stopped",
    backend: { kind: "cpu" },
    setting: { backend: "webgpu" },
  });
  await expect(page.getByText("CPU: this browser offers no WebGPU adapter.")).toBeVisible();
  expect(modules.filter((url) => url.includes("webgpu"))).toEqual([]);
});
