// npm run screenshot: makes docs/lab.png, the README's picture of the Lab, from the real page after a run. It needs the
// built site (npm run build) and Chromium.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { launchChromium } from "../tests/wasm/chromium.mjs";
import { site } from "./build-site.mjs";
import { root } from "./run.mjs";
import { serve } from "./serve.mjs";

const SIZE = { width: 1280, height: 800 };
const MOST = 300_000;

const server = await serve(site);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: SIZE, colorScheme: "light", reducedMotion: "reduce" });
await page.goto(server.url);
await page.waitForFunction(() => performance.getEntriesByName("bettiscope: loaded").length > 0);
await page.evaluate(() => window.bettiscope.run());
await page.waitForTimeout(1000);
const picture = await page.screenshot({ animations: "disabled" });
await browser.close();
server.close();
if (picture.length > MOST) {
  console.error(`The picture has ${picture.length} bytes; the README takes at most ${MOST}.`);
  process.exit(1);
}
writeFileSync(join(root, "docs", "lab.png"), picture);
console.log(`docs/lab.png: ${picture.length} bytes`);
