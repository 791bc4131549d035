// What a segmentation should be: a count and a weight for each dimension, as the visitor writes them.

import type { Connectivity } from "bettiscope";

/** How many features of each dimension there should be: components, loops, and so on. */
export interface Prior {
  /** `1`, `0-2` or `*`, one for each dimension. */
  readonly counts: readonly string[];
  /** What each dimension weighs in equation 4. */
  readonly weights: readonly number[];
}

/** What a map is measured against. */
export interface Question {
  readonly prior: Prior;
  /** Which pixels are neighbours. */
  readonly connectivity: Connectivity;
  readonly threshold: number;
}

/** A prior as the command line has it: "1,0-2". */
export function textOf({ counts }: Pick<Prior, "counts">): string {
  return counts.join(",");
}

/** A prior as the workers take it. */
export function asked(prior: Prior): { betti: string; weights: number[] } {
  return { betti: textOf(prior), weights: [...prior.weights] };
}
