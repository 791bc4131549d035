/** One build of the learner in its worker. */
import type { Remote } from "comlink";

import type { BettiscopeError } from "./error.js";
import type { Grid } from "./grid.js";
import type { LearnerCalls } from "./learner-calls.js";
import type { Download } from "./options.js";
import type { Backend, BackendKind } from "./records.js";
import { WorkerBridge } from "./worker-bridge.js";

/** A network as it was downloaded: whichever worker needs it gets it. */
export interface Network {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** After how long without a call a worker gives back its memory, in milliseconds. */
const IDLE_AFTER = 600_000;

export class Engine {
  readonly kind: BackendKind;
  readonly #bridge: WorkerBridge<LearnerCalls>;

  constructor(kind: BackendKind, onDownload: (download: Download) => void, onCrash: (error: BettiscopeError) => void) {
    this.kind = kind;
    // A step that is aborted is not lost but given by the next call: the worker is left alone.
    this.#bridge = new WorkerBridge<LearnerCalls>({
      spawn: SPAWN[kind],
      idleAfter: IDLE_AFTER,
      onAbort: "wait",
      onDownload,
      onCrash,
    });
  }

  /** Whether there is a worker, with what was put into it. */
  get isAlive(): boolean {
    return this.#bridge.isAlive;
  }

  /** Loads the build and makes the device. */
  start(signal?: AbortSignal): Promise<Backend> {
    return this.call((calls) => calls.start(), signal);
  }

  /** Calls the worker as soon as it is free. */
  call<T>(run: (calls: Remote<LearnerCalls>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#bridge.call(run, signal);
  }

  segment(network: Network, image: Grid, signal?: AbortSignal): Promise<Float32Array> {
    return this.call(async (calls) => {
      await putNetwork(calls, network);
      return calls.segment(network.id, image);
    }, signal);
  }

  /** Forgets a network or a run. There is nothing to forget in a worker that has ended. */
  release(what: "releaseModel" | "releaseRun", id: number): void {
    if (this.isAlive) this.call((calls) => calls[what](id)).catch(() => {});
  }

  /** Ends the worker. Its running call fails with the error. */
  stop(error: BettiscopeError): void {
    this.#bridge.restart(error);
  }

  /** Gives the worker up for dead. */
  fail(error: BettiscopeError): void {
    this.#bridge.fail(error);
  }

  dispose(): void {
    this.#bridge.dispose();
  }
}

/** Gives the worker a network, unless it has it. */
export async function putNetwork(calls: Remote<LearnerCalls>, { id, bytes }: Network) {
  if (!(await calls.hasModel(id))) await calls.loadModel(id, bytes);
}

const SPAWN: Record<BackendKind, () => Worker> = {
  cpu: () => new Worker(new URL("./learner-cpu-worker.js", import.meta.url), { type: "module" }),
  webgpu: () => new Worker(new URL("./learner-webgpu-worker.js", import.meta.url), { type: "module" }),
};
