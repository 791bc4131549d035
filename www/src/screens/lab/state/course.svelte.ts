// What is on the screen: a map, what it came from, and the steps of its run. Whatever changes one of the first two is
// another course; the one before can be returned to.

import type { Grid, SavedRun } from "bettiscope";

import type { Change } from "../../../model/change";
import { type Frame, type Outline, outlineOf } from "../../../model/frame";
import { type Budget, bytesOf, KeptFrames, KeptStates } from "../../../model/kept";
import type { Returnable } from "../../../model/undo.svelte";
import type { Whole } from "../../../model/whole";
import type { Setting, Values } from "./setting";
import type { Source } from "./source";
import type { Given } from "./upload";

/** Where a course begins. */
export interface Origin {
  readonly setting: Setting;
  /** What a notice has changed of the setting for this image, as it was before. */
  readonly tried: Partial<Values>;
  readonly given: Given;
  readonly source: Source;
  /** The map of step 0, as the network or the visitor gave it. */
  readonly map: Grid;
  /** The map of the visitor's file and the copy of it that `map` came of, if it is not the file's own. */
  readonly whole: Whole | undefined;
  /** Whether it was painted. */
  readonly isPainted: boolean;
  /** What has made this map of another one at once, if something has. */
  readonly change: Change | undefined;
}

/** Why a run is not going on. */
export type Ending = "priorHolds" | "updates" | "totalBelow" | undefined;

/** What the course on the screen may hold: some dozens of steps of 512 x 512 pixels, or thousands of 80 x 80. */
const ON_SCREEN: Budget = { frames: 96e6, states: 32e6 };

/** What a course may hold that can only be returned to. */
const ASIDE: Budget = { frames: 4e6, states: 0 };

/** A run counts as stalled when its total has not fallen by a hundredth in so many steps. */
export const PATIENCE = 20;
const PROGRESS = 0.99;

/** A map and the steps of its run. Every step is known in outline; those that were used last are here as a whole. */
export class Course implements Returnable {
  readonly origin: Origin;
  /** What the visitor did that led to it: courses that one act replaces one after the other are one to return to. */
  readonly act: object;
  /** All steps; the number of a step is its place. */
  outlines: readonly Outline[] = $state.raw([]);
  /** The map before any step, as a frame; with the first step of a run, step 0 of that. */
  first: Frame = $state.raw() as Frame;
  /** The step on the screen: the selected one, or until that is computed again the one before. */
  frame: Frame = $state.raw() as Frame;
  /** The number of the selected step. */
  selected: number = $state(0);
  /** The stop rule that held at the last step. */
  ending: Ending = $state();
  /** Whether the total has not fallen for many steps while the prior does not hold. */
  isStalled: boolean = $state(false);

  readonly #frames = new KeptFrames();
  readonly #states = new KeptStates();
  #isBegun = false;
  #best = { total: Number.POSITIVE_INFINITY, number: 0 };

  constructor(origin: Origin, first: Frame, act: object) {
    this.origin = origin;
    this.act = act;
    this.#start(first);
  }

  /** The number of the step that its run has to make next. */
  get next(): number {
    return this.#isBegun ? this.outlines.length : 0;
  }

  get isWorthKeeping(): boolean {
    return this.outlines.length > 1;
  }

  /** The file and the map with all its pixels, which other courses hold too. */
  get shared(): Returnable["shared"] {
    const { given, whole } = this.origin;
    return [given.file?.decoded, whole?.grid].filter((large) => large !== undefined);
  }

  /** How much its steps and states hold, in bytes. */
  get bytes(): number {
    return bytesOf(this.first) + this.#frames.bytes + this.#states.bytes;
  }

  /** Takes the next step of its run; the selection follows if it was at the last one. */
  append(frame: Frame, saved: SavedRun | undefined) {
    if (frame.number !== this.next) throw new Error(`step ${frame.number} was made, and not step ${this.next}`);
    this.#isBegun = true;
    if (frame.number === 0) this.#start(frame);
    else {
      const follows = this.selected === this.outlines.length - 1;
      this.outlines = [...this.outlines, outlineOf(frame)];
      this.#frames.put(frame);
      this.#frames.limit(ON_SCREEN.frames);
      if (follows) this.#show(frame);
    }
    if (saved) this.#states.put(saved, ON_SCREEN.states);
    if (frame.total < this.#best.total * PROGRESS) this.#best = { total: frame.total, number: frame.number };
    this.isStalled = !frame.priorHolds && frame.number - this.#best.number >= PATIENCE;
  }

  /** Selects a step, and shows it. Says whether it is here; if not, it has to be computed again and {@link keep}t. */
  select(number: number): boolean {
    this.selected = Math.min(this.outlines.length - 1, Math.max(0, number));
    const frame = this.kept(this.selected);
    if (frame) this.frame = frame;
    return frame !== undefined;
  }

  /** A step, if it is here. */
  kept(number: number): Frame | undefined {
    return number === 0 ? this.first : this.frame.number === number ? this.frame : this.#frames.get(number);
  }

  /** Takes a step that was computed again. */
  keep(frame: Frame) {
    this.#frames.put(frame);
    this.#frames.limit(ON_SCREEN.frames);
    if (frame.number === this.selected) this.frame = frame;
  }

  /** The last state from which a step can be computed; undefined: from the beginning. */
  stateBefore(number: number): SavedRun | undefined {
    return this.#states.before(number);
  }

  /** Lets go of what can be computed again. */
  putAside() {
    this.#frames.limit(ASIDE.frames);
    this.#states.limit(ASIDE.states);
  }

  #start(frame: Frame) {
    this.outlines = [outlineOf(frame)];
    this.first = frame;
    this.#show(frame);
  }

  #show(frame: Frame) {
    this.selected = frame.number;
    this.frame = frame;
  }
}
