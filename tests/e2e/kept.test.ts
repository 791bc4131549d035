// Nothing is lost: what takes the place of something can be taken back, and no link or key does what it should not.

import type { Page } from "@playwright/test";

import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

/** Paints a piece into the upper left corner of the map. */
async function paint(page: Page) {
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const box = await page.getByRole("application", { name: /^Probability map/ }).boundingBox();
  if (!box) throw new Error("no map");
  await page.mouse.move(box.x + 12, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 12, { steps: 2 });
  await page.mouse.up();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
}

test("About and back leaves everything in the Lab as it was", async ({ page, site }) => {
  await openLab(page, site.url, "#threshold=0.45");
  await paint(page);
  await page.getByRole("link", { name: "About" }).click();
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
  await page.getByRole("link", { name: "The Lab" }).click();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  expect((await stateOf(page)).setting.threshold).toBe(0.45);
  // And by the browser's own way back.
  await page.getByRole("link", { name: "About" }).click();
  await page.goBack();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  await expect(page.getByRole("link", { name: "Bettiscope", exact: true })).toHaveCount(0);
});

test("About has a link of its own, about which nothing is wrong", async ({ page, site }) => {
  await page.addInitScript(() => localStorage.setItem("bettiscope.visited", "1"));
  await page.goto(`${site.url}#about`);
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
  await page.evaluate(() => {
    location.hash = "";
  });
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a link that is opened while About is shown is opened", async ({ page, site }) => {
  await page.addInitScript(() => localStorage.setItem("bettiscope.visited", "1"));
  await page.goto(`${site.url}#/about`);
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
  await page.evaluate(() => {
    location.hash = "#b1=0";
  });
  await expect(sentence(page)).toHaveText("1 piece, 0 holes, as it should be.");
  // Once more, now that there is a Lab.
  await page.getByRole("link", { name: "About" }).click();
  await page.evaluate(() => {
    location.hash = "#/lab?b1=2";
  });
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 2 holes.");
});

test("an address with a screen that does not exist says so, and leads to those that do", async ({ page, site }) => {
  await page.goto(`${site.url}#/atlas?b1=0`);
  await expect(page.getByRole("alert")).toContainText("names a screen “atlas”, and there is none");
  await page.getByRole("link", { name: "About" }).click();
  await expect(page.getByRole("heading", { name: "About Bettiscope" })).toBeVisible();
});

test("a painting is undone and done again, by the buttons and by the keys", async ({ page, site }) => {
  await openLab(page, site.url);
  const undo = page.getByRole("button", { name: "Undo", exact: true });
  const redo = page.getByRole("button", { name: "Redo", exact: true });
  await expect(undo).toBeDisabled();
  await paint(page);
  await undo.click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await redo.click();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  await page.getByRole("application", { name: /^Probability map/ }).press("Control+z");
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
  await page.locator("body").press("Control+Shift+Z");
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  // A change of the prior leaves the painting alone, and is taken back by itself.
  const more = page.getByRole("button", { name: "One loop more" });
  await more.dblclick();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 3 holes.");
  await undo.click();
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
  // So is another image.
  await page.getByRole("button", { name: "T or V?" }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.locator("body").press("Control+z");
  await expect(sentence(page)).toHaveText("2 pieces, 0 holes: it should have 1 piece and 1 hole.");
});

test("what a link hides has no keys", async ({ page, site }) => {
  await openLab(page, site.url, "#hide=transport,barcode");
  for (const key of [" ", "ArrowRight", "r", "["]) {
    await page.locator("body").press(key);
    const { status, setting, error } = await stateOf(page);
    expect({ status, error, threshold: setting.threshold }, key).toEqual({
      status: "ready",
      error: undefined,
      threshold: 0.5,
    });
  }
});

test("who is to predict is told by no notice, no other view and no answer of before", async ({ page, site }) => {
  await openLab(page, site.url, "#predict=yes&view=priors&b1=2");
  await expect(sentence(page)).toHaveText("How many pieces, how many holes?");
  await expect(page.getByRole("region", { name: /^Prior \d/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Three priors" })).toBeDisabled();
  // A flat map has no hole at any threshold, and nothing says so.
  const data = Array.from({ length: 400 }, () => 0.2);
  await page.evaluate((data) => window.bettiscope.load({ data, width: 20, height: 20 }), data);
  await expect.poll(async () => (await stateOf(page)).shape).toEqual([20, 20]);
  await expect(page.getByText("The prior asks for")).toHaveCount(0);
  await page.getByRole("button", { name: "Samples" }).click();
  await expect.poll(async () => (await stateOf(page)).shape).toEqual([64, 64]);
  await page.getByRole("button", { name: "Commit" }).click();
  // Of another image it is asked again.
  await expect(page.getByText(/^(Right|You said)/)).toBeVisible();
  await page.getByRole("button", { name: "T or V?" }).click();
  await expect(page.getByRole("button", { name: "Commit" })).toBeVisible();
  await expect(page.getByText(/^(Right|You said)/)).toHaveCount(0);
});

test("a touch of the opening leaves no threshold of the way in the link", async ({ page, site }) => {
  await page.goto(site.url);
  await page.waitForFunction(() => window.bettiscope?.state().setting.threshold < 0.45);
  await page.mouse.click(640, 4);
  await expect.poll(async () => (await stateOf(page)).setting.threshold).toBe(0.5);
  // Later changes are kept in the link: by then the one of the touch is too.
  await page.evaluate(() => window.bettiscope.set({ lambda: 0.5 }));
  await expect(page).toHaveURL(/#\/lab\?lambda=0\.5$/);
});

test("a mask without a hole offers what helps, and no larger lambda", async ({ page, site }) => {
  await openLab(page, site.url);
  const disc = Array.from({ length: 900 }, (_, at) =>
    Math.hypot((at % 30) - 15, Math.floor(at / 30) - 15) < 9 ? 1 : 0,
  );
  await page.evaluate((data) => window.bettiscope.load({ data, width: 30, height: 30 }), disc);
  await expect(page.getByText("the loss cannot lengthen a bar that does not exist")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Try lambda/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Exact repair", exact: true }).click();
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(sentence(page)).toHaveText("1 piece, 0 holes: it should have 1 hole.");
});

test("in Three priors the keys run the three, and not the Lab behind them; another backend begins them anew", async ({
  page,
  site,
}) => {
  await openLab(page, site.url, "#view=priors&holds=0&steps=2000");
  const steps = () =>
    page
      .getByRole("region", { name: /^Prior 1/ })
      .getByRole("heading", { name: /^Step/ })
      .textContent()
      .then((text) => Number(text?.replace("Step ", "")));
  await expect.poll(steps).toBe(0);
  await page.locator("body").press("Space");
  await expect.poll(steps, { timeout: 60_000 }).toBeGreaterThan(1);
  expect((await stateOf(page)).steps).toBe(1);
  await page.getByLabel("Backend", { exact: true }).selectOption("cpu");
  // An engine starts anew.
  await expect(page.getByText("CPU, as asked for.")).toBeVisible({ timeout: 60_000 });
  await expect.poll(steps, { timeout: 60_000 }).toBeGreaterThan(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.locator("body").press("Space");
  await page.locator("body").press("r");
  await expect.poll(steps).toBe(0);
});
