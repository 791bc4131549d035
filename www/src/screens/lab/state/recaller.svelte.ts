// Steps that were too much to keep, computed again: from the last state before them.

import { type Frame, frameOfStep } from "../../../model/frame";
import type { Course } from "./course.svelte";
import type { Replay } from "./replay";
import { replayBefore } from "./replays";
import type { Stage } from "./stage";

/** Computes one step at a time. */
export class Recaller {
  /** What is being waited for, in words. */
  text: string | undefined = $state();

  readonly #lab: Stage;
  #replay: Replay | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /** A step of a course; undefined if it is not wanted any more before it is there. */
  recall(course: Course, number: number, isWanted: () => boolean): Promise<Frame | undefined> {
    const recalled = this.#last.then(() => this.#recall(course, number, isWanted));
    this.#last = recalled.catch(() => {});
    return recalled;
  }

  /** Gives back the memory. */
  release() {
    this.#replay?.dispose();
    this.#replay = undefined;
  }

  async #recall(course: Course, number: number, isWanted: () => boolean): Promise<Frame | undefined> {
    try {
      while (isWanted()) {
        const kept = course.kept(number);
        if (kept) return kept;
        this.text = `Computing step ${number} again`;
        const step = await this.#step(course, number);
        if (step) course.keep(step);
      }
      return undefined;
    } finally {
      this.text = undefined;
    }
  }

  /** The next step on the way to one; undefined if another backend was chosen meanwhile. */
  async #step(course: Course, number: number): Promise<Frame | undefined> {
    const { learner } = this.#lab;
    const known = this.#replay;
    const isBehind = (course.stateBefore(number)?.steps ?? 0) > (known?.next ?? 0);
    if (known?.course !== course || !known.isOf(learner) || known.next > number || isBehind) {
      this.release();
      this.#replay = await replayBefore(number, course, learner);
    }
    const replay = this.#replay as Replay;
    try {
      return frameOfStep(await replay.step());
    } catch (error) {
      if (this.#replay === replay && replay.isOf(learner)) throw error;
      return undefined;
    }
  }
}
