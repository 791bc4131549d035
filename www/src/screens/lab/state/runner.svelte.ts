// The run: asks for steps, at the pace that is set, until it is paused or a stop rule holds.

import type { Task } from "../../../model/activity.svelte";
import { frameOfPrior, frameOfStep } from "../../../model/frame";
import { JustEnded } from "../../../model/just-ended.svelte";
import type { Course, Ending } from "./course.svelte";
import type { Replay } from "./replay";
import { replayBefore } from "./replays";
import type { Setting } from "./setting";
import type { Stage } from "./stage";

/** Plays, pauses and steps. */
export class Runner {
  /** Steps a second, over the last ones. */
  pace: number = $state(0);

  readonly justEnded = new JustEnded();
  readonly #lab: Stage;
  #replay: Replay | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /** Whether a run goes on, or waits for what is under way. */
  get isRunning(): boolean {
    return this.#lab.activity.has("running");
  }

  /**
   * Runs until it is paused or a stop rule holds. After one that held, it goes on for as many steps again. `perSecond`
   * limits the pace; without it the setting does.
   */
  async run(perSecond?: number): Promise<void> {
    if (!this.isRunning) this.#running = this.#begin(perSecond);
    await this.#running;
  }

  /** What the button and the space bar do. */
  toggle() {
    if (this.isRunning) this.pause();
    else if (!this.justEnded.isNow) void this.run();
  }

  /** Stops asking for steps. */
  pause() {
    this.#lab.activity.cancel("running", "stepping");
  }

  /** One step, after those that were asked for before. While it runs: pauses. */
  async step(): Promise<void> {
    if (this.isRunning) return this.pause();
    await this.#lab.activity.follow("stepping", async (task) => {
      const course = this.#course();
      course.ending = undefined;
      course.select(course.outlines.length - 1);
      const isFirst = course.next === 0;
      await this.#advance(course, task);
      if (isFirst) await this.#advance(course, task);
    });
  }

  /** Back to step 0. */
  async reset(): Promise<void> {
    this.pause();
    if (this.#lab.course?.next !== 0) await this.#lab.maker.restart({});
  }

  /** Gives back the run of a course that is not on the screen any more. */
  release() {
    if (this.#replay?.course === this.#lab.course) return;
    this.#replay?.dispose();
    this.#replay = undefined;
  }

  async #begin(perSecond: number | undefined): Promise<void> {
    let course: Course | undefined;
    await this.#lab.activity.follow("running", async (task) => {
      course = this.#course();
      await this.#run(course, task, perSecond);
    });
    if (course) this.#lab.events.dispatchEvent(new CustomEvent("stop", { detail: course.ending }));
  }

  async #run(course: Course, task: Task, perSecond: number | undefined): Promise<void> {
    const lab = this.#lab;
    const { signal } = task;
    course.ending = undefined;
    course.select(course.outlines.length - 1);
    // What a note was about has been seen; the run may have something to say.
    if (lab.notice?.kind === "note") lab.notice = undefined;
    const last = course.outlines.length - 1;
    const { steps, holds } = lab.setting;
    const limit = (Math.floor(last / steps) + 1) * steps;
    while (!signal.aborted) {
      const began = performance.now();
      const ending = await this.#advance(course, task);
      const number = course.outlines.length - 1;
      if (number >= limit || (ending === "priorHolds" && number > last + holds)) {
        course.ending = number >= limit ? "updates" : ending;
        this.justEnded.begin();
        return;
      }
      await nextFrame(began + 1000 / (perSecond ?? paceOf(lab.setting)) - performance.now());
      this.#measure(began);
    }
  }

  #course(): Course {
    const { course } = this.#lab;
    if (!course) throw new Error("There is no image yet.");
    return course;
  }

  /** Makes the next step of a course. Steps that it has already are made once more on the way, and not shown. */
  async #advance(course: Course, { signal, say }: Task): Promise<Ending> {
    const { learner } = this.#lab;
    const known = this.#replay;
    if (known?.course !== course || !known.isOf(learner) || known.next > course.next) {
      say("Preparing the run");
      known?.dispose();
      this.#replay = undefined;
      this.#replay = await replayBefore(course.next, course, learner, signal);
    }
    const replay = this.#replay as Replay;
    let step = await replay.step(signal);
    while (step.number < course.next) step = await replay.step(signal);
    signal.throwIfAborted();
    say(undefined);
    const frame = frameOfStep(step);
    course.append(frame, replay.saved);
    this.#lab.events.dispatchEvent(new CustomEvent("step", { detail: frameOfPrior(frame, this.#lab.setting.shown) }));
    return step.stop;
  }

  #measure(began: number) {
    const now = 1000 / Math.max(1, performance.now() - began);
    this.pace = this.pace === 0 ? now : 0.8 * this.pace + 0.2 * now;
  }
}

/** The most steps a second. */
function paceOf({ speed }: Setting): number {
  return speed === "full" ? Number.POSITIVE_INFINITY : Number(speed);
}

/** Resolves when the screen has been drawn, and not before so many milliseconds. */
function nextFrame(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const drawn = () => (document.hidden ? setTimeout(resolve) : requestAnimationFrame(() => resolve()));
    if (milliseconds > 0) setTimeout(drawn, milliseconds);
    else drawn();
  });
}
