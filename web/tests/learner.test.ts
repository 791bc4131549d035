import { beforeEach, expect, test, vi } from "vitest";

import { BettiscopeError } from "../src/error.js";
import { createLearner } from "../src/learner.js";
import type { LearnerStatus, Model } from "../src/learner-types.js";
import { type FakeWorker, installWorkers } from "./fake-worker.js";

/** What the workers of a test do; each test changes what it is about. */
interface World {
  found: "none" | "software" | "hardware";
  agrees: boolean;
  isFallback: boolean;
  /** Steps after which the WebGPU worker dies, and whether it comes up at all. */
  gpuDiesAt: number;
  /** The step that WebGPU never answers. */
  gpuHangsAt: number;
  gpuStarts: boolean;
  /** The GPU's start waits for it. */
  gpuMayStart: Promise<void>;
  /** The builds that were loaded. */
  started: string[];
  /** Where each step was computed, and which. */
  steps: string[];
  /** The runs that are in the workers. */
  runs: Set<number>;
}

let world: World;
let workers: FakeWorker[];

beforeEach(() => {
  world = {
    found: "none",
    agrees: true,
    isFallback: false,
    gpuDiesAt: Number.POSITIVE_INFINITY,
    gpuHangsAt: Number.POSITIVE_INFINITY,
    gpuStarts: true,
    gpuMayStart: Promise.resolve(),
    started: [],
    steps: [],
    runs: new Set(),
  };
  workers = installWorkers({
    "learner-cpu-worker": () => fakeLearner("cpu"),
    "learner-webgpu-worker": () => fakeLearner("webgpu"),
  });
});

/** A run is a number of steps and the first value of its image; its state is those two. */
function fakeLearner(kind: "cpu" | "webgpu") {
  const models = new Set<number>();
  const runs = new Map<number, { number: number; value: number }>();
  return {
    open() {},
    probe: () => ({ found: world.found, adapter: "Test adapter" }),
    async start() {
      world.started.push(kind);
      if (kind === "webgpu") {
        await world.gpuMayStart;
        if (!world.gpuStarts) throw new BettiscopeError("no-webgpu", "there is no WebGPU here");
      }
      return {
        kind,
        adapter: kind === "cpu" ? "CPU" : "Test adapter",
        isFallback: kind === "webgpu" && world.isFallback,
      };
    },
    selfTest: () => ({ agrees: world.agrees, largestDifference: world.agrees ? 0 : 0.5 }),
    hasModel: (id: number) => models.has(id),
    loadModel(id: number) {
      models.add(id);
      return { width: 8, depth: 2, parameters: 1000 };
    },
    releaseModel: (id: number) => void models.delete(id),
    segment(id: number, image: { values: Float32Array }) {
      if (!models.has(id)) throw new Error("no such model");
      return image.values.map((value) => value / 2);
    },
    hasRun: (id: number) => runs.has(id),
    startRun(id: number, { grid, model }: { grid: { values: Float32Array }; model: number | undefined }) {
      if (model !== undefined && !models.has(model)) throw new Error("no such model");
      runs.set(id, { number: 0, value: grid.values[0] ?? 0 });
      world.runs.add(id);
    },
    resumeRun(id: number, state: Uint8Array) {
      const [number = 0, value = 0] = state;
      runs.set(id, { number, value });
    },
    step(id: number, withState: boolean) {
      const run = runs.get(id);
      if (!run) throw new Error("no such run");
      if (kind === "webgpu" && run.number >= world.gpuDiesAt) {
        throw new BettiscopeError("device-lost", "the device was lost");
      }
      if (kind === "webgpu" && run.number >= world.gpuHangsAt) return new Promise(() => {});
      world.steps.push(`${kind} ${run.number}`);
      const step = { number: run.number, total: run.value };
      run.number += 1;
      return { step, state: withState ? Uint8Array.of(run.number, run.value) : undefined };
    },
    exportRun(id: number) {
      const run = runs.get(id);
      return Uint8Array.of(run?.number ?? 0, run?.value ?? 0);
    },
    releaseRun(id: number) {
      runs.delete(id);
      world.runs.delete(id);
    },
  };
}

const IMAGE = { values: Float32Array.of(7, 1), shape: [1, 2] };

async function running(backend: "auto" | "cpu" | "webgpu") {
  const events: LearnerStatus[] = [];
  const learner = createLearner({ backend, onStatus: (status) => events.push(status) });
  const model = await learner.loadModel(Uint8Array.of(1));
  const run = await learner.startRun({ model, image: IMAGE, prior: "1,1" });
  return { learner, events, model, run };
}

function whereSteps() {
  return world.steps.map((step) => step.split(" ")[0]);
}

test("without WebGPU everything runs on the CPU, and the status says why", async () => {
  const { learner, run, model } = await running("auto");
  expect(model).toMatchObject({ width: 8, depth: 2, parameters: 1000, name: "", record: undefined });
  for (let number = 0; number < 3; number++) expect(await run.step()).toMatchObject({ number, total: 7 });
  await vi.waitFor(() => expect(learner.status.why).toMatch(/no WebGPU adapter/));
  expect(learner.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
  expect(workers.map(({ name }) => name)).toEqual(["learner-cpu-worker"]);
  expect([...(await learner.segment(model, IMAGE)).values]).toEqual([3.5, 0.5]);
});

test("a software adapter is not used, and its build not even loaded", async () => {
  world.found = "software";
  const { learner, run } = await running("auto");
  await run.step();
  await vi.waitFor(() => expect(learner.status.why).toMatch(/software/));
  expect(workers).toHaveLength(1);
});

test("with the CPU asked for, nobody looks for WebGPU", async () => {
  world.found = "hardware";
  const { learner, run } = await running("cpu");
  await run.step();
  expect(learner.status).toMatchObject({ state: "ready", why: "CPU, as asked for." });
  expect(workers).toHaveLength(1);
});

test("a run begins on the CPU and moves to WebGPU when that is ready, without a step lost or done twice", async () => {
  world.found = "hardware";
  let start = () => {};
  world.gpuMayStart = new Promise((resolve) => {
    start = resolve;
  });
  const { learner, run, events } = await running("auto");
  for (let number = 0; number < 3; number++) expect((await run.step()).number).toBe(number);
  start();
  await vi.waitFor(() => expect(learner.status.backend?.kind).toBe("webgpu"));
  for (let number = 3; number < 6; number++) expect((await run.step()).number).toBe(number);
  expect(whereSteps()).toEqual(["cpu", "cpu", "cpu", "webgpu", "webgpu", "webgpu"]);
  expect(events.map(({ state }) => state)).toContain("warming");
});

test("WebGPU that computes something else is not used", async () => {
  world.found = "hardware";
  world.agrees = false;
  const { learner, run } = await running("auto");
  await run.step();
  await vi.waitFor(() => expect(learner.status.why).toMatch(/something else than the CPU/));
  await run.step();
  expect(whereSteps()).toEqual(["cpu", "cpu"]);
  expect(learner.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
});

test("a run that loses WebGPU goes on on the CPU from its last state; the second loss is the last", async () => {
  world.found = "software";
  world.gpuDiesAt = 7;
  const { learner, run, events } = await running("webgpu");
  for (let number = 0; number < 7; number++) expect((await run.step()).number).toBe(number);
  // State 5 was saved: 5 and 6 are done again, where nobody sees them.
  expect(await run.step()).toMatchObject({ number: 7, total: 7 });
  expect(world.steps.slice(-3)).toEqual(["cpu 5", "cpu 6", "cpu 7"]);
  expect(events.map(({ state }) => state)).toContain("lost");

  await vi.waitFor(() => expect(learner.status.backend?.kind).toBe("webgpu"));
  expect((await run.step()).number).toBe(8);
  expect(world.steps.at(-1)).toBe("cpu 8");
  await vi.waitFor(() => expect(learner.status.why).toMatch(/lost 2 times/));
  expect((await run.step()).number).toBe(9);
  expect(learner.status.backend?.kind).toBe("cpu");
  expect(workers.filter(({ name }) => name === "learner-webgpu-worker")).toHaveLength(2);
});

test("a GPU that does not answer is lost, and the run goes on without it", async () => {
  world.found = "software";
  world.gpuHangsAt = 2;
  const { run } = await running("webgpu");
  await run.step();
  await run.step();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const step = run.step();
  await vi.advanceTimersByTimeAsync(61_000);
  vi.useRealTimers();
  expect((await step).number).toBe(2);
  expect(world.steps.at(-1)).toBe("cpu 2");
});

test("the status returns to what it was when a download is over", async () => {
  const { learner, run, events } = await running("cpu");
  await run.step();
  const before = learner.status;
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  vi.stubGlobal(
    "fetch",
    async (url: URL) => new Response(url.pathname.endsWith("json") ? '{"title":"Digits"}' : "weights"),
  );
  const model = await learner.loadModel("digits");
  vi.unstubAllGlobals();
  expect(model).toMatchObject({ name: "digits", record: { title: "Digits" }, parameters: 1000 });
  expect(learner.status).toEqual(before);
  expect(events.at(-1)).toEqual(before);
});

test("WebGPU that is asked for and is not there ends on the CPU, with the reason", async () => {
  const { learner, run } = await running("webgpu");
  expect((await run.step()).number).toBe(0);
  expect(learner.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
  expect(learner.status.why).toMatch(/no WebGPU adapter/);
  // Nothing of its build has been asked for.
  expect(world.started).toEqual(["cpu"]);
});

test("WebGPU that is there and does not start ends on the CPU, with the reason", async () => {
  world.found = "hardware";
  world.gpuStarts = false;
  const { learner, run } = await running("webgpu");
  expect((await run.step()).number).toBe(0);
  expect(learner.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
  expect(learner.status.why).toMatch(/there is no WebGPU here/);
});

test("a CPU worker that dies is replaced and the run goes on", async () => {
  const { run } = await running("cpu");
  for (let number = 0; number < 6; number++) await run.step();
  workers[0]?.crash("memory");
  expect((await run.step()).number).toBe(6);
  expect(world.steps.slice(-2)).toEqual(["cpu 5", "cpu 6"]);
  expect(workers).toHaveLength(2);
});

test("a step that is aborted is given by the next call", async () => {
  const { run } = await running("cpu");
  await run.step();
  const controller = new AbortController();
  const aborted = run.step({ signal: controller.signal });
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  expect((await run.step()).number).toBe(1);
  expect((await run.step()).number).toBe(2);
});

test("a run that is disposed of before there is an engine is not left in a worker", async () => {
  world.found = "hardware";
  let start = () => {};
  world.gpuMayStart = new Promise((resolve) => {
    start = resolve;
  });
  const learner = createLearner({ backend: "webgpu" });
  const run = await learner.startRun({ map: IMAGE, prior: "1,1" });
  const step = run.step();
  run.dispose();
  start();
  await expect(step).rejects.toMatchObject({ code: "disposed" });
  expect(world.runs.size).toBe(0);
});

test("a run goes on from what was saved of it, on whatever engine", async () => {
  const { learner, run } = await running("cpu");
  expect(run.saved).toBeUndefined();
  for (let number = 0; number < 7; number++) await run.step();
  const { saved } = run;
  expect(saved).toMatchObject({ steps: 5 });
  run.dispose();
  learner.dispose();
  const other = createLearner({ backend: "cpu" });
  const further = await other.startRun({ map: IMAGE, prior: "1,1", ...(saved ? { from: saved } : {}) });
  expect(await further.step()).toMatchObject({ number: 5, total: 7 });
  expect(await further.step()).toMatchObject({ number: 6 });
});

test("after a reset the run begins anew", async () => {
  const { run } = await running("cpu");
  for (let number = 0; number < 6; number++) await run.step();
  await run.reset();
  expect((await run.step()).number).toBe(0);
});

test("a map is post-processed without a model, and nonsense is refused", async () => {
  const learner = createLearner({ backend: "cpu" });
  const run = await learner.startRun({ map: IMAGE, prior: "1,1" });
  expect((await run.step()).total).toBe(7);
  await expect(learner.startRun({ prior: "1,1" })).rejects.toMatchObject({ code: "bad-argument" });
  await expect(learner.startRun({ model: {} as Model, image: IMAGE, prior: "1" })).rejects.toThrow(/disposed/);
  run.dispose();
  await expect(run.step()).rejects.toMatchObject({ code: "disposed" });
  learner.dispose();
  await expect(learner.prepare()).rejects.toMatchObject({ code: "disposed" });
});
