// A few steps on WebGPU, by its software adapter.

import { openLab, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

test("a digit is run on WebGPU", async ({ page, site }) => {
  await openLab(
    page,
    site.url,
    "?backend=webgpu#source=digit&b1=2&model=digits&target=weights&rate=0.0001&steps=3&holds=0",
  );
  await page.evaluate(() => window.bettiscope.run());
  const state = await stateOf(page);
  expect(state).toMatchObject({ step: 3, status: "stopped", shape: [28, 28] });
  expect(state.backend?.kind).toBe("webgpu");
});
