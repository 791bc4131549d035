/** A run that survives its workers: it moves between builds, and goes on from its last state after a crash. */
import type { Remote } from "comlink";

import { BettiscopeError } from "./error.js";
import type { Grid } from "./grid.js";
import type { LearnerCalls } from "./learner-calls.js";
import { type Engine, type Network, putNetwork } from "./learner-engine.js";
import type { Run, SavedRun } from "./learner-types.js";
import type { CallOptions } from "./options.js";
import type { PostProcessOptions, Prior, Step } from "./records.js";
import { isFatal } from "./worker-bridge.js";

/** A state is fetched after so many steps: those since are done again after a crash. */
const STEPS_BETWEEN_STATES = 5;

/** How often a step is tried before its error is the caller's. */
const MOST_ATTEMPTS = 3;

/** A GPU that has not answered for so many milliseconds is lost: some say nothing when they are. */
const LONGEST_SILENCE = 60_000;

/** What a run needs to begin, on any engine. */
export interface RunOrigin {
  readonly id: number;
  readonly network: Network | undefined;
  readonly grid: Grid;
  readonly prior: string | Prior;
  readonly options: PostProcessOptions | undefined;
  /** Where it goes on. */
  readonly from: SavedRun | undefined;
}

/** A run on whatever engine `choose` gives at each step. */
export class MovingRun implements Run {
  readonly #origin: RunOrigin;
  readonly #choose: () => Promise<Engine>;
  #engine: Engine | undefined;
  /** The last state that is here, and how many steps had been given then. */
  #saved: SavedRun | undefined;
  /** How many steps have been given. */
  #steps: number;
  /** The step that is under way. It outlives an abort: the next call gives it. */
  #underWay: Promise<Step> | undefined;
  #disposed = false;

  constructor(origin: RunOrigin, choose: () => Promise<Engine>) {
    this.#origin = origin;
    this.#choose = choose;
    this.#saved = origin.from;
    this.#steps = origin.from?.steps ?? 0;
  }

  get saved(): SavedRun | undefined {
    return this.#saved;
  }

  async step({ signal }: CallOptions = {}): Promise<Step> {
    signal?.throwIfAborted();
    this.#check();
    this.#underWay ??= this.#attempt();
    const step = this.#underWay;
    try {
      return await unlessAborted(step, signal);
    } finally {
      if (!signal?.aborted && this.#underWay === step) this.#underWay = undefined;
    }
  }

  async reset({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#check();
    const step = this.#underWay;
    if (step) await unlessAborted(step.then(noop, noop), signal);
    this.#underWay = undefined;
    this.#engine?.release("releaseRun", this.#origin.id);
    this.#engine = undefined;
    this.#saved = undefined;
    this.#steps = 0;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine?.release("releaseRun", this.#origin.id);
  }

  #check(): void {
    if (this.#disposed) throw new BettiscopeError("disposed", "the run has been disposed of");
  }

  async #attempt(): Promise<Step> {
    for (let attempt = 1; ; attempt++) {
      const engine = await this.#choose();
      try {
        if (this.#engine && this.#engine !== engine) await this.#leave(this.#engine);
        // Nothing is waited for from here to the call: what is released after this is released on this engine.
        this.#check();
        this.#engine = engine;
        return await this.#stepOn(engine);
      } catch (error) {
        if (!isFatal(error) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  async #stepOn(engine: Engine): Promise<Step> {
    const { id } = this.#origin;
    const withState = (this.#steps + 1) % STEPS_BETWEEN_STATES === 0;
    const silence = engine.kind === "webgpu" ? setTimeout(() => engine.fail(silent()), LONGEST_SILENCE) : undefined;
    const { step, state } = await engine
      .call(async (calls) => {
        if (!(await calls.hasRun(id))) await this.#settle(calls);
        return calls.step(id, withState);
      })
      .finally(() => clearTimeout(silence));
    this.#steps += 1;
    if (state) this.#saved = { state, steps: this.#steps };
    return step;
  }

  /** Puts the run into a worker that does not have it, at the step where it was. */
  async #settle(calls: Remote<LearnerCalls>): Promise<void> {
    const { id, network, grid, prior, options } = this.#origin;
    if (this.#saved) {
      await calls.resumeRun(id, this.#saved.state);
    } else {
      if (network) await putNetwork(calls, network);
      await calls.startRun(id, { model: network?.id, grid, prior, options });
    }
    for (let step = this.#saved?.steps ?? 0; step < this.#steps; step++) await calls.step(id, false);
  }

  /** Takes the state along, if the engine still has the run. */
  async #leave(engine: Engine): Promise<void> {
    const { id } = this.#origin;
    if (!engine.isAlive) return;
    try {
      const state = await engine.call(async (calls) => {
        if (!(await calls.hasRun(id))) return undefined;
        const state = await calls.exportRun(id);
        await calls.releaseRun(id);
        return state;
      });
      if (state) this.#saved = { state, steps: this.#steps };
    } catch {
      // It has died: what was saved last is what there is.
    }
  }
}

function silent(): BettiscopeError {
  return new BettiscopeError("device-lost", `no answer for ${LONGEST_SILENCE / 1000} seconds`);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  promise.catch(noop);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function noop(): void {}
