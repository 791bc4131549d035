// The run: asks for steps, at the pace that is set, until it is paused or a stop rule holds.

import type { Run, RunRequest } from "bettiscope";

import { frameOfStep } from "./frame";
import { JustEnded } from "./just-ended.svelte";
import type { Lab } from "./lab.svelte";
import { priorOf, type Setting } from "./setting";

/** Why a run is not going on. */
export type Ending = "priorHolds" | "updates" | "totalBelow" | undefined;

/** A run counts as stalled when its total has not fallen by a hundredth in so many steps. */
export const PATIENCE = 20;
const PROGRESS = 0.99;

/** Plays, pauses and steps. */
export class Runner {
  isRunning: boolean = $state(false);
  /** Whether the first step is being waited for. */
  isPreparing: boolean = $state(false);
  /** The stop rule that held at the last step. */
  ending: Ending = $state();
  /** Whether the total has not fallen for many steps while the prior does not hold. */
  isStalled: boolean = $state(false);
  /** Steps a second, over the last ones. */
  pace: number = $state(0);

  readonly justEnded = new JustEnded();
  readonly #lab: Lab;
  #run: Run | undefined;
  #stopping = new AbortController();
  #best = { total: Number.POSITIVE_INFINITY, number: 0 };

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /**
   * Runs until it is paused or a stop rule holds. After one that held, it goes on for as many steps again. `perSecond`
   * limits the pace; without it the setting does.
   */
  async run(perSecond?: number): Promise<void> {
    await this.#lab.maker.settled();
    if (this.isRunning) return;
    this.isRunning = true;
    this.ending = undefined;
    // What a note was about has been seen; the run may have something to say.
    if (this.#lab.notice?.kind === "note") this.#lab.notice = undefined;
    const stopping = new AbortController();
    this.#stopping = stopping;
    const last = this.#lab.history.at(-1)?.number ?? 0;
    const { steps, speed } = this.#lab.setting;
    const pace = perSecond ?? (speed === "full" ? Number.POSITIVE_INFINITY : Number(speed));
    const limit = (Math.floor(last / steps) + 1) * steps;
    try {
      while (!stopping.signal.aborted) {
        const began = performance.now();
        const ending = await this.#advance(stopping.signal);
        const number = this.#lab.history.at(-1)?.number ?? 0;
        if (number >= limit || (ending === "priorHolds" && number > last + this.#lab.setting.holds)) {
          this.ending = number >= limit ? "updates" : ending;
          break;
        }
        await nextFrame(began + 1000 / pace - performance.now());
        this.#measure(began);
      }
    } catch (error) {
      this.#lab.fail(error, stopping.signal);
    } finally {
      if (this.#stopping === stopping) {
        this.isRunning = false;
        this.isPreparing = false;
        if (!stopping.signal.aborted) this.justEnded.begin();
        this.#lab.events.dispatchEvent(new CustomEvent("stop", { detail: this.ending }));
      }
    }
  }

  /** What the button and the space bar do. */
  toggle() {
    if (this.isRunning) this.pause();
    else if (!this.justEnded.isNow) void this.run();
  }

  /** Stops asking for steps. */
  pause() {
    this.#stopping.abort();
    this.isRunning = false;
  }

  /** One step. */
  async step(): Promise<void> {
    if (this.isRunning) return this.pause();
    await this.#lab.maker.settled();
    const stopping = new AbortController();
    this.#stopping = stopping;
    try {
      this.#lab.selected = Math.max(0, this.#lab.history.length - 1);
      this.ending = undefined;
      await this.#advance(stopping.signal);
      if (this.#lab.history.at(-1)?.number === 0) await this.#advance(stopping.signal);
    } catch (error) {
      this.#lab.fail(error, stopping.signal);
    } finally {
      this.isPreparing = false;
    }
  }

  /** Back to step 0. */
  async reset(): Promise<void> {
    this.pause();
    this.drop();
    await this.#lab.maker.restart();
  }

  /** Forgets the run, as its setting has changed. */
  drop() {
    this.pause();
    this.#run?.dispose();
    this.#run = undefined;
    this.ending = undefined;
    this.isStalled = false;
    this.#best = { total: Number.POSITIVE_INFINITY, number: 0 };
  }

  async #advance(signal: AbortSignal): Promise<Ending> {
    const run = await this.#ready(signal);
    const step = await run.step({ signal });
    this.isPreparing = false;
    const frame = frameOfStep(step);
    if (frame.total < this.#best.total * PROGRESS) this.#best = { total: frame.total, number: frame.number };
    this.isStalled = !frame.priorHolds && frame.number - this.#best.number >= PATIENCE;
    this.#lab.append(frame);
    return step.stop;
  }

  async #ready(signal: AbortSignal): Promise<Run> {
    if (this.#run) return this.#run;
    const { setting, learner } = this.#lab;
    this.isPreparing = true;
    const run = await learner.client.startRun(await requestOf(this.#lab, setting), { signal });
    signal.throwIfAborted();
    this.#run = run;
    return run;
  }

  #measure(began: number) {
    const now = 1000 / Math.max(1, performance.now() - began);
    this.pace = this.pace === 0 ? now : 0.8 * this.pace + 0.2 * now;
  }
}

/** What a run of this setting is asked for with: the network and its image, or a map that has none or was painted. */
export async function requestOf(lab: Lab, setting: Setting): Promise<RunRequest> {
  const { source, painted, learner, map } = lab;
  if (source === undefined) throw new Error("There is no image yet.");
  const request = { prior: priorOf(setting), options: optionsOf(setting) };
  if (setting.model === "none" || painted !== undefined) {
    return { ...request, map: map ?? source.image };
  }
  return { ...request, model: await learner.model(setting.model), image: source.image };
}

function optionsOf({ lambda, rate, target, connectivity, holds, model }: Setting) {
  return {
    lambda,
    learningRate: rate,
    target: model === "none" ? ("pixels" as const) : target,
    connectivity,
    stop: holds > 0 ? { priorHoldsFor: holds } : {},
  };
}

/** Resolves when the screen has been drawn, and not before so many milliseconds. */
function nextFrame(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const drawn = () => (document.hidden ? setTimeout(resolve) : requestAnimationFrame(() => resolve()));
    if (milliseconds > 0) setTimeout(drawn, milliseconds);
    else drawn();
  });
}
