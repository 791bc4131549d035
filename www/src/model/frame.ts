// One step of a run as everything on the screen sees it.

import type { Barcode, Loss, Step } from "bettiscope";

/** The numbers of a step, without its map and its bars. */
export interface Outline {
  /** How many updates have been made. */
  readonly number: number;
  /** The terms of equation 4, one per dimension; of several classes the sums of all. */
  readonly topological: readonly number[];
  /** The first term of equation 5. */
  readonly similarity: number;
  /** Equation 5. */
  readonly total: number;
  /** The Betti numbers at 0.5. */
  readonly betti: readonly number[];
  /** Whether these are the prior's; of several classes, whether all priors hold. */
  readonly priorHolds: boolean;
  /** What there is of each prior, where several classes have one. */
  readonly sets?: readonly Pick<Outline, "betti" | "priorHolds">[];
}

/** The state after some updates. */
export interface Frame extends Outline {
  /** The probability map, row by row. */
  readonly map: Float32Array;
  /** Its barcode. */
  readonly barcode: Barcode;
  /** What the loss wants of each bar: values of `Role`. */
  readonly role: Uint8Array;
  /** Each bar's term of equation 3, times its weight. */
  readonly term: Float64Array;
  /** The class of each pixel, where there are several. */
  readonly labels?: Uint8Array | undefined;
  /** The frames of all priors of its step, this one among them, where several classes have one. */
  readonly frames?: readonly Frame[];
}

/** The numbers of a frame. */
export function outlineOf({ number, topological, similarity, total, betti, priorHolds, sets }: Frame): Outline {
  return { number, topological, similarity, total, betti, priorHolds, ...(sets ? { sets } : {}) };
}

/** What the loss wants of a bar; the numbers are those of the modules. */
export const ROLE = { wanted: 0, free: 1, unwanted: 2 } as const;

/** The frame of a step of a run: of its first prior, with those of all where there are several. */
export function frameOfStep({ number, similarity, total, labels, entries, priorHolds }: Step): Frame {
  // What the loss sums over all priors is the same in the frame of each.
  const topological = [0, 1].map((dimension) => entries.reduce((sum, of) => sum + (of.topological[dimension] ?? 0), 0));
  const sets = entries.map(({ betti, priorHolds }) => ({ betti, priorHolds }));
  const frames: Frame[] = [];
  const several = labels === undefined ? {} : { labels, sets, frames };
  for (const { probabilities: map, barcode, role, term, betti } of entries)
    frames.push({ number, map, barcode, role, term, topological, similarity, total, betti, priorHolds, ...several });
  return frames[0] as Frame;
}

/** The frame of one of the priors of a step; where there is one prior, its frame. */
export function frameOfPrior(frame: Frame, place: number): Frame {
  const { frames = [] } = frame;
  return frames[Math.min(place, frames.length - 1)] ?? frame;
}

/** The frame of a map that no run has changed. */
export function frameOfMap(
  map: Float32Array,
  loss: Loss,
  lambda: number,
  betti: readonly number[],
  priorHolds: boolean,
): Frame {
  const { barcode, role, term, dimensions, total } = loss;
  const topological = dimensions.map((dimension) => dimension.value);
  return { number: 0, map, barcode, role, term, topological, similarity: 0, total: lambda * total, betti, priorHolds };
}
