/** What the tests of the learner share. */
import type { Page } from "@playwright/test";

/** A ring of 28 x 28 pixels whose gap is nearly closed, row by row. */
export function brokenRing(): number[] {
  return Array.from({ length: 28 * 28 }, (_, pixel) => {
    const [down, right] = [Math.floor(pixel / 28) - 13.5, (pixel % 28) - 13.5];
    const isRing = Math.abs(Math.hypot(down, right) - 9) < 1.6;
    const isGap = right > 0 && Math.abs(down) < 1.1;
    return isRing ? (isGap ? 0.35 : 0.85) : 0.1;
  });
}

/** The addresses of the WebAssembly files that the page asks for from now on. */
export function watchDownloads(page: Page): string[] {
  const urls: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".wasm")) urls.push(request.url());
  });
  return urls;
}
