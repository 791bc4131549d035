/** Several workers of one kind and the calls to them: what the visitor waits for is not behind what takes long. */
import type { Remote } from "comlink";

import type { Priority } from "./options.js";
import { type BridgeOptions, disposed, type Opened, WorkerBridge } from "./worker-bridge.js";

const ORDER: readonly Priority[] = ["now", "soon", "later"];

/** How to make a {@link WorkerPool}. */
export interface PoolOptions extends Omit<BridgeOptions, "compiled"> {
  /** How many workers there may be. Each starts with the first call that it gets. */
  readonly size: number;
}

/** What a call is, besides what it does. */
export interface About {
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
  /** The number of something that the worker keeps after this call: calls with the same number go there too. */
  readonly holds?: number;
}

interface Job<Calls> extends About {
  readonly priority: Priority;
  readonly run: (remote: Remote<Calls>) => Promise<unknown>;
  readonly settle: (answer: Promise<unknown>) => void;
}

/**
 * The first worker is for `"now"` and `"soon"`, all others are for `"later"`; where there is only one, it does all three
 * in this order. A call that is under way is not interrupted.
 */
export class WorkerPool<Calls extends Opened> {
  readonly #workers: readonly WorkerBridge<Calls>[];
  readonly #busy = new Set<WorkerBridge<Calls>>();
  /** Who keeps what, for each kind of worker: the numbers of {@link About.holds}. */
  readonly #holders = new Map<number, Set<WorkerBridge<Calls>>>();
  #waiting: readonly Job<Calls>[] = [];
  #isDisposed = false;

  constructor({ size, ...options }: PoolOptions) {
    // A module that one of them has compiled is the others' too.
    const compiled = new Map<string, WebAssembly.Module>();
    this.#workers = Array.from({ length: Math.max(1, size) }, () => new WorkerBridge<Calls>({ ...options, compiled }));
  }

  /** Calls a worker when it is this call's turn. Rejects with the signal's reason as soon as that is aborted. */
  call<T>(run: (remote: Remote<Calls>) => Promise<T>, about: About = {}): Promise<T> {
    const { signal, priority = "soon" } = about;
    if (this.#isDisposed) return Promise.reject(disposed());
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        reject(signal?.reason);
      };
      const settle = (answer: Promise<unknown>) => {
        signal?.removeEventListener("abort", abort);
        answer.then((value) => resolve(value as T), reject);
      };
      const job: Job<Calls> = { ...about, priority, run, settle };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting = [...this.#waiting, job];
      this.#next();
    });
  }

  /** Has every worker that keeps something let go of it. */
  letGo(number: number, run: (remote: Remote<Calls>) => Promise<unknown>): void {
    for (const worker of this.#holders.get(number) ?? []) if (worker.isAlive) worker.call(run).catch(() => {});
    this.#holders.delete(number);
  }

  /** Ends all workers for good. Calls that wait are rejected. */
  dispose(): void {
    this.#isDisposed = true;
    const left = this.#waiting;
    this.#waiting = [];
    for (const worker of this.#workers) worker.dispose();
    for (const { settle } of left) settle(Promise.reject(disposed()));
  }

  #next(): void {
    for (const worker of this.#workers) {
      if (this.#busy.has(worker)) continue;
      const job = this.#nextFor(worker);
      if (job) this.#give(worker, job);
    }
  }

  #nextFor(worker: WorkerBridge<Calls>): Job<Calls> | undefined {
    const mine = this.#waiting.filter((job) => this.#lane(job).includes(worker) && this.#mayTake(worker, job));
    return ORDER.map((priority) => mine.find((job) => job.priority === priority)).find((job) => job !== undefined);
  }

  /** The workers that do calls like this one. */
  #lane({ priority }: Job<Calls>): readonly WorkerBridge<Calls>[] {
    if (this.#workers.length === 1) return this.#workers;
    return priority === "later" ? this.#workers.slice(1) : this.#workers.slice(0, 1);
  }

  /** Unless another worker that does such calls keeps what this one is about. */
  #mayTake(worker: WorkerBridge<Calls>, job: Job<Calls>): boolean {
    if (job.holds === undefined) return true;
    const holders = this.#holders.get(job.holds);
    return holders === undefined || holders.has(worker) || !this.#lane(job).some((other) => holders.has(other));
  }

  #give(worker: WorkerBridge<Calls>, job: Job<Calls>): void {
    this.#waiting = this.#waiting.filter((other) => other !== job);
    this.#busy.add(worker);
    if (job.holds !== undefined) {
      this.#holders.set(job.holds, new Set([...(this.#holders.get(job.holds) ?? []), worker]));
    }
    const answer = worker.call(job.run, job.signal);
    job.settle(answer);
    const done = () => {
      this.#busy.delete(worker);
      this.#next();
    };
    answer.then(done, done);
  }
}
