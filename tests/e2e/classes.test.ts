// A network of several classes: all of them mended at once, each of them shown.

import { readFileSync } from "node:fs";
import { openLab, sentence, stateOf } from "./lab-page.js";

import { expect, test } from "./site.js";

const SAMPLE = "2 classes";

async function openSample(page: Parameters<typeof openLab>[0], url: string) {
  await openLab(page, url);
  await page.getByRole("button", { name: SAMPLE }).click();
  await page.waitForFunction(() => window.bettiscope.state().classes.length === 3);
}

test("a sample whose classes are wrong is right after a run, and each class can be looked at", async ({
  page,
  site,
}) => {
  await openSample(page, site.url);
  const before = await stateOf(page);
  expect(before).toMatchObject({ prior: "1:1,0; 2:1,1; 1+2:1,0", priorHolds: false, status: "ready" });
  const classes = page.getByRole("group", { name: "Classes" });
  await expect(classes.getByRole("radio")).toHaveCount(3);
  await expect(classes.getByRole("radio", { name: "muscle", exact: false }).first()).toBeChecked();
  await expect(classes.getByText("wrong")).not.toHaveCount(0);

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForFunction(() => window.bettiscope.state().status === "stopped", undefined, { timeout: 90_000 });
  const after = await stateOf(page);
  expect(after).toMatchObject({ priorHolds: true });
  expect(after.classes.map(({ set, betti }) => `${set}: ${betti.join(",")}`)).toEqual(["1: 1,0", "2: 1,1", "1+2: 1,0"]);
  await expect(classes.getByText("wrong")).toHaveCount(0);

  await classes.getByRole("radio", { name: /^cavity 1,0/ }).check();
  await expect(sentence(page)).toContainText("1 piece");
  expect((await stateOf(page)).step).toBe(after.step);
  await expect(page.getByRole("application", { name: /^Probability map\. Cavity\./ })).toBeVisible();
});

test("the keyboard alone chooses a class, and asks why a pixel is what it is", async ({ page, site }) => {
  await openSample(page, site.url);
  await page.getByRole("group", { name: "Classes" }).getByRole("radio").nth(1).focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => (await stateOf(page)).setting.shown).toBe(2);
  await page.getByRole("application", { name: /^Barcode/ }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /, of cavity \+ muscle$/ })).toBeVisible();
});

test("a link opens the same class under the same priors", async ({ page, site }) => {
  await openSample(page, site.url);
  await page.getByRole("group", { name: "Classes" }).getByRole("radio").nth(0).check();
  await page.getByLabel("Components (β0): kind of count").selectOption("range");
  await expect.poll(async () => (await stateOf(page)).prior).toBe("1:1-2,0; 2:1,1; 1+2:1,0");
  await expect.poll(() => page.url()).toContain("priors=");
  await page.reload();
  await page.waitForFunction(() => window.bettiscope?.state().classes.length === 3);
  expect(await stateOf(page)).toMatchObject({ prior: "1:1-2,0; 2:1,1; 1+2:1,0", setting: { shown: 0 } });
});

test("the label map is exported with the numbers of the classes", async ({ page, site }) => {
  await openSample(page, site.url);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Labels (PNG)" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/-labels-step-0\.png$/);
  const bytes = [...readFileSync(await file.path())];
  const levels = await page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const { data = [] } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {};
    return [...new Set(Array.from(data).filter((_, at) => at % 4 === 0))].sort();
  }, bytes);
  expect(levels).toEqual([0, 1, 2]);
});
