// What is kept of a run: as many of its steps, and as many of its states, as fit into so many bytes.

import type { SavedRun } from "bettiscope";

import type { Frame } from "./frame";

/** How much memory a run may hold, in bytes. */
export interface Budget {
  readonly frames: number;
  readonly states: number;
}

/** States are kept of every so-many-th step, at first. A multiple of those at which a run gives them. */
const FIRST_GAP = 25;

/** The steps that were used last. */
export class KeptFrames {
  /** In the order of use: the last one is the one that was used last. */
  readonly #frames = new Map<number, Frame>();
  #bytes = 0;

  /** How much they hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a step. */
  put(frame: Frame) {
    this.#drop(frame.number);
    this.#frames.set(frame.number, frame);
    this.#bytes += bytesOf(frame);
  }

  /** A step, if it is kept. */
  get(number: number): Frame | undefined {
    const frame = this.#frames.get(number);
    if (frame) {
      this.#frames.delete(number);
      this.#frames.set(number, frame);
    }
    return frame;
  }

  /** Drops what has not been used for longest, but for one step, until the rest fits. */
  limit(bytes: number) {
    for (const number of this.#frames.keys()) {
      if (this.#bytes <= bytes || this.#frames.size === 1) return;
      this.#drop(number);
    }
  }

  #drop(number: number) {
    const frame = this.#frames.get(number);
    if (!frame) return;
    this.#frames.delete(number);
    this.#bytes -= bytesOf(frame);
  }
}

/** States from which a run goes on: the last one, and some of those before. */
export class KeptStates {
  #states: SavedRun[] = [];
  #gap = FIRST_GAP;

  /** How much they hold. */
  get bytes(): number {
    return this.#states.reduce((sum, { state }) => sum + state.byteLength, 0);
  }

  /** Keeps a state that is later than all others. */
  put(saved: SavedRun, most: number) {
    const last = this.#states.at(-1);
    if (last && last.steps >= saved.steps) return;
    if (last && last.steps % this.#gap !== 0) this.#states.pop();
    this.#states.push(saved);
    this.limit(most);
  }

  /** The last state from which a step can be computed. */
  before(number: number): SavedRun | undefined {
    return this.#states.findLast(({ steps }) => steps <= number);
  }

  /** Drops every other one until the rest fits; the last one stays. */
  limit(bytes: number) {
    while (this.bytes > bytes && this.#states.length > 1) {
      this.#gap *= 2;
      const last = this.#states.at(-1);
      this.#states = this.#states.filter((saved) => saved === last || saved.steps % this.#gap === 0);
    }
  }
}

/** How much a step holds, in bytes. */
export function bytesOf(frame: Frame): number {
  const { frames = [frame], labels } = frame;
  return frames.reduce((sum, frame) => sum + bytesOfOne(frame), labels?.byteLength ?? 0);
}

function bytesOfOne({ map, barcode, role, term }: Frame): number {
  const { dimension, birth, death, birthIndex, deathIndex } = barcode;
  return [map, role, term, dimension, birth, death, birthIndex, deathIndex].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
}
