// A few steps on WebGPU, by its software adapter.

import { crash } from "./client-page.js";
import { openLab, stateOf } from "./lab-page.js";
import { expect, test } from "./site.js";

const DIGIT = "#source=digit&b1=2&model=digits&target=weights&rate=0.0001&holds=0";

test("a digit is run on WebGPU", async ({ page, site }) => {
  await openLab(page, site.url, `?backend=webgpu${DIGIT}&steps=3`);
  await page.evaluate(() => window.bettiscope.run());
  const state = await stateOf(page);
  expect(state).toMatchObject({ step: 3, status: "stopped", shape: [28, 28] });
  expect(state.backend?.kind).toBe("webgpu");
});

test("a GPU that is lost in mid-run loses nothing: the CPU goes on, and the page says so", async ({
  page,
  site,
  problems,
}) => {
  await openLab(page, site.url, `?backend=webgpu${DIGIT}&steps=8`);
  await page.evaluate(() => {
    const numbers: number[] = [];
    window.bettiscope.events.addEventListener("step", () => numbers.push(window.bettiscope.state().step));
    Object.assign(window, { numbers });
    void window.bettiscope.run();
  });
  await page.waitForFunction(() => window.bettiscope.state().step >= 2, undefined, { timeout: 90_000 });
  expect((await stateOf(page)).backend?.kind).toBe("webgpu");
  await crash(page, "learner-webgpu-worker");
  await page.getByText(/WebGPU on .+ was lost/).waitFor();
  await page.waitForFunction(() => window.bettiscope.state().status === "stopped", undefined, { timeout: 90_000 });
  expect(await page.evaluate(() => (window as unknown as { numbers: number[] }).numbers)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
  expect((await stateOf(page)).error).toBeUndefined();
  expect(problems.filter((problem) => !problem.includes("thrown by the test"))).toEqual([]);
  problems.length = 0;
});
