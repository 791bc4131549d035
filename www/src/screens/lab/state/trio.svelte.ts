// Three priors, one image: three runs that take turns. Figure 6 of the paper.

import type { Run, Step } from "bettiscope";
import { tick } from "svelte";

import { Activity } from "../../../model/activity.svelte";
import { evaluateMap } from "../../../model/evaluate";
import { type Frame, frameOfPrior, frameOfStep } from "../../../model/frame";
import { JustEnded } from "../../../model/just-ended.svelte";
import { FIGURE_6, type Preset } from "./presets";
import { firstStep, requestOf } from "./replay";
import { priorEntries, type Setting, withValues } from "./setting";
import type { Stage } from "./stage";

/** One of the three. */
export class Contender {
  prior: Preset = $state.raw() as Preset;
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
  readonly justEnded = new JustEnded();
  readonly #lab: Stage;
  readonly #activity = new Activity<"loading" | "running">((error) => this.#lab.fail(error));
  /** Whether the runs go on when they have been set back. */
  #goesOn = false;

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /** Whether they run, or wait for what is under way. */
  get isRunning(): boolean {
    return this.#activity.has("running");
  }

  /** The map of the network under each prior, before any step. */
  async reset(): Promise<void> {
    const goesOn = this.#goesOn;
    this.#goesOn = false;
    const isReset = this.#activity.replace("loading", async ({ signal }) => {
      const { course, first, learner, shape, topology } = this.#lab;
      for (const contender of this.contenders) {
        contender.run?.dispose();
        contender.run = undefined;
        contender.isDone = false;
      }
      if (!first) return;
      for (const contender of this.contenders) {
        const setting = this.#setting(contender);
        const frame =
          first.frames && course
            ? compared(await firstStep(course.origin, setting, learner, signal), setting)
            : (await evaluateMap(topology, { values: first.map, shape }, setting, signal)).frame;
        signal.throwIfAborted();
        contender.frame = frame;
      }
    });
    if (goesOn) void this.run();
    await isReset;
  }

  /** Runs all three, a step each in turn, until each has met a stop rule. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    if (this.contenders.every(({ isDone }) => isDone)) void this.reset();
    await this.#activity.follow("running", async ({ signal }) => {
      while (!signal.aborted && this.contenders.some(({ isDone }) => !isDone)) {
        for (const contender of this.contenders) if (!contender.isDone) await this.#advance(contender, signal);
      }
      if (!signal.aborted) this.justEnded.begin();
    });
  }

  /** What the button and the space bar do. An image that is on its way comes first, and the reset that it brings. */
  async toggle(): Promise<void> {
    if (this.isRunning) this.pause();
    else if (!this.justEnded.isNow) {
      await this.#lab.activity.settled();
      await tick();
      await this.run();
    }
  }

  /** Stops asking for steps. */
  pause() {
    this.#goesOn = false;
    this.#activity.cancel("running");
  }

  /** What computes is about to go: the runs stop, and begin anew when the map has been computed elsewhere. */
  suspend() {
    this.#goesOn = this.isRunning;
    this.#activity.cancel();
  }

  /** Gives one of the three another prior. */
  async choose(contender: Contender, prior: Preset): Promise<void> {
    contender.prior = prior;
    await this.reset();
  }

  /** Gives back the memory. */
  dispose() {
    this.#goesOn = false;
    this.#activity.cancel();
    for (const contender of this.contenders) {
      contender.run?.dispose();
      contender.run = undefined;
      contender.isDone = false;
    }
  }

  async #advance(contender: Contender, signal: AbortSignal) {
    const { course, learner } = this.#lab;
    if (!course) throw new Error("There is no image yet.");
    const setting = this.#setting(contender);
    if (!contender.run) {
      const request = await requestOf(course.origin, setting, learner);
      const run = await learner.client.startRun(request, { signal });
      signal.throwIfAborted();
      contender.run = run;
    }
    const step = await contender.run.step({ signal });
    signal.throwIfAborted();
    contender.frame = compared(step, setting);
    contender.isDone = step.number >= setting.steps || step.stop !== undefined;
  }

  #setting({ prior }: Contender): Setting {
    const { setting } = this.#lab;
    return withValues(setting, priorEntries(setting, prior.counts));
  }
}

/** What is compared of a step: of several classes the one that is shown, whatever the others are like. */
function compared(step: Step, { shown }: Setting): Frame {
  const frame = frameOfPrior(frameOfStep(step), shown);
  return { ...frame, ...frame.sets?.[frame.frames?.indexOf(frame) ?? 0] };
}
