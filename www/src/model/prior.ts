// What a segmentation should be: a count and a weight for each dimension, as the visitor writes them.

import type { Connectivity } from "bettiscope";

/** How many features of each dimension there should be: components, loops, and so on. */
export interface Prior {
  /** `1`, `0-2` or `*`, one for each dimension. */
  readonly counts: readonly string[];
  /** What each dimension weighs in equation 4. */
  readonly weights: readonly number[];
}

/** The prior of a class, or of a union of several. */
export interface SetPrior {
  /** The numbers of the classes, as in `1+2`. */
  readonly set: string;
  readonly counts: readonly string[];
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

/** The priors of sets of classes as the command line has them: "1:1,0; 1+2:1,0". */
export function textOfSets(sets: readonly SetPrior[]): string {
  return sets.map(({ set, counts }) => `${set}:${counts.join(",")}`).join("; ");
}

/** The priors of sets of classes of such a text. */
export function setsOf(text: string): readonly SetPrior[] {
  return text.split(";").map((entry) => {
    const [set = "", counts = ""] = entry.trim().split(":");
    return { set, counts: counts.split(",") };
  });
}

/** A prior as the workers take it. */
export function asked(prior: Prior): { betti: string; weights: number[] } {
  return { betti: textOf(prior), weights: [...prior.weights] };
}
