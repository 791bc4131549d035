// What is wrong with a mask.

import { counted, features, size } from "./features";

/** A mask without errors. */
export function nothingWrong(threshold: number, shape: readonly number[]): string {
  return `Nothing is too much and nothing is missing at threshold ${threshold.toFixed(2)}, in all ${size(shape)} pixels.`;
}

/** What there should be more of. */
export function tooFew(missing: readonly number[]): string {
  return `${features(missing)} too few: what is not there has no place.`;
}

/** Which of several are the errors. */
export const TOO_MUCH =
  "Too much, the smallest first: with more features than the prior allows, the smaller ones are the errors.";

/** Those whose places are not looked for. */
export function andMore(hidden: readonly number[], places: number): string {
  return `and ${features(hidden)} more: the places of the ${places} smallest are looked for.`;
}

/** An error by its dimension. */
export function errorName(dimension: number): string {
  return ["Piece", "Hole"][dimension] ?? counted(1, dimension);
}
