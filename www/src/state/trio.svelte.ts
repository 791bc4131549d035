// Three priors, one image: three runs that take turns. Figure 6 of the paper.

import type { Run } from "bettiscope";
import { tick } from "svelte";

import { evaluateMap } from "./evaluate";
import { type Frame, frameOfStep } from "./frame";
import { JustEnded } from "./just-ended.svelte";
import type { Lab } from "./lab.svelte";
import { FIGURE_6, type Preset } from "./presets";
import { requestOf } from "./runner.svelte";
import type { Setting } from "./setting";

/** One of the three. */
export class Contender {
  prior: Preset = $state.raw({ name: "", components: "1", loops: "0" });
  frame: Frame | undefined = $state.raw();
  /** Whether a stop rule has held. */
  isDone: boolean = $state(false);
  run: Run | undefined;

  constructor(prior: Preset) {
    this.prior = prior;
  }
}

/** The three runs. */
export class Trio {
  readonly contenders: readonly Contender[] = FIGURE_6.map((prior) => new Contender(prior));
  isRunning: boolean = $state(false);
  readonly justEnded = new JustEnded();
  readonly #lab: Lab;
  #stopping = new AbortController();
  #resetting: Promise<void> = Promise.resolve();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** The map of the network under each prior, before any step. */
  reset(): Promise<void> {
    this.#resetting = this.#reset();
    return this.#resetting;
  }

  async #reset(): Promise<void> {
    this.pause();
    const { signal } = this.#stopping;
    const [first] = this.#lab.history;
    try {
      for (const contender of this.contenders) {
        contender.run?.dispose();
        contender.run = undefined;
        contender.isDone = false;
        if (!first || signal.aborted) continue;
        const grid = { values: first.map, shape: this.#lab.shape };
        const { frame } = await evaluateMap(this.#lab.topology, grid, this.#setting(contender), signal);
        contender.frame = frame;
      }
    } catch (error) {
      this.#lab.fail(error, signal);
    }
  }

  /** Runs all three, a step each in turn, until each has met a stop rule. */
  async run(): Promise<void> {
    // An image that is on its way comes first, and the reset that it brings along.
    await this.#lab.maker.settled();
    await tick();
    await this.#resetting;
    if (this.isRunning) return;
    if (this.contenders.every(({ isDone }) => isDone)) await this.reset();
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    this.isRunning = true;
    try {
      while (!signal.aborted && this.contenders.some(({ isDone }) => !isDone)) {
        for (const contender of this.contenders) if (!contender.isDone) await this.#advance(contender, signal);
      }
    } catch (error) {
      this.#lab.fail(error, signal);
    } finally {
      if (this.#stopping.signal === signal) {
        this.isRunning = false;
        this.justEnded.begin();
      }
    }
  }

  /** What the button does. */
  toggle() {
    if (this.isRunning) this.pause();
    else if (!this.justEnded.isNow) void this.run();
  }

  /** Stops asking for steps. */
  pause() {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.isRunning = false;
  }

  /** Gives one of the three another prior. */
  async choose(contender: Contender, prior: Preset): Promise<void> {
    contender.prior = prior;
    await this.reset();
  }

  /** Gives back the memory. */
  dispose() {
    this.pause();
    for (const { run } of this.contenders) run?.dispose();
  }

  async #advance(contender: Contender, signal: AbortSignal) {
    const setting = this.#setting(contender);
    contender.run ??= await this.#lab.learner.client.startRun(await requestOf(this.#lab, setting), { signal });
    const step = await contender.run.step({ signal });
    contender.frame = frameOfStep(step);
    contender.isDone = step.number >= setting.steps || step.stop !== undefined;
  }

  #setting({ prior }: Contender): Setting {
    return { ...this.#lab.setting, components: prior.components, loops: prior.loops };
  }
}
