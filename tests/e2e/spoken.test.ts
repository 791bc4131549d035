// What screen readers say by themselves, and the keys that are characters.

import type { Page } from "@playwright/test";

import { openLab, sentence, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

/** Keeps what comes into the live regions of the page, as screen readers say it. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const spoken: string[] = [];
    Object.assign(window, { spoken });
    const LIVE = "[aria-live], [role=status], [role=alert], [role=log], output";
    const regionOf = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest(LIVE);
    const textOf = (region: Element) => {
      const copy = region.cloneNode(true) as Element;
      for (const silent of copy.querySelectorAll("[aria-hidden=true], [aria-live=off]")) silent.remove();
      return copy.textContent?.replace(/\s+/g, " ").trim() ?? "";
    };
    const last = new Map<Element, string>();
    for (const region of document.querySelectorAll(LIVE)) last.set(region, textOf(region));
    new MutationObserver((mutations) => {
      for (const region of new Set(mutations.map(({ target }) => regionOf(target)))) {
        if (!region || region.closest("[aria-live=off]") || region.closest("[aria-hidden=true]")) continue;
        const text = textOf(region);
        if (text !== "" && text !== last.get(region)) spoken.push(text);
        last.set(region, text);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
}

/** Waits until the page has loaded everything, said what computes, and spoken the first verdict. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator("[role=status]").filter({ hasText: /\d pieces?, \d holes?/ })).toBeAttached();
  await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
  await expect(page.getByText("CPU: this browser offers no WebGPU adapter.")).toBeVisible();
}

test("of a run its end is spoken, and not its steps", async ({ page, site }) => {
  await openLab(page, site.url, "#holds=0&steps=30");
  await settled(page);
  // A pixel that is looked at has another value at every step.
  await page.getByRole("application", { name: /^Probability map/ }).press("ArrowDown");
  const spoken = await listen(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect.poll(async () => (await spoken()).at(-1)).toMatch(/^Step 30: 1 piece, 1 hole, as it should be\.$/);
  const said = await spoken();
  // What computes, once; then the end.
  expect(said.length, said.join("\n")).toBeLessThanOrEqual(3);
  expect(said.filter((text) => text.startsWith("Step"))).toHaveLength(1);
});

test("a run that ends with the same sentence is spoken of too", async ({ page, site }) => {
  await openLab(page, site.url, "#lambda=0&steps=3");
  await settled(page);
  const spoken = await listen(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect
    .poll(async () => (await spoken()).join("\n"))
    .toContain("Step 3: 1 piece, 0 holes: it should have 1 hole.");
});

test("a sweep of the threshold is spoken of when it has come to rest", async ({ page, site }) => {
  await openLab(page, site.url);
  await settled(page);
  const spoken = await listen(page);
  await page.getByLabel("Threshold", { exact: true }).focus();
  for (let presses = 0; presses < 36; presses += 1) await page.keyboard.press("ArrowRight");
  await expect(sentence(page)).toHaveText("1 piece, 1 hole, as it should be.");
  await expect.poll(spoken).toEqual(["1 piece, 1 hole, as it should be."]);
});

test("where the cursor of a picture has come to is spoken of keys, and not of the mouse", async ({ page, site }) => {
  await openLab(page, site.url);
  await settled(page);
  const spoken = await listen(page);
  const map = page.getByRole("application", { name: /^Probability map/ });
  await map.hover();
  await expect(page.locator(".readout").first()).toBeVisible();
  expect(await spoken()).toEqual([]);
  await page.mouse.move(0, 0);
  await map.press("ArrowDown");
  await expect.poll(spoken).toEqual([expect.stringMatching(/^0\.\d{3}, row 33, column 32$/)]);
});

test("keys that are characters can be switched off, and stay so", async ({ page, site }) => {
  await openLab(page, site.url, "#threshold=0.3");
  const body = page.locator("body");
  const threshold = async () => (await stateOf(page)).setting.threshold;
  await body.press("]");
  expect(await threshold()).toBe(0.31);
  await page.getByRole("link", { name: "About" }).click();
  await page.getByRole("checkbox", { name: /are keys of the page/ }).uncheck();
  await page.goBack();
  await expect(sentence(page)).toBeVisible();
  await body.press("]");
  expect(await threshold()).toBe(0.31);
  await page.reload();
  await expect(sentence(page)).toBeVisible();
  await body.press("]");
  expect(await threshold()).toBe(0.31);
  await expect(page.getByRole("button", { name: "Reset" })).not.toHaveAttribute("aria-keyshortcuts");
  await page.getByRole("link", { name: "About" }).click();
  await page.getByRole("checkbox", { name: /are keys of the page/ }).check();
  await page.goBack();
  await body.press("]");
  await expect.poll(threshold).toBe(0.32);
});

test("brackets work on keyboards that have them with AltGr or Option", async ({ page, site }) => {
  await openLab(page, site.url);
  const press = (held: { ctrlKey?: true; altKey?: true; metaKey?: true }) =>
    page.evaluate((held) => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "[", bubbles: true, cancelable: true, ...held }));
      return window.bettiscope.state().setting.threshold as number;
    }, held);
  expect(await press({ ctrlKey: true, altKey: true })).toBe(0.49);
  expect(await press({ altKey: true })).toBe(0.48);
  // Command and [ goes back in the browser's history.
  expect(await press({ metaKey: true })).toBe(0.48);
});
