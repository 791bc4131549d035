/** The Lab for the tests: what they do with it again and again. */
import type { Page } from "@playwright/test";

import type { LabState } from "../../www/src/screens/lab/state/automation-types.js";

/** A state that can be sent from the page: without arrays. */
export type PlainState = Omit<LabState, "bars" | "map">;

/** Opens the Lab, without the opening of a first visit, and waits for its first map. */
export async function openLab(page: Page, url: string, link = ""): Promise<void> {
  await page.addInitScript(() => localStorage.setItem("bettiscope.visited", "1"));
  await page.goto(`${url}${link}`);
  await page.waitForFunction(() => window.bettiscope?.state().steps > 0);
}

/** What is on the screen. */
export function stateOf(page: Page): Promise<PlainState> {
  return page.evaluate(() => {
    const { bars: _, map: __, ...state } = window.bettiscope.state();
    return state;
  });
}

/** The sentence at the top. */
export function sentence(page: Page) {
  return page.locator(".verdict");
}

/** A ring of 1 on 0 with a gap, `side` pixels wide. */
export function brokenRing(side: number): number[] {
  return Array.from({ length: side * side }, (_, index) => {
    const [y, x] = [Math.floor(index / side) - side / 2 + 0.5, (index % side) - side / 2 + 0.5];
    const distance = Math.hypot(x, y) / side;
    const isInGap = x > 0 && Math.abs(y) < side / 28;
    return distance > 0.22 && distance < 0.36 ? (isInGap ? 0.35 : 0.9) : 0.1;
  });
}
