// One step of a run as everything on the screen sees it.

import type { Barcode, Loss, Step } from "bettiscope";

/** The numbers of a step, without its map and its bars. */
export interface Outline {
  /** How many updates have been made. */
  readonly number: number;
  /** The terms of equation 4, one per dimension. */
  readonly topological: readonly number[];
  /** The first term of equation 5. */
  readonly similarity: number;
  /** Equation 5. */
  readonly total: number;
  /** The Betti numbers at 0.5. */
  readonly betti: readonly number[];
  /** Whether these are the prior's. */
  readonly priorHolds: boolean;
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
}

/** The numbers of a frame. */
export function outlineOf({ number, topological, similarity, total, betti, priorHolds }: Frame): Outline {
  return { number, topological, similarity, total, betti, priorHolds };
}

/** What the loss wants of a bar; the numbers are those of the modules. */
export const ROLE = { wanted: 0, free: 1, unwanted: 2 } as const;

/** The frame of a step of a run. */
export function frameOfStep(step: Step): Frame {
  const { number, probabilities, barcode, role, term, topological, similarity, total, betti, priorHolds } = step;
  return { number, map: probabilities, barcode, role, term, topological, similarity, total, betti, priorHolds };
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
