/** What the learner's workers do; the two differ in nothing but the build of the module. */
import { expose } from "comlink";

import type { Grid } from "./grid.js";
import type { Backend, PostProcessOptions, Prior, SelfTest, Step } from "./records.js";
import { type ModuleDescription, WasmModule, type WorkerEvents } from "./wasm-module.js";
import { handOver, keepErrorCodes } from "./wire.js";

/** The surface of both builds. */
export interface LearnerModule {
  readonly Learner: { create(): Promise<WasmLearner> };
  readonly PostProcess: {
    ofModel(
      learner: WasmLearner,
      model: WasmModel,
      values: Float32Array,
      shape: readonly number[],
      prior: string | Prior,
      options?: PostProcessOptions,
    ): Promise<WasmRun>;
    ofMap(
      learner: WasmLearner,
      values: Float32Array,
      shape: readonly number[],
      prior: string | Prior,
      options?: PostProcessOptions,
    ): Promise<WasmRun>;
    importState(learner: WasmLearner, state: Uint8Array): Promise<WasmRun>;
  };
}

interface WasmLearner {
  readonly backend: Backend;
  selfTest(): Promise<SelfTest>;
  loadModel(bytes: Uint8Array): WasmModel;
}

interface WasmModel {
  readonly width: number;
  readonly depth: number;
  readonly parameters: number;
  readonly classes: number;
  segment(values: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  free(): void;
}

interface WasmRun {
  step(): Promise<Step>;
  exportState(): Promise<Uint8Array>;
  free(): void;
}

/** What a browser has to offer, before the WebGPU build is downloaded. */
export interface AdapterProbe {
  readonly found: "none" | "software" | "hardware";
  /** The adapter's own description. */
  readonly adapter: string;
}

/** How a run begins. */
export interface RunStart {
  /** The number of the model, or the map itself. */
  readonly model: number | undefined;
  readonly grid: Grid;
  readonly prior: string | Prior;
  readonly options: PostProcessOptions | undefined;
}

/** Makes this worker one of the learner's. */
export function serveLearner(description: ModuleDescription<LearnerModule>) {
  const module = new WasmModule(description);
  let events: WorkerEvents;
  let compiled: ReadonlyMap<string, WebAssembly.Module>;
  let learner: Promise<WasmLearner> | undefined;
  const models = new Map<number, WasmModel>();
  const runs = new Map<number, WasmRun>();

  const exports = () => module.load(events, compiled);
  const learnerOf = () => {
    learner ??= exports()
      .then(({ Learner }) => Learner.create())
      .catch((error: unknown) => {
        learner = undefined;
        throw error;
      });
    return learner;
  };

  const calls = {
    open(reports: WorkerEvents, known: ReadonlyMap<string, WebAssembly.Module>): void {
      events = reports;
      compiled = known;
    },
    probe: probeAdapter,
    async start(): Promise<Backend> {
      const { kind, adapter, isFallback } = (await learnerOf()).backend;
      return { kind, adapter, isFallback };
    },
    async selfTest() {
      return (await learnerOf()).selfTest();
    },

    hasModel: (id: number) => models.has(id),
    async loadModel(id: number, bytes: Uint8Array) {
      const model = (await learnerOf()).loadModel(bytes);
      models.set(id, model);
      const { width, depth, classes, parameters } = model;
      return { width, depth, classes, parameters };
    },
    releaseModel(id: number): void {
      models.get(id)?.free();
      models.delete(id);
    },
    async segment(id: number, { values, shape }: Grid) {
      return handOver(await existing(models, id).segment(values, shape));
    },

    hasRun: (id: number) => runs.has(id),
    async startRun(id: number, { model, grid, prior, options }: RunStart): Promise<void> {
      const { PostProcess } = await exports();
      const { values, shape } = grid;
      const on = await learnerOf();
      const run =
        model === undefined
          ? await PostProcess.ofMap(on, values, shape, prior, options)
          : await PostProcess.ofModel(on, existing(models, model), values, shape, prior, options);
      runs.set(id, run);
    },
    async resumeRun(id: number, state: Uint8Array): Promise<void> {
      const { PostProcess } = await exports();
      runs.set(id, await PostProcess.importState(await learnerOf(), state));
    },
    async step(id: number, withState: boolean): Promise<{ step: Step; state: Uint8Array | undefined }> {
      const run = existing(runs, id);
      const step = await run.step();
      return handOver({ step, state: withState ? await run.exportState() : undefined });
    },
    async exportRun(id: number) {
      return handOver(await existing(runs, id).exportState());
    },
    releaseRun(id: number): void {
      runs.get(id)?.free();
      runs.delete(id);
    },
  };

  // A panic in a callback of the GPU ends in no answer: let the other side know by the worker's error event.
  addEventListener("unhandledrejection", ({ reason }) => {
    setTimeout(() => {
      throw reason;
    });
  });
  keepErrorCodes();
  expose(calls);
  return calls;
}

/** What the client sees of this file. */
export type LearnerCalls = ReturnType<typeof serveLearner>;

function existing<T>(things: ReadonlyMap<number, T>, id: number): T {
  const thing = things.get(id);
  if (!thing) throw new Error(`there is nothing with the number ${id} in this worker`);
  return thing;
}

/** Only what is asked here; TypeScript has no types of WebGPU. */
interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<Adapter | null>;
}

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly isFallbackAdapter?: boolean;
    readonly description?: string;
    readonly vendor?: string;
    readonly architecture?: string;
  };
}

async function probeAdapter(): Promise<AdapterProbe> {
  const gpu = (navigator as { gpu?: Gpu }).gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return { found: "none", adapter: "" };
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info ?? {};
  const name = description || [vendor, architecture].filter(Boolean).join(" ") || "an unnamed adapter";
  const isSoftware = (isFallbackAdapter ?? adapter.isFallbackAdapter ?? false) || architecture === "swiftshader";
  return { found: isSoftware ? "software" : "hardware", adapter: name };
}
