/** One worker and the calls to it: one at a time, in order; a worker that died is replaced. */
import { proxy, type Remote, wrap } from "comlink";

import { BettiscopeError } from "./error.js";
import type { Download } from "./options.js";
import type { WorkerEvents } from "./wasm-module.js";
import { keepErrorCodes } from "./wire.js";

/** How long a call that was aborted may still run before its worker is ended, in milliseconds. */
const GRACE = 250;

/** Codes after which nothing that is in the worker can be trusted. */
const FATAL: ReadonlySet<string> = new Set(["worker-crashed", "device-lost", "internal"]);

keepErrorCodes();

/** What every worker of this package can be told. */
export interface Opened {
  open(events: WorkerEvents, compiled: ReadonlyMap<string, WebAssembly.Module>): void;
}

/** How to make a {@link WorkerBridge}. */
export interface BridgeOptions {
  /** Starts the worker. */
  readonly spawn: () => Worker;
  /** After so many milliseconds without a call the worker is ended. `Infinity`: never. */
  readonly idleAfter: number;
  /**
   * Whether a worker that goes on computing after an abort is ended. If not, the next call waits until it is done.
   */
  readonly onAbort: "end" | "wait";
  readonly onDownload?: ((download: Download) => void) | undefined;
  /** Modules that are compiled already, and where others are put. */
  readonly compiled?: Map<string, WebAssembly.Module>;
  /** Called when the worker has died by itself. What it held is gone. */
  readonly onCrash?: (error: BettiscopeError) => void;
}

interface Job {
  readonly run: (remote: unknown) => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Living<Calls> {
  readonly worker: Worker;
  readonly remote: Remote<Calls>;
  readonly opened: Promise<void>;
}

export class WorkerBridge<Calls extends Opened> {
  readonly #options: BridgeOptions;
  readonly #waiting: Job[] = [];
  readonly #compiled: Map<string, WebAssembly.Module>;
  #living: Living<Calls> | undefined;
  #running: Job | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#compiled = options.compiled ?? new Map();
  }

  /** Calls the worker as soon as it is free. Rejects with the signal's reason as soon as that is aborted. */
  call<T>(run: (remote: Remote<Calls>) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#disposed) return Promise.reject(disposed());
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        reject(signal?.reason);
        this.#abandon(job);
      };
      const done = () => signal?.removeEventListener("abort", abort);
      const job: Job = {
        run: (remote) => run(remote as Remote<Calls>),
        resolve: (answer) => {
          done();
          resolve(answer as T);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Whether there is a worker now. */
  get isAlive(): boolean {
    return this.#living !== undefined;
  }

  /** Ends the worker; the next call starts another. What it held is gone. A running call is rejected. */
  restart(error: BettiscopeError): void {
    const running = this.#running;
    this.#running = undefined;
    this.#end();
    running?.reject(error);
    this.#next();
  }

  /** Gives the worker up for dead. */
  fail(error: BettiscopeError): void {
    this.restart(error);
    this.#options.onCrash?.(error);
  }

  /** Ends the worker for good. */
  dispose(): void {
    this.#disposed = true;
    const left = [...(this.#running ? [this.#running] : []), ...this.#waiting.splice(0)];
    this.#running = undefined;
    this.#end();
    for (const job of left) job.reject(disposed());
  }

  #next(): void {
    clearTimeout(this.#idle);
    if (this.#running || this.#disposed) return;
    const job = this.#waiting.shift();
    if (!job) {
      if (this.#living && Number.isFinite(this.#options.idleAfter)) {
        this.#idle = setTimeout(() => this.#end(), this.#options.idleAfter);
      }
      return;
    }
    this.#running = job;
    void this.#run(job);
  }

  async #run(job: Job): Promise<void> {
    this.#living ??= this.#start();
    const { remote, opened } = this.#living;
    try {
      await opened;
      const answer = await job.run(remote);
      this.#finish(job, () => job.resolve(answer));
    } catch (error) {
      if (this.#running === job && isFatal(error)) this.fail(error);
      else this.#finish(job, () => job.reject(error));
    }
  }

  /** Unless the answer is stale: the worker that gave it has been replaced. */
  #finish(job: Job, settle: () => void): void {
    if (this.#running !== job) return;
    this.#running = undefined;
    settle();
    this.#next();
  }

  #start(): Living<Calls> {
    const worker = this.#options.spawn();
    const remote = wrap<Calls>(worker);
    let isOpen = false;
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (this.#living?.worker !== worker) return;
      const error = isOpen
        ? new BettiscopeError("worker-crashed", `the worker stopped: ${event.message || "no reason was given"}`)
        : new BettiscopeError("download-failed", `the worker could not be started: ${event.message || "not loaded"}`);
      this.fail(error);
    });
    const events: WorkerEvents = {
      download: (download) => this.#options.onDownload?.(download),
      compiled: (name, module) => void this.#compiled.set(name, module),
    };
    const open = remote.open as unknown as (
      events: WorkerEvents,
      compiled: Map<string, WebAssembly.Module>,
    ) => Promise<void>;
    const opened = open(proxy(events), this.#compiled).then(() => {
      isOpen = true;
    });
    return { worker, remote, opened };
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#living?.worker.terminate();
    this.#living = undefined;
  }

  #abandon(job: Job): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#running !== job || this.#options.onAbort === "wait") return;
    setTimeout(() => {
      if (this.#running === job) this.restart(new BettiscopeError("worker-crashed", "the call was aborted"));
    }, GRACE);
  }
}

/** Whether the worker that gave this error must not be asked again. */
export function isFatal(error: unknown): error is BettiscopeError {
  return error instanceof BettiscopeError && FATAL.has(error.code);
}

/** What calls are refused with after the end. */
export function disposed(): BettiscopeError {
  return new BettiscopeError("disposed", "the client has been disposed of");
}
