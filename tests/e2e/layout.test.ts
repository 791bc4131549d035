// How the page fits: on a phone, at 200 %, in the visitor's own colours; fields and files as people give them.

import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

const PHONE = { width: 390, height: 844 };

test("on a phone the map stays where it is, whatever the sentence and the notices say", async ({ page, site }) => {
  await page.setViewportSize(PHONE);
  await openLab(page, site.url);
  const map = page.getByRole("application", { name: /^Probability map/ });
  const scrubber = page.getByLabel("Step of the run");
  const places = async () => [await map.boundingBox(), await scrubber.boundingBox()];
  const before = await places();
  const states: (readonly [Parameters<typeof window.bettiscope.set>[0], RegExp])[] = [
    [{ threshold: 0.15 }, /^1 piece, 1 hole, as it should be\.$/],
    [{ threshold: 0.1, components: "12", loops: "0-4" }, /pieces?, \d+ holes?: it should have 12 pieces/],
    [{ threshold: 0.97, components: "120", loops: "100-140" }, /it should have 120 pieces and 100 to 140 holes\.$/],
    [{ threshold: 0.97, components: "120", loops: "0", connectivity: "V" }, /it should have 120 pieces\.$/],
  ];
  for (const [setting, says] of states) {
    await page.evaluate((setting) => window.bettiscope.set(setting), setting);
    await expect(sentence(page)).toHaveText(says);
    expect(await places()).toEqual(before);
    // All of it is seen.
    for (const line of [sentence(page), page.locator(".below")]) {
      expect(await line.evaluate((text) => text.scrollHeight - text.clientHeight)).toBeLessThanOrEqual(0);
    }
  }
  // There are not so many bars: a notice says so.
  await expect(page.getByText("the loss cannot lengthen a bar that does not exist")).toBeVisible();
  expect(await places()).toEqual(before);
});

test("on a phone the samples and the prior come before the charts", async ({ page, site }) => {
  await page.setViewportSize(PHONE);
  await openLab(page, site.url);
  const tops = await Promise.all(
    [
      page.getByRole("application", { name: /^Probability map/ }),
      page.getByRole("group", { name: "Run of the optimisation" }),
      page.getByRole("group", { name: "Samples" }),
      page.getByRole("region", { name: "Prior" }),
      page.getByRole("region", { name: "Barcode" }),
    ].map(async (part) => (await part.boundingBox())?.y ?? Number.NaN),
  );
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
  // Within the first screen.
  expect(tops[2]).toBeLessThan(PHONE.height - 60);
  await page.getByRole("button", { name: "T or V?" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
});

for (const [size, what] of [
  [{ width: 1280, height: 800 }, "at 1280 pixels"],
  [{ width: 640, height: 400 }, "at 200 %"],
  [{ width: 320, height: 640 }, "at 400 %"],
] as const) {
  test(`undo, the size of the brush, Add and Erase fit ${what}`, async ({ page, site }) => {
    await page.setViewportSize(size);
    await openLab(page, site.url);
    const map = page.getByRole("application", { name: /^Probability map/ });
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await map.press(" ");
    const figure = await page.locator("figure", { has: map }).boundingBox();
    const tools = page.getByRole("group", { name: "Brush" });
    for (const part of [
      tools.getByRole("button", { name: "Undo painting" }),
      tools.getByLabel("Size of the brush"),
      tools.getByRole("button", { name: "Add", exact: true }),
      tools.getByRole("button", { name: "Erase" }),
    ]) {
      const box = await part.boundingBox();
      if (!box || !figure) throw new Error("it is not on the screen");
      expect(box.x).toBeGreaterThanOrEqual(figure.x);
      expect(box.x + box.width).toBeLessThanOrEqual(figure.x + figure.width + 0.5);
      // What is at its middle is itself: nothing hides it, and it is not cut off.
      await part.click({ trial: true });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
  });
}

test("in the visitor's own colours it is seen what is selected", async ({ page, site }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openLab(page, site.url);
  const lookOf = (element: Element) => {
    const { backgroundColor, outlineStyle, borderBottomColor } = getComputedStyle(element);
    return [backgroundColor, outlineStyle, borderBottomColor].join();
  };
  const pairs = [
    [page.getByRole("tab", { name: "Loss" }), page.getByRole("tab", { name: "Table" })],
    [page.getByRole("button", { name: "Broken ring" }), page.getByRole("button", { name: "Heart" })],
    [page.getByText("Barcode", { exact: true }).first(), page.getByText("Diagram", { exact: true }).first()],
    [page.getByRole("button", { name: "Erase" }), page.getByRole("button", { name: "Add", exact: true })],
  ] as const;
  const erase = page.getByRole("button", { name: "Erase" });
  await erase.click();
  // Still under the pointer: what is written on it is not of the colour that it is written on.
  const [ground, letters] = await erase.evaluate((button) => {
    const { backgroundColor, color } = getComputedStyle(button);
    return [backgroundColor, color];
  });
  expect(ground).not.toBe(letters);
  await page.mouse.move(0, 0);
  for (const [selected, other] of pairs) expect(await selected.evaluate(lookOf)).not.toBe(await other.evaluate(lookOf));
  // The canvases are drawn in these colours too.
  const line = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".bars canvas");
    const context = canvas?.getContext("2d");
    const x = Math.round((12 + 0.5 * (canvas?.clientWidth ?? 0) - 16) * window.devicePixelRatio);
    const text = document.createElement("span");
    text.style.color = "CanvasText";
    document.body.append(text);
    const wanted = getComputedStyle(text).color.match(/\d+/g)?.map(Number);
    return { wanted, drawn: [...(context?.getImageData(x, (canvas?.height ?? 0) - 4, 1, 1).data ?? [])].slice(0, 3) };
  });
  expect(line.drawn).toEqual(line.wanted);
});

test("a decimal comma is understood, and what is not a number changes nothing and is said", async ({ page, site }) => {
  await openLab(page, site.url);
  const lambda = page.getByLabel("Lambda");
  await lambda.fill("0,5");
  await lambda.press("Enter");
  await expect.poll(async () => (await stateOf(page)).setting.lambda).toBe(0.5);
  await expect(lambda).toHaveValue("0.5");
  await lambda.fill("1.000,5");
  await lambda.press("Enter");
  await expect(page.getByRole("region", { name: "Optimisation" }).getByRole("alert")).toHaveText("from 0 to 1000");
  expect((await stateOf(page)).setting.lambda).toBe(0.5);
  const weight = page.getByLabel("Loops (β1): weight");
  await weight.fill("1,5");
  await weight.press("Enter");
  await expect.poll(async () => (await stateOf(page)).setting.loopsWeight).toBe(1.5);
  const loops = page.getByLabel("Loops (β1)", { exact: true });
  await loops.fill("1,5");
  await loops.press("Enter");
  await expect(page.getByRole("region", { name: "Prior" }).getByRole("alert")).toContainText(
    "a whole number from 0 to 9999",
  );
  expect((await stateOf(page)).prior).toBe("1,1");
  await loops.fill("2");
  await loops.press("Enter");
  await expect.poll(async () => (await stateOf(page)).prior).toBe("1,2");
  await loops.press("ArrowUp");
  await expect.poll(async () => (await stateOf(page)).prior).toBe("1,3");
});

test("the curves have axes with names, and three priors a sentence and axes of their own", async ({ page, site }) => {
  await page.addInitScript(() => {
    const written: string[] = [];
    Object.assign(window, { written });
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      written.push(text);
      fillText.apply(this, [text, ...place] as Parameters<typeof fillText>);
    };
  });
  /** What canvases have written since it was last asked. */
  const written = () => page.evaluate(() => (window as unknown as { written: string[] }).written.splice(0));
  await openLab(page, site.url, "#steps=3&holds=0");
  await page.evaluate(() => window.bettiscope.run());
  await expect(page.getByRole("img", { name: /on the left scale the terms of components and loops/ })).toBeVisible();
  const names = ["step", "β0 and β1 term", "total, similarity"];
  expect(await written()).toEqual(expect.arrayContaining(names));
  await page.getByRole("button", { name: "Three priors" }).click();
  await expect(sentence(page)).toHaveText("One image, three priors: 1 of 3 holds before a run.");
  await expect.poll(written).toEqual(expect.arrayContaining(["1", "0.8", "0.6", "0.4", "0.2", "0"]));
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(sentence(page)).toHaveText(/^One image, three priors: \d of 3 holds? after 3 steps\.$/);
});

test("a folder that is dropped says what to do", async ({ page, site }) => {
  await openLab(page, site.url);
  const before = await stateOf(page);
  await page.evaluate(() => {
    const folder = new File([], "masks");
    const data = new DataTransfer();
    data.items.add(folder);
    // Scripts cannot make folders: the browser's answer for one.
    DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true, name: "masks" }) as FileSystemEntry;
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await expect(page.getByRole("region", { name: "Input" }).getByRole("alert")).toHaveText(
    /^masks is a folder, and the Lab takes one file at a time: drop one of the files in it\. “bettiscope check masks”/,
  );
  // Where the place for files is hidden it is said all the same.
  await page.evaluate(() => window.bettiscope.set({ hide: ["input"] }));
  await expect(page.getByRole("alert")).toContainText("masks is a folder");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.evaluate(() => window.bettiscope.set({ hide: [] }));
  const after = await stateOf(page);
  expect({ ...after, error: undefined, backend: undefined }).toEqual({
    ...before,
    error: undefined,
    backend: undefined,
  });
});
