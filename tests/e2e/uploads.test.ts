// Files that are given to the Lab: all formats, slices, crops, and files that cannot be used.

import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { FORMATS, fileOf, labelsFile, pixelsOf, type TestFile } from "./files.js";
import { brokenRing, openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

/** A little uneven: the same values throughout would be labels. */
const RING = brokenRing(48).map((value, pixel) => value + (0.04 * ((pixel * 7919) % 101)) / 101);
const NAMES = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

for (const name of NAMES) {
  test(`${name} is used as a map`, async ({ page, site }) => {
    await openLab(page, site.url);
    await page.getByLabel("Upload image", { exact: true }).setInputFiles(fileOf(name, RING, [48, 48]));
    await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
    await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
    expect((await stateOf(page)).shape).toEqual([48, 48]);
    // 16 bits and floats stay what they are; 8 bits are within half a step.
    const map = await page.evaluate(() => [...(window.bettiscope.state().map ?? [])]);
    const tolerance = name === "map-8.png" ? 0.5 / 255 + 1e-6 : name === "map-16.png" ? 0.5 / 65535 + 1e-6 : 1e-6;
    const worst = Math.max(...map.map((value, index) => Math.abs(value - (RING[index] ?? 0))));
    expect(worst).toBeLessThanOrEqual(tolerance);
  });
}

test("a volume asks for the slice", async ({ page, site }) => {
  await openLab(page, site.url);
  const closed = brokenRing(32).map((value) => (value > 0.3 ? 0.9 : value));
  const empty = closed.map(() => 0.1);
  const volume = fileOf("map.nii.gz", [...empty, ...closed, ...brokenRing(32)], [3, 32, 32]);
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(volume);
  await expect(page.getByText("Slice 2 of 3")).toBeVisible();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.getByLabel("Slice", { exact: true }).fill("2");
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await page.getByLabel("Slice", { exact: true }).fill("0");
  await expect(sentence(page)).toHaveText("0 pieces, 0 holes: it should have 1 piece and 1 hole.");
});

/** A ring as a mask, with a hole of one pixel through its band that no smaller copy keeps. */
function pinholedRing(side: number): number[] {
  const ring = brokenRing(side).map((value) => (value > 0.2 ? 1 : 0));
  ring[Math.round(side / 2) * side + Math.round(0.21 * side)] = 0;
  return ring;
}

test("a mask that is too large for a run is counted, mended and saved with all its pixels", async ({ page, site }) => {
  await openLab(page, site.url, "#panel=errors");
  const side = 1024;
  const mask = fileOf("map-8.png", pinholedRing(side), [side, side]);
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(mask);
  await expect(sentence(page)).toHaveText("1 piece, 2 holes: it should have 1 hole.");
  await expect(page.getByText("a run sees a copy of 512 × 512 pixels")).toBeVisible();
  await expect(
    page.getByText(/Counted on all 1024 × 1024 pixels\. .+ copy of 512 × 512: 1 piece, 1 hole/),
  ).toBeVisible();
  expect((await stateOf(page)).shape).toEqual([512, 512]);

  // Where the error is, and how large.
  const errors = page.getByRole("table", { name: "Errors of the mask" });
  await expect(errors.getByRole("row")).toHaveText(["ErrorPixelsRow, column", "Hole1512, 215"]);
  await errors.getByRole("button", { name: "Hole" }).click();
  await expect(errors.getByRole("button", { name: "Hole", pressed: true })).toBeVisible();

  // A run of the copy gives no tick for the file.
  await page.evaluate(() => window.bettiscope.step());
  await expect(sentence(page)).toHaveText("1 piece, 2 holes: it should have 1 hole.");

  // The simple tricks are those of the file.
  await page.getByRole("tab", { name: "Simple tricks" }).click();
  const trick = (name: RegExp) => page.getByRole("listitem").filter({ hasText: name });
  await expect(trick(/As it is/)).toContainText("β1 2 ✗ wrong");
  await expect(trick(/Exact repair/)).toContainText("1 pixel changed");
  await trick(/Exact repair/)
    .getByRole("button")
    .click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await expect(
    page.getByRole("application", { name: /Exact repair.*row 512, column 215: fills a hole, 1 pixel/ }),
  ).toBeVisible();

  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Mask (PNG)" }).click();
  const saved = await (await download).path();
  const { shape, values } = pixelsOf(readFileSync(saved));
  expect(shape).toEqual([side, side]);
  const filled = pinholedRing(side);
  const changed = [...values.keys()].filter((pixel) => (values[pixel] ?? 0) > 0.5 !== (filled[pixel] ?? 0) > 0.5);
  expect(changed).toEqual([512 * side + 215]);
});

test("a square of the file is cropped", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(fileOf("map.npy", RING, [48, 48]));
  await page.getByLabel("Side of the crop").fill("20");
  await expect.poll(async () => (await stateOf(page)).shape).toEqual([20, 20]);
  await expect(page.getByText("cropped to 20 × 20 pixels from row 14, column 14")).toBeVisible();
  await page.getByRole("application", { name: /^Crop/ }).press("ArrowRight");
  await expect(page.getByText("cropped to 20 × 20 pixels from row 14, column 15")).toBeVisible();
  await page.getByRole("button", { name: "No crop" }).click();
  await expect.poll(async () => (await stateOf(page)).shape).toEqual([48, 48]);
});

test("on a phone, the picture comes into sight when an error is looked at", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, site.url, "#panel=errors");
  const mask = fileOf("map-8.png", pinholedRing(96), [96, 96]);
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(mask);
  const hole = page.getByRole("table", { name: "Errors of the mask" }).getByRole("button", { name: "Hole" });
  await hole.scrollIntoViewIfNeeded();
  const map = page.getByRole("application", { name: /^Probability map/ });
  await expect(map).not.toBeInViewport();
  await hole.press("Enter");
  await expect(map).toBeInViewport({ ratio: 1 });
});

test("a label map is taken as what it looks like, and one click takes it for something else", async ({
  page,
  site,
}) => {
  await openLab(page, site.url);
  const [ring, side] = [brokenRing(48), 48];
  // A ring of label 1 with its gap filled by label 2, and pixels that nobody knows anything of: 255.
  const labels = ring.map((value, pixel) => (pixel < 3 * side ? 255 : value > 0.8 ? 1 : value > 0.2 ? 2 : 0));
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(labelsFile(labels, [side, side]));
  const takenAs = page.getByLabel("Taken as");
  await expect(takenAs.locator("option:checked")).toHaveText("automatic: labels");
  await expect(sentence(page)).toHaveText("2 pieces, 1 hole: it should have 1 piece.");
  await expect(page.getByText("255 looks like an ignore label")).toBeVisible();
  await takenAs.selectOption("labels: 255 ignored");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await takenAs.selectOption("labels: 1 alone");
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await takenAs.selectOption("a map of probabilities");
  await expect(sentence(page)).not.toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(takenAs.locator("option:checked")).toHaveText("labels: 1 alone");
});

test("pixels without a number are background, and logits can be told from maps", async ({ page, site }) => {
  await openLab(page, site.url);
  const logits = RING.map((value) => Math.log(value / (1 - value)));
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(fileOf("map.npy", logits, [48, 48]));
  await page.getByLabel("Taken as").selectOption("logits");
  await expect(page.getByText(/logistic function/)).toBeVisible();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  const map = await page.evaluate(() => [...(window.bettiscope.state().map ?? [])]);
  expect(Math.max(...map.map((value, index) => Math.abs(value - (RING[index] ?? 0))))).toBeLessThan(1e-5);
  const holed = RING.map((value, pixel) => (pixel === 7 ? Number.NaN : value));
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(fileOf("map.npy", holed, [48, 48]));
  await expect(page.getByText("1 pixel is NaN and background")).toBeVisible();
  expect(await page.evaluate(() => window.bettiscope.state().map?.[7])).toBe(0);
});

const png = fileOf("map-8.png", RING, [48, 48]);
const BAD: readonly (TestFile & { says: RegExp })[] = [
  {
    name: "notes.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("not an image"),
    says: /^notes\.txt cannot be used: .+ accepted are PNG, JPEG/,
  },
  { ...png, name: "cut.png", buffer: png.buffer.subarray(0, 200), says: /^cut\.png cannot be used: .*PNG/ },
  { name: "empty.tif", mimeType: "image/tiff", buffer: Buffer.alloc(0), says: /^empty\.tif cannot be used/ },
];

/** What a script can know of the page, but for the error and the backend, which is loaded meanwhile. */
async function everything(page: Page) {
  const { error: _, backend: __, ...state } = await stateOf(page);
  const arrays = await page.evaluate(() => {
    const { map, bars } = window.bettiscope.state();
    const lists = [map, bars?.birth, bars?.death, bars?.birthIndex, bars?.deathIndex, bars?.dimension];
    return lists.map((list) => [...(list ?? [])]);
  });
  expect(arrays.every(({ length }) => length > 0)).toBe(true);
  return { ...state, arrays, sentence: await sentence(page).textContent() };
}

for (const { says, ...file } of BAD) {
  test(`${file.name} leaves everything as it was and says why`, async ({ page, site }) => {
    await openLab(page, site.url, "#b1=0&threshold=0.4");
    const before = await everything(page);
    await page.getByLabel("Upload image", { exact: true }).setInputFiles(file);
    const problem = page.getByRole("region", { name: "Input" }).getByRole("alert");
    await expect(problem).toHaveText(says);
    expect(await everything(page)).toEqual(before);
    expect((await stateOf(page)).error).toMatch(says);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(problem).toHaveCount(0);
  });
}

test("a file is dropped anywhere, or pasted", async ({ page, site }) => {
  await openLab(page, site.url);
  const bytes = [...png.buffer];
  const drop = (type: "drop" | "paste", ...names: string[]) =>
    page.evaluate(
      ({ bytes, type, names }) => {
        const data = new DataTransfer();
        for (const name of names) data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          type === "drop"
            ? new DragEvent("drop", { ...options, dataTransfer: data })
            : new ClipboardEvent("paste", { ...options, clipboardData: data }),
        );
      },
      { bytes, type, names },
    );
  await drop("drop", "dropped.png");
  await expect(page.getByText("dropped.png", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await drop("paste", "pasted.png");
  await expect(page.getByText("pasted.png", { exact: true }).first()).toBeVisible();
  await drop("drop", "one.png", "two.png");
  await expect(page.getByText("one.png", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("2 files were given, and one.png is open");
});

test("a link that was made with a file says that the file is not in it", async ({ page, site }) => {
  await openLab(page, site.url, "#source=upload");
  await expect(page.getByRole("alert")).toContainText("files are not in links");
  await expect(sentence(page)).toContainText("1 piece, 0 holes");
});
