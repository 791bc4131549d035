// Pictures under fingers and the mouse: pinch, pan, the brush, and how little is drawn for a pointer.

import type { CDPSession, Locator, Page } from "@playwright/test";

import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

const mapOf = (page: Page) => page.getByRole("application", { name: /^Probability map/ });

async function boxOf(element: Locator) {
  const box = await element.boundingBox();
  if (!box) throw new Error("it is not on the screen");
  return box;
}

/** Moves fingers over the screen; each has its own places, in CSS pixels, and all move at once. */
async function touch(session: CDPSession, ...fingers: readonly (readonly [x: number, y: number])[][]) {
  const points = (moment: number) =>
    fingers.map((places, id) => {
      const [x = 0, y = 0] = places[Math.min(moment, places.length - 1)] ?? [];
      return { id, x, y };
    });
  const length = Math.max(...fingers.map((places) => places.length));
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: points(0) });
  for (let moment = 1; moment < length; moment += 1) {
    await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: points(moment) });
  }
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** Places on the way from one to another. */
const way = (from: readonly [number, number], to: readonly [number, number], steps = 5) =>
  Array.from({ length: steps + 1 }, (_, step): [number, number] => [
    from[0] + ((to[0] - from[0]) * step) / steps,
    from[1] + ((to[1] - from[1]) * step) / steps,
  ]);

test.describe("with fingers", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("two pinch all pictures, one pans them then, and the page does not scroll meanwhile", async ({ page, site }) => {
    await openLab(page, site.url);
    const session = await page.context().newCDPSession(page);
    const { x, y, width } = await boxOf(mapOf(page));
    const at = (right: number, down: number): [number, number] => [x + right * width, y + down * width];
    const pixelAt = async (right: number, down: number) => {
      await page.mouse.move(...at(right, down));
      const text = await page.locator(".readout").first().textContent();
      return (
        /\((\d+), (\d+)\)/
          .exec(text ?? "")
          ?.slice(1)
          .map(Number) ?? []
      );
    };
    expect(await pixelAt(0.01, 0.01)).toEqual([0, 0]);
    // Apart by 2.5 times, around the middle.
    await touch(session, way(at(0.4, 0.5), at(0.25, 0.5)), way(at(0.6, 0.5), at(0.75, 0.5)));
    const [row = 0, column = 0] = await pixelAt(0.01, 0.01);
    for (const place of [row, column]) {
      expect(place).toBeGreaterThanOrEqual(18);
      expect(place).toBeLessThanOrEqual(20);
    }
    // To the right by half of the picture: a fifth of the image.
    await touch(session, way(at(0.25, 0.5), at(0.75, 0.5)));
    const [, later = 0] = await pixelAt(0.01, 0.01);
    expect(column - later).toBeGreaterThanOrEqual(12);
    expect(column - later).toBeLessThanOrEqual(13);
    // Up and down too: of a picture that is seen in part a finger does not scroll the page.
    await touch(session, way(at(0.5, 0.25), at(0.5, 0.75)));
    const [above = 0] = await pixelAt(0.01, 0.01);
    expect(row - above).toBeGreaterThanOrEqual(12);
    expect(await page.evaluate(() => [window.scrollY, window.visualViewport?.scale])).toEqual([0, 1]);
  });

  test("one scrolls the page over a picture that is seen whole, and a press asks about the pixel", async ({
    page,
    site,
  }) => {
    await openLab(page, site.url);
    const session = await page.context().newCDPSession(page);
    const { x, y, width } = await boxOf(mapOf(page));
    await touch(session, way([x + width / 2, y + width * 0.8], [x + width / 2, y + width * 0.1], 10));
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
    expect((await stateOf(page)).setting.panel).toBe("loss");
    // A page that was flung goes on for a while.
    const scrolledBack = () =>
      page.evaluate(async () => {
        window.scrollTo(0, 0);
        await new Promise((later) => setTimeout(later, 150));
        return window.scrollY;
      });
    await expect.poll(scrolledBack).toBe(0);
    // The browser took the finger away: nothing is dragged by what comes after.
    await page.mouse.move(x + 40, y + 40);
    await page.mouse.move(x + 140, y + 140);
    await page.mouse.move(x + 2, y + 2);
    await expect(page.locator(".readout").first()).toContainText("(0, 0)");
    const birth = await page.evaluate(() => {
      const { bars, shape } = window.bettiscope.state();
      const pixel = bars?.birthIndex[bars.starts[1] ?? 0] ?? 0;
      return [pixel % (shape[1] ?? 1), Math.floor(pixel / (shape[1] ?? 1))] as const;
    });
    const size = width / 64;
    await touch(session, [[x + (birth[0] + 0.5) * size, y + (birth[1] + 0.5) * size]]);
    await expect(page.getByRole("heading", { name: /^Loop 1/ })).toBeVisible();
  });

  test("with the brush one finger paints, and two of them do not", async ({ page, site }) => {
    await openLab(page, site.url);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    const session = await page.context().newCDPSession(page);
    const { x, y, width } = await boxOf(mapOf(page));
    const at = (right: number, down: number): [number, number] => [x + right * width, y + down * width];
    const before = await page.evaluate(() => [...(window.bettiscope.state().map ?? [])]);
    await touch(session, way(at(0.4, 0.1), at(0.3, 0.1)), way(at(0.6, 0.1), at(0.7, 0.1)));
    expect(await page.evaluate(() => [...(window.bettiscope.state().map ?? [])])).toEqual(before);
    await expect(page.getByRole("button", { name: "Undo painting" })).toHaveCount(0);
    await touch(session, way(at(0.1, 0.05), at(0.9, 0.05)));
    await expect(sentence(page)).toContainText("2 pieces");
    await expect(page.getByRole("button", { name: "Undo painting" })).toBeVisible();
  });

  test("on the drawing pad a second finger draws nothing", async ({ page, site }) => {
    await openLab(page, site.url, "#source=drawing");
    await expect(page.getByText("No network: your drawing is the map.")).toBeVisible();
    const session = await page.context().newCDPSession(page);
    const pad = page.getByRole("application", { name: /^Drawing pad/ }).locator("canvas");
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width } = await boxOf(pad);
    const at = (right: number, down: number): [number, number] => [x + right * width, y + down * width];
    // Two vertical strokes at once: lines from the one to the other would make one piece of them.
    await touch(session, way(at(0.2, 0.2), at(0.2, 0.8)), way(at(0.8, 0.2), at(0.8, 0.8)));
    await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
    const painted = await page.evaluate(() => {
      const { map, shape } = window.bettiscope.state();
      return [...(map ?? [])].flatMap((value, at) => (value >= 0.5 ? [at % (shape[1] ?? 1)] : []));
    });
    expect(painted.length).toBeGreaterThan(100);
    expect(Math.max(...painted)).toBeLessThan(20);
  });
});

test("a stroke that leaves the map and comes back elsewhere leaves out what is between", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const { x, y, width } = await boxOf(mapOf(page));
  await page.mouse.move(x + width - 6, y + width * 0.1);
  await page.mouse.down();
  // Around the corner outside: a straight line from where it left to where it comes back would cross the ring.
  await page.mouse.move(x + width + 30, y + width * 0.1, { steps: 3 });
  await page.mouse.move(x + width + 30, y + width + 20, { steps: 3 });
  await page.mouse.move(x + width * 0.1, y + width + 20, { steps: 3 });
  await page.mouse.move(x + width * 0.1, y + width - 6, { steps: 3 });
  await page.mouse.up();
  await expect(sentence(page)).toHaveText("3 pieces, 0 holes: it should have 1 piece and 1 hole.");
  // Between the two, on the way of the straight line.
  const crossed = await page.evaluate(() => window.bettiscope.state().map?.[57 * 64 + 57]);
  expect(crossed).toBeLessThan(0.5);
});

test("the brush shows its size where it is, and in the middle while that is chosen", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Erase" }).click();
  const { x, y, width } = await boxOf(mapOf(page));
  /** How far the ring of the brush is from a place of the map, along its row, in pixels of the map. */
  const radiusAround = (right: number, down: number) =>
    page
      .locator("figure", { has: page.getByRole("heading", { name: "Probability map" }) })
      .locator("canvas.overlay")
      .evaluate(
        (canvas: HTMLCanvasElement, [right, down]) => {
          const context = canvas.getContext("2d");
          const [middle, row] = [Math.round(right * canvas.width), Math.round(down * canvas.height)];
          // Past the rim of the pixel that is pointed at.
          for (let reach = Math.round((0.7 * canvas.width) / 64); middle + reach < canvas.width; reach += 1) {
            const [red = 0, green = 0, blue = 0, alpha = 0] =
              context?.getImageData(middle + reach, row, 1, 1).data ?? [];
            if (alpha > 200 && Math.min(red, green, blue) > 200) return (64 * reach) / canvas.width;
          }
          return Number.NaN;
        },
        [right, down] as const,
      );
  // In the middle of a pixel of the map.
  const place = [10.5 / 64, 50.5 / 64] as const;
  await page.mouse.move(x + place[0] * width, y + place[1] * width);
  await expect.poll(() => radiusAround(...place)).toBeCloseTo(64 / 50, 0);
  await page.getByLabel("Size of the brush").fill("5");
  await expect.poll(() => radiusAround(32.5 / 64, 32.5 / 64)).toBeGreaterThan(4.5);
  expect(await radiusAround(32.5 / 64, 32.5 / 64)).toBeLessThan(5.5);
});

test("moving the pointer draws over the pictures, and not the pictures", async ({ page, site }) => {
  await page.addInitScript(() => {
    const drawn = { over: 0, picture: 0, other: 0 };
    Object.assign(window, { drawn });
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      const what = this.canvas.closest("figure") ? (this.canvas.matches(".overlay") ? "over" : "picture") : "other";
      drawn[what] += 1;
      clearRect.apply(this, box);
    };
  });
  await openLab(page, site.url);
  const drawn = () =>
    page.evaluate(() => ({ ...(window as unknown as { drawn: { over: number; picture: number } }).drawn }));
  await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
  const before = await drawn();
  expect(before.picture).toBeGreaterThanOrEqual(3);
  const { x, y, width } = await boxOf(mapOf(page));
  for (let step = 1; step < 20; step += 1) await page.mouse.move(x + (width * step) / 20, y + width * 0.62);
  await expect.poll(async () => (await drawn()).over - before.over).toBeGreaterThan(15);
  expect((await drawn()).picture).toBe(before.picture);
});

test("the line at the threshold is dragged", async ({ page, site }) => {
  await openLab(page, site.url);
  const slider = page.getByLabel("Threshold", { exact: true });
  for (const chart of ["barcode", "diagram"] as const) {
    await page.evaluate((chart) => window.bettiscope.set({ chart, threshold: 0.5 }), chart);
    const canvas = page.getByRole("region", { name: "Barcode" }).locator("canvas");
    const box = await boxOf(canvas);
    // In the barcode 1 is 12 pixels from the left and 0 is 20 from the right; the diagram is in the middle, and its
    // corner goes from the threshold to the right.
    const side = Math.min(box.width - 60, box.height - 36);
    const placeOf = (threshold: number) =>
      chart === "barcode"
        ? box.x + 12 + (1 - threshold) * (box.width - 32)
        : box.x + (box.width - side) / 2 + 12 + threshold * side;
    const y = chart === "barcode" ? box.y + box.height - 8 : box.y + 10 + side - 4;
    await page.mouse.move(placeOf(0.5), y);
    await page.mouse.down();
    await page.mouse.move(placeOf(0.3), y, { steps: 4 });
    await page.mouse.move(placeOf(0.15), y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await stateOf(page)).setting.threshold).toBeCloseTo(0.15, 1);
    await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
    if (chart === "barcode") await expect(slider).toHaveValue(String((await stateOf(page)).setting.threshold));
    // It was a drag and no click on a bar.
    expect((await stateOf(page)).setting.panel).toBe("loss");
  }
});

test("simple tricks are computed when what they compare changes, and not when a tab does", async ({ page, site }) => {
  await page.addInitScript(() => {
    const asked = { closings: 0 };
    Object.assign(window, { asked });
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message: unknown, ...rest: unknown[]) {
      if (JSON.stringify(message, (_, value) => (ArrayBuffer.isView(value) ? null : value)).includes('"closing"')) {
        asked.closings += 1;
      }
      Reflect.apply(postMessage, this, [message, ...rest]);
    };
  });
  await openLab(page, site.url, "#panel=tricks");
  const closings = () => page.evaluate(() => (window as unknown as { asked: { closings: number } }).asked.closings);
  const repair = page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: "Exact repair" });
  await expect(repair).toContainText("✓ right");
  const first = await closings();
  expect(first).toBeGreaterThan(0);
  for (const name of ["Loss", "Table", "Simple tricks", "Loss", "Simple tricks"]) {
    await page.getByRole("tab", { name }).click();
  }
  await page.getByRole("radio", { name: "Diagram" }).check({ force: true });
  await page.getByRole("radio", { name: "4/s" }).check({ force: true });
  await expect(repair).toContainText("✓ right");
  expect(await closings()).toBe(first);
  await page.getByRole("button", { name: "One loop more" }).click();
  await expect.poll(closings).toBe(2 * first);
});
