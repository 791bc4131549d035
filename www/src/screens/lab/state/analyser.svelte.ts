// Follows the selected step: its loss, its Betti numbers at the threshold, the pixels of the bar that is pointed at.

import type { Feature } from "bettiscope";
import { type Analysis, analyse, isCurrent } from "../../../model/evaluate";
import type { Frame } from "../../../model/frame";
import { latest } from "../../../model/latest";
import { type Count, count, isOf } from "../../../model/verdict";
import { wholeOf } from "../../../model/whole";
import type { Course } from "./course.svelte";
import type { Setting } from "./setting";
import type { Stage } from "./stage";

/** What is known of the selected step. */
export class Analyser {
  analysis: Analysis | undefined = $state.raw();
  /** The pixels of the bar that is pointed at, or else of the pinned one. */
  feature: Feature | undefined = $state.raw();
  /** The last count of a mask on all pixels. */
  count: Count | undefined = $state.raw();

  readonly #lab: Stage;

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  readonly #analyse = latest<{ frame: Frame; setting: Setting }>(async ({ frame, setting }) => {
    if (isCurrent(this.analysis, frame, setting)) return;
    const analysis = await analyse(this.#lab.topology, frame, this.#lab.shape, setting, this.analysis);
    // Strokes bring their own analyses, and one of them may have been faster.
    const { frame: now } = this.#lab;
    if (now === undefined || !isCurrent(this.analysis, now, this.#lab.setting)) this.analysis = analysis;
  });

  readonly #count = latest<{ course: Course; frame: Frame; setting: Setting }>(async ({ course, frame, setting }) => {
    if (isOf(this.count, frame, setting)) return;
    const { map, whole } = course.origin;
    const grid = wholeOf({ values: frame.map, shape: map.shape }, whole, setting.threshold);
    this.count = await count(this.#lab.topology, grid, frame, setting);
  });

  readonly #locate = latest<{ frame: Frame; bar: number } | undefined>(async (request) => {
    if (request === undefined) {
      this.feature = undefined;
      return;
    }
    const { topology, shape } = this.#lab;
    const { barcode, map } = request.frame;
    // Just below the birth of a component, or above the death of a hole, the feature is as it is for most of its life.
    const [birth = 0, death = 0] = [barcode.birth[request.bar], barcode.death[request.bar]];
    const threshold = this.#lab.setting.threshold;
    const level = threshold <= birth && threshold > death ? threshold : (birth + death) / 2;
    this.feature = await topology.feature({ values: map, shape }, barcode, request.bar, level, { priority: "now" });
  });

  /** The count of the selected step, if it is there. */
  get counted(): Count | undefined {
    const { frame, setting } = this.#lab;
    return isOf(this.count, frame, setting) ? this.count : undefined;
  }

  /** Follows the selected step and the threshold. To be called in an effect. */
  follow() {
    const { frame, setting } = this.#lab;
    if (frame === undefined) return;
    this.#analyse({ frame, setting }).catch((error: unknown) => this.#lab.fail(error));
  }

  /** Counts the mask of the selected step where the bars do not say everything of it. To be called in an effect. */
  tally() {
    const { course, frame, setting, runner } = this.#lab;
    if (course === undefined || frame === undefined || runner.isRunning) return;
    if (course.origin.whole === undefined && setting.panel !== "errors") return;
    this.#count({ course, frame, setting }).catch((error: unknown) => this.#lab.fail(error));
  }

  /** Follows the bar that is pointed at. To be called in an effect. */
  point() {
    const { frame, hoveredBar, pinnedBar } = this.#lab.view;
    const bar = hoveredBar ?? pinnedBar;
    const request = frame === undefined || bar === undefined ? undefined : { frame, bar };
    this.#locate(request).catch((error: unknown) => this.#lab.fail(error));
  }
}
