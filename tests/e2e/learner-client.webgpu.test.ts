// The client of the network on WebGPU: a software adapter, which is used only since it is asked for.

import type { LearnerClient, LearnerStatus, Run } from "../../web/src/index.js";
import { crash, expect, test } from "./client-page.js";
import { brokenRing, watchDownloads } from "./learner-page.js";

test("a run on WebGPU gives what the CPU gives, and goes on there when its worker dies", async ({
  client,
  problems,
}) => {
  const downloads = watchDownloads(client);
  const { status, totals } = await client.evaluate(async (map) => {
    const events: LearnerStatus[] = [];
    const learner = bettiscope.createLearner({ backend: "webgpu", onStatus: (status) => events.push(status) });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1", options: { lambda: 1 } });
    const totals: number[] = [];
    for (let number = 0; number < 7; number++) totals.push((await run.step()).total);
    Object.assign(globalThis, { learner, run, events });
    return { status: learner.status, totals };
  }, brokenRing());
  expect(status).toMatchObject({ state: "ready", backend: { kind: "webgpu", isFallback: true } });
  expect(status.why).toMatch(/^WebGPU on /);
  expect(downloads.map((url) => url.split("/").at(-1))).toEqual(["learner-webgpu_bg.wasm"]);

  const onCpu = await client.evaluate(async (map) => {
    const learner = bettiscope.createLearner({ backend: "cpu" });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1", options: { lambda: 1 } });
    const totals: number[] = [];
    for (let number = 0; number < 9; number++) totals.push((await run.step()).total);
    learner.dispose();
    return totals;
  }, brokenRing());
  for (const [number, total] of totals.entries()) {
    expect(total, `step ${number}`).toBeCloseTo(onCpu[number] ?? Number.NaN, 4);
  }

  await crash(client, "learner-webgpu-worker");
  const after = await client.evaluate(async () => {
    const { run, events } = globalThis as unknown as { run: Run; events: LearnerStatus[]; learner: LearnerClient };
    const steps = [await run.step(), await run.step()];
    return {
      steps: steps.map(({ number, total }) => ({ number, total })),
      lost: events.find(({ state }) => state === "lost")?.why,
      backends: events.map(({ backend }) => backend?.kind),
    };
  });
  expect(after.steps.map(({ number }) => number)).toEqual([7, 8]);
  for (const { number, total } of after.steps) expect(total).toBeCloseTo(onCpu[number] ?? Number.NaN, 4);
  expect(after.lost).toMatch(/lost/);
  expect(after.backends).toContain("cpu");
  expect(problems.filter((problem) => !problem.includes("thrown by the test"))).toEqual([]);
  problems.length = 0;
});

test("by itself a software adapter is not used, and the WebGPU build not loaded", async ({ client }) => {
  const downloads = watchDownloads(client);
  const status = await client.evaluate(async (map) => {
    const learner = bettiscope.createLearner();
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1" });
    await run.step();
    while (!learner.status.why.includes("adapter")) await new Promise((later) => setTimeout(later, 50));
    return learner.status;
  }, brokenRing());
  expect(status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
  expect(status.why).toMatch(/software/);
  expect(downloads.map((url) => url.split("/").at(-1))).toEqual(["learner-cpu_bg.wasm"]);
});
