// Views that belong together: pictures, bars, table and keys.

import type { Page } from "@playwright/test";

import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

/** A picture and where it is. */
async function picture(page: Page, name: RegExp) {
  const element = page.getByRole("application", { name });
  const box = await element.boundingBox();
  if (!box) throw new Error(`there is no picture ${name}`);
  return { element, ...box };
}

test("a critical pixel lights its bar, and a bar its pixels", async ({ page, site }) => {
  await openLab(page, site.url, "#panel=bars");
  // The longest loop, and where it is born.
  const { row, column } = await page.evaluate(() => {
    const { bars, shape } = window.bettiscope.state();
    const birth = bars?.birthIndex[bars.starts[1] ?? 0] ?? 0;
    const columns = shape[1] ?? 1;
    return { row: Math.floor(birth / columns), column: birth % columns };
  });
  const map = await picture(page, /^Probability map/);
  const size = map.width / 64;
  await page.mouse.move(map.x + (column + 0.5) * size, map.y + (row + 0.5) * size);
  const marked = page.locator("tr.marked");
  await expect(marked).toHaveCount(1);
  await expect(marked.getByRole("button")).toHaveText("β1 1");
  await page.mouse.move(0, 0);
  await expect(marked).toHaveCount(0);
  // The other way round: what the map shows changes when a bar is pointed at.
  const before = await map.element.screenshot();
  await page.getByRole("button", { name: "β1 1", exact: true }).hover();
  await expect(marked).toHaveCount(1);
  await expect.poll(async () => before.equals(await map.element.screenshot())).toBe(false);
});

test("pictures zoom and pan together, and say the value of the pixel that is pointed at", async ({ page, site }) => {
  await openLab(page, site.url);
  const input = await picture(page, /^Input/);
  const map = await picture(page, /^Probability map/);
  const pointAtCorner = () => page.mouse.move(map.x + 2, map.y + 2);
  await pointAtCorner();
  await expect(page.getByText(/^0\.\d{3} \(0, 0\)$/)).toHaveCount(2);
  await page.mouse.move(input.x + input.width / 2, input.y + input.height / 2);
  await page.mouse.wheel(0, -600);
  await pointAtCorner();
  await expect(page.getByText(/^0\.\d{3} \((2\d|3\d), \1\)$/)).toHaveCount(2);
  // Dragged by a quarter of the picture to the right: what was left of it comes in.
  await page.mouse.move(input.x + input.width / 4, input.y + input.height / 2);
  await page.mouse.down();
  await page.mouse.move(input.x + input.width / 2, input.y + input.height / 2, { steps: 4 });
  await page.mouse.up();
  await pointAtCorner();
  await expect(page.getByText(/^0\.\d{3} \((2\d|3\d), 2\d\)$/).first()).toBeVisible();
  await map.element.press("0");
  await pointAtCorner();
  await expect(page.getByText(/^0\.\d{3} \(0, 0\)$/)).toHaveCount(2);
});

test("the threshold moves the contour on the map", async ({ page, site }) => {
  await openLab(page, site.url);
  const map = await picture(page, /^Probability map/);
  const before = await map.element.screenshot();
  await page.getByLabel("Threshold", { exact: true }).fill("0.15");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  expect(before.equals(await map.element.screenshot())).toBe(false);
});

test("the keys of the page run, step, scrub and reset", async ({ page, site }) => {
  await openLab(page, site.url, "#speed=4&holds=0");
  const body = page.locator("body");
  await body.press("ArrowRight");
  await expect.poll(async () => (await stateOf(page)).step).toBe(1);
  await body.press("ArrowLeft");
  expect((await stateOf(page)).step).toBe(0);
  await body.press("Space");
  await page.waitForFunction(() => window.bettiscope.state().steps >= 4);
  await body.press("Space");
  expect((await stateOf(page)).status).not.toBe("running");
  await body.press("r");
  await expect.poll(async () => (await stateOf(page)).steps).toBe(1);
});
