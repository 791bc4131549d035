// Clients for the tests of the state: without workers, and with answers that can be held back.

import type {
  Barcode,
  Decoded,
  Grid,
  LearnerClient,
  LearnerOptions,
  Model,
  Prior,
  Run,
  RunRequest,
  Step,
  TopologyClient,
} from "bettiscope";

import { Learner } from "../../../services/learner.svelte";
import { Lab } from "./lab.svelte";

/** A Lab on clients that answer at once, and what was asked of them. */
export function fakeLab() {
  const gates = new Gates();
  const learners: FakeLearner[] = [];
  const lab = new Lab({
    download: undefined,
    topology: fakeTopology(gates),
    learner: new Learner((options) => {
      const learner = new FakeLearner(gates, options?.backend ?? "auto");
      learners.push(learner);
      return learner.client;
    }),
  });
  /** All runs that were begun, whoever computes. */
  const runs = () => learners.flatMap((learner) => learner.runs);
  return { lab, gates, learners, runs };
}

/** Holds answers back until the test lets them go. */
export class Gates {
  readonly #held = new Map<string, Promise<void>>();
  readonly #failing = new Map<string, Error>();
  readonly #asked = new Map<string, number>();

  /** From now on nothing that has this name is answered, until what this returns is called. */
  hold(name: string): () => void {
    let letGo = () => {};
    this.#held.set(name, new Promise((resolve) => (letGo = resolve)));
    return () => {
      this.#held.delete(name);
      letGo();
    };
  }

  /** From now on what has this name fails. */
  fail(name: string, error: Error) {
    this.#failing.set(name, error);
  }

  /** How often something was asked. */
  asked(name: string): number {
    return this.#asked.get(name) ?? 0;
  }

  /** An answer as the clients give it: not after an abort. */
  async pass<T>(name: string, signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    this.#asked.set(name, this.asked(name) + 1);
    signal?.throwIfAborted();
    const held = this.#held.get(name) ?? Promise.resolve();
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      held.then(resolve);
    });
    const error = this.#failing.get(name);
    if (error) throw error;
    return answer();
  }
}

/** A barcode without bars: what is here is not about topology. */
export function emptyBarcode(shape: readonly number[]): Barcode {
  return {
    shape: [...shape],
    connectivity: "T",
    filtration: "superlevel",
    dimension: new Uint8Array(),
    birth: new Float32Array(),
    death: new Float32Array(),
    birthIndex: new Uint32Array(),
    deathIndex: new Int32Array(),
    starts: [0, 0, 0],
  } as unknown as Barcode;
}

type Calls = { signal?: AbortSignal } | undefined;

function fakeTopology(gates: Gates): TopologyClient {
  const betti = [1, 0];
  const assessment = { threshold: 0.5, betti, error: [0, 1], margin: { holds: false } };
  const dimension = { value: 0.25, missing: 0, weight: 1 };
  const decoded = (name: string): Decoded => {
    const size = Number(name.replace("mask ", "")) || 2;
    // Of a large one a corner is enough.
    const side = name.startsWith("mask") ? size : Math.min(512, size);
    const values = new Float32Array(side * side).fill(0.25);
    return {
      shape: [size, size],
      channels: "grey",
      sampleType: "uint8",
      format: "png",
      members: [],
      notes: [],
      map: (options: Calls) =>
        gates.pass(`map ${name}`, options?.signal, () => ({
          values,
          shape: [side, side],
          description: "as it is",
          kind: "map",
          labels: [],
          scale: { kind: name.startsWith("mask") ? "asInFile" : "divided" },
          remarks: [],
        })),
      prepare: (options: Calls) =>
        gates.pass(`prepare ${name}`, options?.signal, () => ({
          values,
          shape: [side, side],
          description: "prepared",
        })),
      dispose: () => void gates.pass(`dispose ${name}`, undefined, () => {}),
    } as unknown as Decoded;
  };
  const topology = {
    assessMap: (grid: Grid, _prior: unknown, thresholds: readonly number[], options: Calls) =>
      gates.pass("assessMap", options?.signal, () => ({
        loss: {
          barcode: emptyBarcode(grid.shape),
          role: new Uint8Array(),
          term: new Float64Array(),
          dimensions: [dimension, dimension],
          total: 0.5,
        },
        assessments: thresholds.map((threshold) => ({ ...assessment, threshold })),
      })),
    assess: (_barcode: unknown, _prior: unknown, thresholds: readonly number[], options: Calls) =>
      gates.pass("assess", options?.signal, () => thresholds.map((threshold) => ({ ...assessment, threshold }))),
    decode: async (file: Blob, options: Calls) => {
      const name = await file.text();
      return gates.pass(`decode ${name}`, options?.signal, () => decoded(name));
    },
    sample: ({ kind }: { kind: string }, options: Calls) =>
      gates.pass(`sample ${kind}`, options?.signal, () => ({
        image: { values: new Float32Array(4).fill(0.5), shape: [2, 2] },
        truth: undefined,
      })),
    resample: ({ values }: Grid, shape: readonly number[], options: Calls) =>
      gates.pass("resample", options?.signal, () => ({
        values: new Float32Array((shape[0] ?? 1) * (shape[1] ?? 1)).fill(values[0] ?? 0),
        shape,
      })),
    corrupt: (image: Grid, _: unknown, options: Calls) => gates.pass("corrupt", options?.signal, () => ({ image })),
    repair: ({ values, shape }: Grid, _prior: unknown, options: Calls) =>
      gates.pass(`repair ${shape.join("x")}`, options?.signal, () => ({
        values: values.map((value) => 1 - value),
        edits: [{ action: "fill", dimension: 1, side: "foreground", pixels: Uint32Array.of(0), centre: [0, 0] }],
      })),
    check: ({ shape }: Grid, _prior: unknown, options: Calls) =>
      gates.pass(`check ${shape.join("x")}`, options?.signal, () => ({
        correct: false,
        betti: [1, 2],
        bettiError: [0, 1],
        surplus: [0, 1],
        missing: [0, 0],
        defects: [],
      })),
    encode: ({ values, shape }: Grid) =>
      gates.pass(`encode ${shape.join("x")}`, undefined, () => Uint8Array.from(values)),
  };
  return topology as unknown as TopologyClient;
}

/** What a fake run does at each step: the first pixel of its map grows by a thousandth. */
class FakeRun implements Run {
  readonly request: RunRequest;
  isDisposed = false;
  number: number;
  saved: Run["saved"];
  #underWay: Promise<Step> | undefined;
  readonly #gates: Gates;
  readonly #learner: FakeLearner;

  constructor(gates: Gates, learner: FakeLearner, request: RunRequest) {
    this.#gates = gates;
    this.#learner = learner;
    this.request = request;
    this.number = request.from?.steps ?? 0;
    this.saved = request.from;
  }

  /** As the real one: a step that is under way is given to whoever asks, and outlives an abort. */
  async step({ signal }: { signal?: AbortSignal } = {}): Promise<Step> {
    signal?.throwIfAborted();
    // A step takes time: others get their turn meanwhile.
    this.#underWay ??= new Promise<void>((resolve) => setTimeout(resolve)).then(() =>
      this.#gates.pass("step", undefined, () => this.#make()),
    );
    const step = this.#underWay;
    const answer = await new Promise<Step>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      step.then(resolve, reject);
    });
    if (this.#underWay === step) this.#underWay = undefined;
    return answer;
  }

  #make(): Step {
    if (this.isDisposed || this.#learner.isDisposed) throw new Error("the client has been disposed of");
    const { map, image, options } = this.request;
    const { values, shape } = (map ?? image) as Grid;
    const number = this.number;
    this.number += 1;
    if (this.number % 5 === 0) this.saved = { state: new Uint8Array(16 * values.length), steps: this.number };
    const holdsFor = options?.stop?.priorHoldsFor ?? 0;
    const probabilities = Float32Array.from(values);
    probabilities[0] = (values[0] ?? 0) + number / 1000;
    const entry = (place: number) => ({
      probabilities: probabilities.map((value) => value / (1 + place)),
      barcode: emptyBarcode(shape),
      role: new Uint8Array(),
      term: new Float64Array(),
      topological: [0.25, 0.25],
      betti: [1, place],
      priorHolds: place === 1,
    });
    const sets = String((this.request.prior as Prior).betti).split(";");
    return {
      number,
      probabilities,
      entries: sets.map((_, place) => entry(place)),
      labels: String(sets).includes(":") ? new Uint8Array(values.length) : undefined,
      similarity: 0,
      total: 1 / (1 + number),
      priorHolds: false,
      stop: holdsFor > 0 && number >= this.#learner.holdsAt ? "priorHolds" : undefined,
    } as unknown as Step;
  }

  async reset(): Promise<void> {
    this.number = 0;
  }

  dispose() {
    this.isDisposed = true;
  }
}

class FakeLearner {
  readonly backend: string;
  readonly runs: FakeRun[] = [];
  isDisposed = false;
  /** From which step on the prior holds. */
  holdsAt = Number.POSITIVE_INFINITY;
  readonly client: LearnerClient;

  constructor(gates: Gates, backend: NonNullable<LearnerOptions["backend"]>) {
    this.backend = backend;
    const alive = <T>(answer: () => T) => {
      if (this.isDisposed) throw new Error("the client has been disposed of");
      return answer();
    };
    this.client = {
      status: { state: "idle", why: "" },
      prepare: async () => {},
      loadModel: (name, options) =>
        gates.pass(`model ${name}`, options?.signal, () =>
          alive(() => ({ name, record: RECORD, width: 1, depth: 1, parameters: 1, dispose: () => {} }) as Model),
        ),
      segment: (_, image, options) => gates.pass("segment", options?.signal, () => alive(() => image)),
      startRun: (request, options) =>
        gates.pass("startRun", options?.signal, () =>
          alive(() => {
            const run = new FakeRun(gates, this, request);
            this.runs.push(run);
            return run;
          }),
        ),
      dispose: () => {
        this.isDisposed = true;
      },
    };
  }
}

/** The record of every fake network. */
export const RECORD = {
  name: "fake",
  title: "A fake",
  size: 28,
  width: 1,
  depth: 1,
  normalisation: "type",
  threshold: 0.5,
  lambda: 0.07,
  learning_rate: 0.003,
  steps: 60,
  until_prior_holds: 5,
};

/** A file that the fake topology decodes; its content is its name. One that is a number has so many pixels a side. */
export function fakeFile(name: string): File {
  return new File([name], name);
}
