// The safety margin in words.

import type { MarginEnd } from "bettiscope";

import { coordinates } from "../model/coordinates";
import type { Analysis } from "../model/evaluate";

/** "(1, 1) holds for every threshold from 0.31 to 0.78; the weakest pixel is (41, 17): 0.07 less and a hole opens." */
export function marginSentence(
  { frame, threshold, margin: { low, high } }: Analysis,
  counts: readonly string[],
  shape: readonly number[],
): string {
  const [from, to] = [low?.threshold ?? 0, high?.threshold ?? 1];
  const holds = `(${counts.join(", ")}) holds for every threshold from ${from.toFixed(2)} to ${to.toFixed(2)}`;
  const isHighNearer = high !== undefined && (low === undefined || to - threshold <= threshold - from);
  const end = isHighNearer ? high : low;
  if (end === undefined) return `${holds}, whatever the pixels do.`;
  const pixel = `(${coordinates(end.pixel, shape).join(", ")})`;
  const distance = Math.abs(end.threshold - threshold).toFixed(2);
  const change = isHighNearer ? `${distance} less` : `${distance} more`;
  return `${holds}; the weakest pixel is ${pixel}: ${change} and ${happens(frame.barcode, end, isHighNearer)}.`;
}

/** What happens beyond the end of a margin. */
function happens(
  { dimension, birthIndex, birth }: Analysis["frame"]["barcode"],
  { bar, pixel, threshold }: MarginEnd,
  isAbove: boolean,
): string {
  const isBirth = birthIndex[bar] === pixel && birth[bar] === threshold;
  if (dimension[bar] === 0) {
    if (isBirth) return isAbove ? "a piece is gone" : "another piece appears";
    return isAbove ? "a piece falls in two" : "two pieces become one";
  }
  if (isBirth) return isAbove ? "a ring opens" : "another hole appears";
  return isAbove ? "another hole appears" : "a hole is filled";
}
