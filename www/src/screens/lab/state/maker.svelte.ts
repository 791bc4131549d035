// Makes what a setting says: the source, its first map and the barcode of that. All of it comes on the screen at once;
// until then, and if it fails or is cancelled, everything stays as it was.

import type { Grid } from "bettiscope";

import type { Task } from "../../../model/activity.svelte";
import { type Analysis, analyse, evaluateMap } from "../../../model/evaluate";
import { frameOfPrior, frameOfStep } from "../../../model/frame";
import type { ModelName } from "../../../services/learner.svelte";
import { loading } from "../../../services/load";
import { Course, type Origin } from "./course.svelte";
import { OPENING_SOURCE } from "./opening-map";
import { type Advice, adviceFor } from "./options";
import { differ, OF_RUN, OF_SOURCE, ofRun, pick, type Setting, type SettingName, withValues } from "./setting";
import { CLASSES } from "./sizes";
import type { Source } from "./source";
import type { Stage } from "./stage";

/** What a course begins with. */
type Beginning = Pick<Origin, "source" | "map" | "isPainted">;

/** The options that a network is to bring along when it is loaded. */
interface Advised {
  readonly model: ModelName;
  readonly names: readonly (keyof Advice)[];
}

const ADVICE: readonly (keyof Advice)[] = ["target", "lambda", "rate", "steps", "holds"];

/** Makes courses. */
export class Maker {
  readonly #lab: Stage;
  #advised: Advised | undefined;
  /** What is on its way to the screen: a source, or first of all the file that it is of. */
  #making: { task: Task; isReading: boolean } | undefined;
  #made: Promise<boolean> = Promise.resolve(true);

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /**
   * The source of the setting and its first map. Says whether they have come on the screen. `read` comes before, and
   * changes setting and input to those of a file; if it says no, what is there stays, as the setting says by then.
   */
  make(act: object, read?: (task: Task) => Promise<boolean>): Promise<boolean> {
    let isRead = true;
    const done = this.#lab.activity.replace("loading", async (task) => {
      this.#making = { task, isReading: read !== undefined };
      try {
        isRead = (await read?.(task)) ?? true;
        task.signal.throwIfAborted();
        this.#making = { task, isReading: false };
        if (isRead || this.#isElse(OF_SOURCE)) await this.#make(task, act);
        else if (this.#isElse(OF_RUN)) await this.#evaluate(task, act);
      } catch (error) {
        if (!task.signal.aborted) this.revert();
        throw error;
      } finally {
        if (this.#making?.task === task) this.#making = undefined;
      }
    });
    this.#made = done.then((isDone) => isDone && isRead);
    return this.#made;
  }

  /** As {@link make}; but a file that is still being read is waited for: it is made as the setting says then. */
  remake(act: object): Promise<boolean> {
    return this.#now?.isReading ? this.#made : this.make(act);
  }

  /** The map of step 0 once more, under the prior as it is now; a run that was going on begins anew. */
  restart(act: object): Promise<boolean> {
    const { activity, course, runner } = this.#lab;
    // What is on its way takes the prior as it is when it comes.
    if (this.#now) return this.#made;
    if (!course) return this.make(act);
    const goesOn = runner.isRunning;
    const evaluate = (task: Task) => this.#evaluate(task, act);
    const isPainted = activity.task?.what === "painting";
    if (isPainted) activity.cancel("running", "stepping");
    const done = isPainted ? activity.follow("loading", evaluate) : activity.replace("loading", evaluate);
    if (goesOn) void runner.run();
    return done;
  }

  /** The network that is asked for brings these of its options along. */
  advise(model: Setting["model"], chosen: readonly SettingName[] = []) {
    const names = ADVICE.filter((name) => !chosen.includes(name));
    this.#advised = model === "none" ? undefined : { model, names };
  }

  /** What the visitor has chosen since then is not replaced by them. */
  insist(chosen: readonly SettingName[]) {
    if (!this.#advised) return;
    const names = this.#advised.names.filter((name) => !chosen.includes(name));
    this.#advised = chosen.includes("model") ? undefined : { ...this.#advised, names };
  }

  /** The setting and the file of what is on the screen; of a page that has nothing yet, the image of the opening. */
  revert() {
    const lab = this.#lab;
    this.#advised = undefined;
    if (lab.course) lab.restore(lab.course);
    else if (lab.setting.source !== "opening" || lab.setting.model !== "none") {
      const opening = { source: "opening", model: "none", priors: "" } as const;
      lab.setting = withValues(lab.setting, { ...opening, ...adviceFor("pixels", undefined) });
      // After it has been said what went wrong.
      setTimeout(() => void this.make({}));
    }
  }

  get #now() {
    return this.#making?.task.signal.aborted ? undefined : this.#making;
  }

  async #make(task: Task, act: object): Promise<void> {
    const lab = this.#lab;
    const { signal } = task;
    task.say("Preparing the image");
    const source = await this.#sourceOf(lab.setting, signal);
    const start = await this.#mapOf(source, task);
    const { setting, analysis } = await this.#analyse({ source, map: start, isPainted: false }, signal);
    signal.throwIfAborted();
    const first = frameOfPrior(analysis.frame, 0);
    const map = { values: first.map, shape: start.shape };
    const whole = source.whole && { grid: source.whole, copy: map };
    const { tried, input } = lab;
    const origin = { setting, tried, given: input.given, source, map, whole, isPainted: false, change: undefined };
    lab.put(new Course(origin, first, act), analysis);
  }

  async #sourceOf(setting: Setting, signal: AbortSignal): Promise<Source> {
    if (setting.source === "opening" && setting.model === "none") return { ...OPENING_SOURCE, notes: [] };
    const { makeSource } = await loading("what makes samples", import("./source"));
    return makeSource(this.#lab.topology, setting, this.#lab.input, signal);
  }

  /** The map that is there, under the prior as it is now. */
  async #evaluate({ signal }: Task, act: object): Promise<void> {
    const { course, tried } = this.#lab;
    if (!course) return;
    const { setting, analysis } = await this.#analyse(course.origin, signal);
    signal.throwIfAborted();
    const first = frameOfPrior(analysis.frame, 0);
    this.#lab.put(new Course({ ...course.origin, setting, tried }, first, act), analysis);
  }

  /** Whether the setting is another than that of what is on the screen. */
  #isElse(names: readonly SettingName[]): boolean {
    const { course, setting } = this.#lab;
    return names.some((name) => !course || differ(name, course.origin.setting, setting));
  }

  /** What is known of a map under the prior as it is in the end. */
  async #analyse(of: Beginning, signal: AbortSignal): Promise<{ setting: Setting; analysis: Analysis }> {
    const { topology, setting } = this.#lab;
    const hasClasses = setting.sets.length > 0 && !of.isPainted;
    const analysis = hasClasses
      ? await this.#analyseClasses(of, setting, signal)
      : await evaluateMap(topology, of.map, setting, signal);
    const isSame = ![...ofRun(setting), "shown" as const].some((name) => differ(name, this.#lab.setting, setting));
    return isSame ? { setting, analysis } : this.#analyse(of, signal);
  }

  /** The same of the maps of a network with several classes: the first step of a run has them and their bars. */
  async #analyseClasses(of: Beginning, setting: Setting, signal: AbortSignal): Promise<Analysis> {
    const { learner, topology } = this.#lab;
    const { client } = learner;
    try {
      const { firstStep } = await loading("what makes steps", import("./replay"));
      const frame = frameOfPrior(frameOfStep(await firstStep(of, setting, learner, signal)), setting.shown);
      return await analyse(topology, frame, of.map.shape, setting, undefined);
    } catch (error) {
      // Another backend was chosen: it is done there.
      if (client !== learner.client && !signal.aborted) return this.#analyseClasses(of, setting, signal);
      throw error;
    }
  }

  async #mapOf(source: Source, task: Task): Promise<Grid> {
    const { learner, setting } = this.#lab;
    if (setting.model === "none") return source.image;
    const { client } = learner;
    try {
      task.say("Loading the network");
      const model = await learner.model(setting.model);
      task.signal.throwIfAborted();
      this.#take(setting.model, model.record);
      task.say("Segmenting the image");
      // The maps of several classes come with the first step.
      if (setting.model in CLASSES) return source.image;
      return await client.segment(model, source.image, { signal: task.signal });
    } catch (error) {
      // Another backend was chosen: it is done there.
      if (client !== learner.client && !task.signal.aborted) return this.#mapOf(source, task);
      throw error;
    }
  }

  #take(model: ModelName, record: Parameters<typeof adviceFor>[1]) {
    const lab = this.#lab;
    if (this.#advised?.model !== model) return;
    const advice = adviceFor(lab.setting.target, record);
    lab.setting = withValues(lab.setting, pick({ ...lab.setting, ...advice }, this.#advised.names));
    this.#advised = undefined;
  }
}

/** What a course depends on. */
export const OF_COURSE = [...OF_SOURCE, ...OF_RUN];
