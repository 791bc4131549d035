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

const CLEAR = [0, 0, 0, 0];
/** `--loops` at the opacity of a feature. */
const LOOP = [0, 158, 115, 120];

/** The colours over the map at places of it, in CSS pixels. Blended colours are rounded: to steps of 5. */
async function overMap(page: Page, ...places: readonly number[]): Promise<number[][]> {
  const colours = await pixels(page, "canvas.overlay", places);
  const near = (colour: number[]) =>
    [CLEAR, LOOP].find((known) => known.every((part, at) => Math.abs(part - (colour[at] ?? 0)) <= 3)) ?? colour;
  return colours.map(near);
}

/** Whether the contour goes along the right edge of a pixel. */
async function isContour(page: Page, { row, column, columns }: { row: number; column: number; columns: number }) {
  const { width } = await picture(page, /^Probability map/);
  const size = width / columns;
  const [colour = []] = await pixels(page, ".keys canvas", [(column + 1) * size, (row + 0.5) * size]);
  const [red = 0, green = 0, blue = 0] = colour;
  return red > 180 && green > 150 && blue < 0.6 * red;
}

/** The colours of a canvas of the map at places x, y, x, y ... of it. */
function pixels(page: Page, canvas: string, places: readonly number[]): Promise<number[][]> {
  const figure = page.locator("figure").filter({ has: page.getByRole("heading", { name: "Probability map" }) });
  return figure.locator(canvas).evaluate((element, places) => {
    const context = (element as HTMLCanvasElement).getContext("2d");
    const ratio = window.devicePixelRatio;
    const colours: number[][] = [];
    for (let at = 0; at + 1 < places.length; at += 2) {
      const [x = 0, y = 0] = [places[at], places[at + 1]];
      colours.push([...(context?.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data ?? [])]);
    }
    return colours;
  }, places);
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
  // The other way round: over the map there is nothing in the middle of the hole, and the loop's green when its bar is
  // pointed at; in the corner, which is not of the hole, there is nothing all the time.
  const places = [map.width / 2, map.height / 2, 2, 2] as const;
  await expect.poll(() => overMap(page, ...places)).toEqual([CLEAR, CLEAR]);
  await page.getByRole("button", { name: "β1 1", exact: true }).hover();
  await expect(marked).toHaveCount(1);
  await expect.poll(() => overMap(page, ...places)).toEqual([LOOP, CLEAR]);
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
  // Edges between neighbours of a row: one that only the threshold of before cuts, and one that only the later cuts.
  const edges = await page.evaluate(() => {
    const { map, shape } = window.bettiscope.state();
    const columns = shape[1] ?? 1;
    const values = [...(map ?? [])];
    const isCut = (at: number, threshold: number) =>
      at % columns < columns - 1 && (values[at] ?? 0) >= threshold !== (values[at + 1] ?? 0) >= threshold;
    const find = (by: number, notBy: number) => values.findIndex((_, at) => isCut(at, by) && !isCut(at, notBy));
    return [find(0.5, 0.15), find(0.15, 0.5)].map((at) => ({
      row: Math.floor(at / columns),
      column: at % columns,
      columns,
    }));
  });
  expect(edges.every(({ row }) => row >= 0)).toBe(true);
  await expect.poll(() => Promise.all(edges.map((edge) => isContour(page, edge)))).toEqual([true, false]);
  await page.getByLabel("Threshold", { exact: true }).fill("0.15");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await expect.poll(() => Promise.all(edges.map((edge) => isContour(page, edge)))).toEqual([false, true]);
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
