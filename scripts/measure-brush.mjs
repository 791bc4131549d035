// npm run measure:brush -- [SIDE]: how long it takes from a stroke of the brush to its bars on the screen.
//
// Paints on a noisy broken ring of SIDE x SIDE pixels (default: 256) in the built site, and prints what the page itself
// measures ("bettiscope: stroke to bars" in the browser's timeline): from the event of the pointer until the barcode of
// the painted map has been drawn. A machine that does something else meanwhile measures that as well.

import { launchChromium } from "../tests/wasm/chromium.mjs";
import { site } from "./build-site.mjs";
import { serve } from "./serve.mjs";

const STROKES = 60;
const side = Number(process.argv[2] ?? 256);

const server = await serve(site);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
await page.goto(server.url);
await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
await page.evaluate(loadRing, side);
await page.getByRole("button", { name: "Add", exact: true }).click();
const { x, y, width } = await page.getByRole("application", { name: /^Probability map/ }).boundingBox();
await page.mouse.move(x + 20, y + 20);
await page.mouse.down();
for (let stroke = 1; stroke <= STROKES; stroke += 1) {
  await page.mouse.move(x + 20 + ((width - 40) * stroke) / STROKES, y + 20);
  await page.waitForTimeout(60);
}
await page.mouse.up();
const { times, bars } = await page.evaluate(() => ({
  times: performance.getEntriesByName("bettiscope: stroke to bars").map(({ duration }) => duration),
  bars: window.bettiscope.state().bars?.birth.length,
}));
await browser.close();
server.close();
times.sort((a, b) => a - b);
const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
console.log(
  `${side} x ${side} pixels, ${bars} bars, ${times.length} of ${STROKES} strokes: ` +
    `median ${at(0.5)} ms, fastest ${at(0)} ms, nine of ten within ${at(0.9)} ms`,
);

/** In the page: a ring with a gap and with noise, so that there are thousands of bars. */
function loadRing(side) {
  const data = Array.from({ length: side * side }, (_, index) => {
    const [row, column] = [Math.floor(index / side), index % side];
    const [down, right] = [row / side - 0.5, column / side - 0.5];
    const distance = Math.hypot(down, right);
    const isGap = right > 0 && Math.abs(down) < 0.03;
    const value = distance > 0.22 && distance < 0.36 ? (isGap ? 0.35 : 0.85) : 0.12;
    const noise = (Math.imul((row >> 1) * side + (column >> 1) + 1, 2654435761) >>> 24) / 255;
    return value + 0.1 * (noise - 0.5);
  });
  return window.bettiscope.load({ data, width: side, height: side });
}
