// Where an image comes from, and what was done to it.

import type { Square } from "bettiscope";

import { size } from "./features";

/** The names of the images that need no file. */
export const NAMES = {
  diagonal: "Corners",
  heart: "A synthetic heart",
  drawing: "Your drawing",
  digit: (label: number) => `A synthetic ${label}`,
  shape: { rings: "Rings", blobs: "Blobs", tree: "A vessel tree", cells: "Cells" },
} as const;

/** Lines of k-space that are gone. */
export const CORRUPTED = {
  rowsAndColumns: (m: number) => `${m} rows and as many columns of k-space removed`,
  rows: (m: number) => `${m} rows of k-space removed`,
} as const;

/** A map that is too large to be followed. */
export function reducedForRun(copy: readonly number[], whole: readonly number[]): string {
  return `a run sees a copy of ${size(copy)} pixels; counts, exact repair and saved masks are those of all ${size(whole)}`;
}

/** "reduced 6.40 times to 80 × 80 pixels, which can change the topology" */
export function resampled(from: readonly number[], to: readonly number[]): string {
  const factor = Math.max(...from) / Math.max(...to);
  return factor > 1
    ? `reduced ${factor.toFixed(2)} times to ${size(to)} pixels, which can change the topology`
    : `enlarged ${(1 / factor).toFixed(2)} times to ${size(to)} pixels`;
}

export function cropped({ row, column, side }: Square): string {
  return `cropped to ${side} × ${side} pixels from row ${row}, column ${column}`;
}

export const HEART_SQUARE =
  "the network knows squares with the left ventricle in the middle, a third as wide: crop to one";
