// The client of the network and its runs, in a real worker, on the CPU.

import type { LearnerClient, LearnerStatus, Run } from "../../web/src/index.js";
import { crash, expect, test } from "./client-page.js";
import { brokenRing, watchDownloads } from "./learner-page.js";

test("a map becomes a ring, step by step, and the status says where and why", async ({ client }) => {
  const downloads = watchDownloads(client);
  const { events, steps, last } = await client.evaluate(async (map) => {
    const events: LearnerStatus[] = [];
    const learner = bettiscope.createLearner({ onStatus: (status) => events.push(status) });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1", options: { lambda: 1, stop: { priorHoldsFor: 1 } } });
    const steps = [];
    let step = await run.step();
    for (; !step.stop; step = await run.step())
      steps.push({ number: step.number, total: step.total, betti: step.entries[0].betti });
    while (!learner.status.why.includes("adapter")) await new Promise((later) => setTimeout(later, 50));
    const [{ betti, barcode, role }] = step.entries;
    const last = { stop: step.stop, betti, bars: barcode.birth.length, roles: role.length };
    return { events, steps, last: { ...last, pixels: step.probabilities.length } };
  }, brokenRing());
  expect(steps.map(({ number }) => number)).toEqual(steps.map((_, number) => number));
  expect(steps[0]?.betti).toEqual([1, 0]);
  expect(steps.at(-1)?.total).toBeLessThan(steps[0]?.total ?? 0);
  expect(last).toMatchObject({ stop: "priorHolds", betti: [1, 1], pixels: 784 });
  expect(last.roles).toBe(last.bars);

  expect(events.some(({ state, download }) => state === "loading" && download?.what === "learner-cpu")).toBe(true);
  expect(events.at(-1)).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
  expect(events.at(-1)?.why).toMatch(/CPU: this browser offers no WebGPU adapter/);
  expect(downloads.map((url) => url.split("/").at(-1))).toEqual(["learner-cpu_bg.wasm"]);
});

test("a run outlives its worker", async ({ client, problems }) => {
  const before = await client.evaluate(async (map) => {
    const learner = bettiscope.createLearner({ backend: "cpu" });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1", options: { lambda: 1 } });
    const totals: number[] = [];
    for (let number = 0; number < 7; number++) totals.push((await run.step()).total);
    Object.assign(globalThis, { run });
    return totals;
  }, brokenRing());
  await crash(client, "learner-cpu-worker");
  const after = await client.evaluate(async () => {
    const { run } = globalThis as unknown as { run: Run };
    const step = await run.step();
    const next = await run.step();
    return { numbers: [step.number, next.number], total: step.total };
  });
  expect(after.numbers).toEqual([7, 8]);
  expect(after.total).toBeLessThan(before.at(-1) ?? 0);
  expect(problems.filter((problem) => !problem.includes("thrown by the test"))).toEqual([]);
  problems.length = 0;
});

test("the same steps follow after a crash as without one, and after a reset", async ({ client, problems }) => {
  await client.evaluate(async (map) => {
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const start = async (learner: LearnerClient) => ({
      learner,
      run: await learner.startRun({ map: grid, prior: "1,1", options: { lambda: 1 } }),
    });
    const totals = async (run: Run, count: number) => {
      const totals: number[] = [];
      while (totals.length < count) totals.push((await run.step()).total);
      return totals;
    };
    const undisturbed = await start(bettiscope.createLearner({ backend: "cpu" }));
    const reference = await totals(undisturbed.run, 14);
    undisturbed.learner.dispose();
    const { run } = await start(bettiscope.createLearner({ backend: "cpu" }));
    const first = await totals(run, 8);
    Object.assign(globalThis, { run, totals, first, reference });
  }, brokenRing());
  await crash(client, "learner-cpu-worker");
  const { reference, whole, again } = await client.evaluate(async () => {
    const { run, totals, first, reference } = globalThis as unknown as {
      run: Run;
      totals: (run: Run, count: number) => Promise<number[]>;
      first: number[];
      reference: number[];
    };
    const whole = [...first, ...(await totals(run, 6))];
    await run.reset();
    return { reference, whole, again: await totals(run, 14) };
  });
  expect(whole).toEqual(reference);
  expect(again).toEqual(reference);
  problems.length = 0;
});

test("a step that is aborted is given by the next call", async ({ client }) => {
  const answer = await client.evaluate(async (map) => {
    const learner = bettiscope.createLearner({ backend: "cpu" });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const run = await learner.startRun({ map: grid, prior: "1,1" });
    await run.step();
    const controller = new AbortController();
    const aborted = run.step({ signal: controller.signal }).catch((error) => error.name);
    controller.abort();
    return { name: await aborted, next: (await run.step()).number };
  }, brokenRing());
  expect(answer).toEqual({ name: "AbortError", next: 1 });
});

test("what is wrong with a run is said, with a code", async ({ client, problems }) => {
  const codes = await client.evaluate(async (map) => {
    const learner = bettiscope.createLearner({ backend: "cpu", models: "nowhere/" });
    const grid = { values: Float32Array.from(map), shape: [28, 28] };
    const codeOf = (promise: Promise<unknown>) =>
      promise.then(
        () => "none",
        (error) => error.code,
      );
    const step = async (prior: string, values = grid.values) => {
      const run = await learner.startRun({ map: { values, shape: [28, 28] }, prior });
      return run.step();
    };
    return [
      await codeOf(learner.loadModel("digits")),
      await codeOf(learner.loadModel(Uint8Array.of(1, 2, 3))),
      await codeOf(step("1,x")),
      await codeOf(step("1,1,1")),
      await codeOf(
        step(
          "1,1",
          grid.values.map((value) => 2 * value),
        ),
      ),
      await codeOf(step("1,1")),
    ];
  }, brokenRing());
  expect(codes).toEqual(["download-failed", "malformed", "prior-syntax", "prior-dimensions", "out-of-range", "none"]);
  // The files of the model that is nowhere.
  expect(problems.filter((problem) => !problem.includes("404"))).toEqual([]);
  problems.length = 0;
});
