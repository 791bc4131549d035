// Paints on the map: the bars follow as fast as they are computed.

import type { Grid } from "bettiscope";
import type { Task } from "../../../model/activity.svelte";
import type { Change } from "../../../model/change";
import { evaluateMap } from "../../../model/evaluate";
import { strokeOf } from "../../../services/marks";
import { differences } from "../../../viewer/bitmap";
import { Course } from "./course.svelte";
import type { Stage } from "./stage";

/** Another map, and how it was made. */
export interface Replacement extends Pick<Change, "name" | "edits"> {
  readonly map: Grid;
}

/** A map that was painted, when the hand moved, and the work that it waits for. */
interface Painted {
  readonly grid: Grid;
  readonly began: number;
  readonly task: Task | undefined;
}

/** The strokes of the brush, and whatever else takes the place of the map. */
export class Painter {
  readonly #lab: Stage;
  #stroke = {};
  /** The last map, until it is on the screen. */
  #waiting: Painted | undefined;
  #painted: Promise<boolean> = Promise.resolve(true);

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /** Begins a stroke: what is painted until the next one begins is taken back together. */
  begin() {
    this.#stroke = {};
  }

  /** The map that the next stroke changes: the one on the screen, unless a later painted one is on its way. */
  get latest(): Float32Array {
    return this.#pending?.grid.values ?? this.#lab.frame?.map ?? new Float32Array();
  }

  /** Replaces the map by a painted one. Says whether it, or a later one, has come on the screen. */
  paint(map: Float32Array, began: number): Promise<boolean> {
    const grid = { values: map, shape: this.#lab.shape };
    if (this.#pending) this.#waiting = { grid, began, task: this.#pending.task };
    else {
      this.#waiting = { grid, began, task: undefined };
      this.#painted = this.#lab.activity.replace("painting", (task) => this.#follow(task));
    }
    return this.#painted;
  }

  /** Puts another map in the place of the one on the screen; where that is a smaller copy, in the place of the whole. */
  replace(make: (task: Task) => Promise<Replacement>): Promise<boolean> {
    const lab = this.#lab;
    return lab.activity.replace("painting", async (task) => {
      const { signal } = task;
      const { course, frame, shape, whole: previous } = lab;
      if (!course || !frame || !previous) return;
      const { name, map: grid, edits } = await make(task);
      const isWhole = course.origin.whole !== undefined;
      const map = isWhole ? await lab.topology.resample(grid, shape, { signal }) : grid;
      const { setting, tried } = lab;
      const analysis = await evaluateMap(lab.topology, map, setting, signal);
      signal.throwIfAborted();
      const { gained, lost } = differences(previous.values, grid.values, setting.threshold);
      const counts = { gained: gained.length, lost: lost.length };
      const change = { name, before: frame.map, edits, shape: grid.shape, ...counts };
      const whole = isWhole ? { grid, copy: map } : undefined;
      const origin = { ...course.origin, setting, tried, map, whole, isPainted: true, change };
      lab.put(new Course(origin, analysis.frame, {}), analysis);
    });
  }

  get #pending(): Painted | undefined {
    return this.#waiting?.task?.signal.aborted ? undefined : this.#waiting;
  }

  async #follow(task: Task): Promise<void> {
    const lab = this.#lab;
    try {
      while (this.#waiting && lab.course) await this.#show(this.#waiting, lab.course, task);
    } finally {
      if (this.#waiting?.task === task) this.#waiting = undefined;
    }
  }

  async #show({ grid, began }: Painted, { origin }: Course, task: Task): Promise<void> {
    const { topology, setting, tried } = this.#lab;
    this.#waiting = { grid, began, task };
    const analysis = await evaluateMap(topology, grid, setting, task.signal);
    // While a stroke goes on this is not the last map any more: it is shown all the same.
    task.signal.throwIfAborted();
    strokeOf.set(analysis.frame, began);
    if (this.#waiting.grid === grid) this.#waiting = undefined;
    const painted = { ...origin, setting, tried, map: grid, isPainted: true, change: undefined };
    this.#lab.put(new Course(painted, analysis.frame, this.#stroke), analysis);
  }
}
