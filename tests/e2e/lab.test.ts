// The Lab without a network: barcode, threshold, prior, links, keys.

import { brokenRing, openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

test("opens with a broken ring and says what is wrong with it", async ({ page, site }) => {
  await openLab(page, site.url);
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  const state = await stateOf(page);
  expect(state).toMatchObject({ step: 0, betti: [1, 0], prior: "1,1", priorHolds: false, status: "ready" });
});

test("the threshold moves the Betti numbers", async ({ page, site }) => {
  await openLab(page, site.url);
  const threshold = page.getByLabel("Threshold", { exact: true });
  await threshold.fill("0.15");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await expect.poll(async () => (await stateOf(page)).betti).toEqual([1, 1]);
  await page.locator("body").press("[");
  await expect(threshold).toHaveValue("0.14");
  await page.locator("body").press("]");
  await expect(threshold).toHaveValue("0.15");
});

test("a prior that holds has a safety margin", async ({ page, site }) => {
  await openLab(page, site.url, "#threshold=0.15");
  await expect(
    page.getByText(/^\(1, 1\) holds for every threshold from 0\.\d\d to 0\.\d\d; the weakest pixel is/),
  ).toBeVisible();
});

test("the desired Betti numbers change the verdict and the link", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "One loop fewer" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes, as it should be.");
  await expect(page).toHaveURL(/#\/lab\?b1=0$/);
  await page.getByLabel("Components (β0)", { exact: true }).fill("3");
  await page.keyboard.press("Enter");
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 3 pieces.");
  await page.getByLabel("Loops (β1): kind of count").selectOption("any");
  await expect.poll(async () => (await stateOf(page)).prior).toBe("3,*");
  await page.getByLabel("Components (β0): kind of count").selectOption("between");
  await expect.poll(async () => (await stateOf(page)).prior).toBe("3-4,*");
});

test("a link restores the whole setting", async ({ page, site }) => {
  const link =
    "#b0=2&b1=0-2&w1=0.5&connectivity=V&lambda=0.5&rate=0.05&steps=40&holds=0&threshold=0.35&chart=diagram&panel=bars";
  await openLab(page, site.url, link);
  const { setting } = await stateOf(page);
  expect(setting).toMatchObject({
    components: "2",
    loops: "0-2",
    loopsWeight: 0.5,
    connectivity: "V",
    lambda: 0.5,
    rate: 0.05,
    steps: 40,
    holds: 0,
    threshold: 0.35,
    chart: "diagram",
    panel: "bars",
  });
  expect(new URL(page.url()).hash).toBe(link);
  await expect(page.getByRole("table")).toBeVisible();
});

test("a link that is not understood says so and opens the rest", async ({ page, site }) => {
  await openLab(page, site.url, "#b1=two&lambda=0.1&colour=red");
  await expect(page.getByRole("alert")).toContainText("The link says b1=two; accepted is 1 (exactly one)");
  await expect(page.getByRole("alert")).toContainText("The link says colour=red, and there is no such setting.");
  expect((await stateOf(page)).setting).toMatchObject({ loops: "1", lambda: 0.1 });
});

test("a link hides what a teacher does not want to show", async ({ page, site }) => {
  await openLab(page, site.url, "#hide=prior,loss&predict=yes");
  await expect(page.getByRole("region", { name: "Prior" })).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Loss" })).toHaveCount(0);
  await expect(sentence(page)).toHaveText("How many pieces, how many holes?");
  await expect(page.getByRole("tab")).toHaveCount(0);
  await page.getByLabel("Pieces", { exact: true }).fill("1");
  await page.getByLabel("Holes", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Commit" }).click();
  await expect(page.getByText("You said 1 piece, 1 hole. It is 1 piece, 0 holes.")).toBeVisible();
  await page.getByRole("button", { name: "Show the barcode" }).click();
  await expect(sentence(page)).toContainText("1 piece, 0 holes");
});

test("a link that asks covers the barcode until it is answered", async ({ page, site }) => {
  await openLab(page, site.url, "#threshold=0.15");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: "Link that asks" }).click();
  const link = await page.getByLabel("What was copied").inputValue();
  expect(new URL(link).hash).toBe("#/lab?threshold=0.15&predict=yes");
  await page.goto(link);
  await expect(sentence(page)).toHaveText("How many pieces, how many holes?");
});

test("under T corners connect, under V they do not", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "T or V?" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.getByRole("radio", { name: "V", exact: true }).check({ force: true });
  await expect(sentence(page)).toHaveText(/^\d\d pieces, 0 holes: it should have 1 piece and 1 hole\.$/);
});

test("why this pixel: a bar tells its term, its pixels and their gradient", async ({ page, site }) => {
  await openLab(page, site.url);
  const barcode = page.getByRole("application", { name: /^Barcode/ });
  await barcode.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /Component 1, the essential bar/ })).toBeVisible();
  await page.getByRole("tab", { name: "Table" }).click();
  await page.getByRole("button", { name: "β1 1", exact: true }).click();
  const panel = page.getByRole("tabpanel");
  await expect(panel).toContainText(/Loop 1:\s+wanted/);
  await expect(panel).toContainText(/\(1 − 0\.\d{3}\)² = 0\.\d+/);
  await expect(panel).toContainText(/pushed up, gradient -\d/);
  await expect(panel).toContainText(/pushed down, gradient \d/);
});

test("simple tricks are compared by changed pixels", async ({ page, site }) => {
  await openLab(page, site.url, "#panel=tricks");
  const items = page.getByRole("tabpanel").getByRole("listitem");
  await expect(items.locator("strong")).toHaveText([
    "As it is",
    "Closing, radius 2",
    "Closing, radius 6: the paper’s 7 of 80",
    "Largest component",
    "Exact repair",
  ]);
  await expect(items.filter({ hasText: "Exact repair" })).toContainText("✓ right");
  await expect(items.filter({ hasText: "As it is" })).toContainText("0 pixels");
  await page.getByRole("button", { name: "Use: Exact repair" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.getByRole("button", { name: "Undo painting" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
});

test("the brush paints on the map and the bars follow", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Erase" }).click();
  const map = page.getByRole("application", { name: /^Probability map/ });
  const box = await map.boundingBox();
  if (!box) throw new Error("no map");
  await page.mouse.move(box.x + box.width * 0.05, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5, { steps: 2 });
  await page.mouse.up();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  await page.getByRole("button", { name: "Undo painting" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
});

test("the brush paints from the keyboard, and strokes are taken back one by one", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const map = page.getByRole("application", { name: /^Probability map/ });
  await map.focus();
  for (let presses = 0; presses < 12; presses += 1) await map.press("ArrowLeft");
  await map.press(" ");
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  for (let presses = 0; presses < 12; presses += 1) await map.press("ArrowRight");
  await map.press(" ");
  await expect(sentence(page)).toHaveText("3 pieces, 0 holes: it should have 1 piece and 1 hole.");
  const undo = page.getByRole("button", { name: "Undo painting" });
  await undo.click();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  await undo.click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await expect(undo).toHaveCount(0);
});

test("the bars follow a stroke on 256 x 256 pixels while it is drawn", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.evaluate((data) => window.bettiscope.load({ data, width: 256, height: 256 }), brokenRing(256));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.evaluate(() => {
    const drawn = { barcodes: 0 };
    window.bettiscope.events.addEventListener("step", () => drawn.barcodes++);
    Object.assign(window, { drawn });
  });
  const barcodes = () => page.evaluate(() => (window as unknown as { drawn: { barcodes: number } }).drawn.barcodes);
  const box = await page.getByRole("application", { name: /^Probability map/ }).boundingBox();
  if (!box) throw new Error("no map");
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  for (let x = 44; x <= 140; x += 24) {
    const before = await barcodes();
    await page.mouse.move(box.x + x, box.y + 20, { steps: 6 });
    await expect.poll(barcodes).toBeGreaterThan(before);
  }
  await page.mouse.up();
});

test("pixels are loaded by a script", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.evaluate((data) => window.bettiscope.load({ data, width: 40, height: 40 }), brokenRing(40));
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  expect((await stateOf(page)).shape).toEqual([40, 40]);
  const refused = page.evaluate(() => window.bettiscope.load({ data: [1, 2], width: 3, height: 3 }));
  await expect(refused).rejects.toThrow("2 values were given for 3 x 3 pixels");
});
