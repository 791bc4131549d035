// For everyone: axe-core, the keyboard alone, both sizes, both themes.

import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import { fileOf } from "./files.js";
import { brokenRing, openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

// Each page is looked through a dozen times.
test.describe.configure({ timeout: 240_000 });

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Waits until something of the state is on the screen, which is not on that of the state before. */
const shows = (find: (page: Page) => Locator) => (page: Page) => find(page).first().waitFor();

/** Everything that can be on the screen, each from the link before it: what of it has to be awaited, or done. */
const STATES: readonly (readonly [link: string, name: string, act: (page: Page) => Promise<unknown>])[] = [
  ["", "as it opens", shows((page) => page.getByRole("application", { name: /^Barcode: \d+ bars/ }))],
  [
    "#panel=pixel",
    "a pinned bar",
    async (page) => {
      await page.getByText("Click a bar, or a marked pixel on the map.").waitFor();
      const barcode = page.getByRole("application", { name: /^Barcode/ });
      await barcode.press("ArrowDown");
      await barcode.press("Enter");
      await page.getByRole("heading", { name: /^Component 1, the essential bar/ }).waitFor();
    },
  ],
  ["#panel=tricks", "simple tricks", shows((page) => page.getByRole("button", { name: "Use: Exact repair" }))],
  ["#panel=bars", "the table of bars", shows((page) => page.getByRole("columnheader", { name: "Birth" }))],
  ["#chart=diagram", "the diagram", shows((page) => page.getByRole("img", { name: /^Persistence diagram/ }))],
  ["#view=priors", "three priors", shows((page) => page.getByRole("region", { name: /^Prior 3/ }).getByText("Step 0"))],
  ["#predict=yes", "predict, then reveal", shows((page) => page.getByRole("button", { name: "Commit" }))],
  [
    "#source=drawing",
    "the drawing pad",
    async (page) => {
      await page.getByRole("application", { name: /^Drawing pad/ }).press(" ");
      await expect(sentence(page)).toContainText("1 piece, 0 holes");
    },
  ],
  [
    "#steps=30&lambda=0",
    "a stalled run, scrubbed back",
    async (page) => {
      await page.getByText("A broken ring").waitFor();
      await page.evaluate(() => window.bettiscope.run());
      await page.getByText("The loss has not fallen").waitFor();
      await page.getByLabel("Step of the run").fill("3");
      await page.getByText("step 3 of").waitFor();
    },
  ],
  [
    "#lambda=0.5",
    "an upload and a bad file",
    async (page) => {
      const upload = page.getByLabel("Upload image", { exact: true });
      await upload.setInputFiles(fileOf("map-8.png", brokenRing(60), [60, 60]));
      await page.getByLabel("Side of the crop").fill("40");
      await page.getByText("cropped to 40 × 40 pixels").waitFor();
      await upload.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no image") });
      await page.getByRole("alert").waitFor();
    },
  ],
  [
    "",
    "the menu of exports",
    async (page) => {
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByRole("button", { name: "Animation (GIF)" }).waitFor();
    },
  ],
  [
    "#source=heart&seed=16&m=60&noise=6&model=heart-classes&target=weights&shown=1",
    "a network of several classes",
    async (page) => {
      await page.getByRole("group", { name: "Classes" }).getByText("wrong").waitFor({ state: "attached" });
      await page.getByText("✓ ✗ by the most probable class.").waitFor();
    },
  ],
  [
    "#about",
    "About, all of it open",
    async (page) => {
      await page.getByRole("heading", { name: "About Bettiscope" }).waitFor();
      for (const summary of await page.locator("summary").all()) await summary.click();
      await page.getByRole("region", { name: "The setting" }).waitFor();
    },
  ],
];

for (const size of SIZES) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing at ${size.width} pixels, ${colorScheme}`, async ({ page, site }) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await openLab(page, site.url);
      for (const [link, name, act] of STATES) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, link);
        await act(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
        expect(found, name).toEqual([]);
      }
    });
  }
}

test("the Lab fits 1280 x 800 without scrolling", async ({ page, site }) => {
  await openLab(page, site.url);
  const overflow = await page.evaluate(() =>
    [document.documentElement, document.querySelector("main"), document.querySelector("aside")].map(
      (element) => (element?.scrollHeight ?? 0) - (element?.clientHeight ?? 0),
    ),
  );
  expect(overflow).toEqual([0, 0, 0]);
});

test("a network of several classes fits 1280 x 800 without scrolling", async ({ page, site }) => {
  await openLab(page, site.url);
  await page.getByRole("button", { name: "2 classes" }).click();
  await page.getByRole("group", { name: "Classes" }).getByText("wrong").waitFor({ state: "attached" });
  expect(await page.locator("aside").evaluate((aside) => aside.scrollHeight - aside.clientHeight)).toBe(0);
});

test("a file that is cropped for a network fits 1280 x 800 without scrolling", async ({ page, site }) => {
  await openLab(page, site.url);
  const file = fileOf("map-8.png", brokenRing(256), [256, 256]);
  await page.getByLabel("Upload image", { exact: true }).setInputFiles(file);
  await page.getByLabel("Model").selectOption("heart");
  await expect(page.getByText("the network knows squares with the left ventricle in the middle")).toBeVisible();
  const sides = page.locator("aside");
  expect(await sides.evaluate((aside) => aside.scrollHeight - aside.clientHeight)).toBe(0);
  await page.getByLabel("Side of the crop").fill("128");
  await expect(page.getByText("cropped to 128 × 128 pixels from row 64, column 64")).toBeVisible();
  expect(await sides.evaluate((aside) => aside.scrollHeight - aside.clientHeight)).toBe(0);
});

test("the Lab has no sideways scrolling at 390 pixels", async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, site.url);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: "Animation (GIF)" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test("everything works from the keyboard", async ({ page, site }) => {
  await openLab(page, site.url);
  const reached = new Set<string>();
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    });
    reached.add(name.replace(/[.:].*/s, ""));
  }
  for (const name of [
    "Upload image",
    "Model",
    "Components (β0)",
    "Loops (β1)",
    "Backend",
    "Run",
    "Step",
    "Threshold",
    "Export",
    "Input",
    "Probability map",
    "Before | after",
    "Divider between before and after",
    "Barcode",
  ]) {
    expect([...reached], name).toContain(name);
  }
  await page.getByRole("application", { name: /^Probability map/ }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByText(/^0\.\d{3} \(33, 32\)$/).first()).toBeVisible();
  await page.locator("body").press("]");
  expect((await stateOf(page)).setting.threshold).toBe(0.51);
  await expect(sentence(page)).toContainText("1 piece");
});

test("the main job is done with the keyboard alone", async ({ page, site }) => {
  await openLab(page, site.url);
  /** Tabs to the control of this name. */
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
      });
      if (label === name) return;
    }
    throw new Error(`${name} is not reached`);
  };
  await tabTo("Digit 8");
  await page.keyboard.press("Enter");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole: it should have 2 holes.");
  await tabTo("One loop fewer");
  await page.keyboard.press("Enter");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await tabTo("One loop more");
  await page.keyboard.press("Space");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole: it should have 2 holes.");
  await tabTo("Run");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => window.bettiscope.state().status === "stopped", undefined, { timeout: 90_000 });
  await expect(sentence(page)).toHaveText("1 piece, 2 holes, as it should be.");
  const { step } = await stateOf(page);
  await tabTo("Step of the run");
  await page.keyboard.press("ArrowLeft");
  expect((await stateOf(page)).step).toBe(step - 1);
});
