// A map too large to be followed step by step, and the smaller copy of it that is followed instead: whatever is said of
// the visitor's file, or made for it, is counted and made on all of its pixels.

import type { Grid } from "bettiscope";

import { cellOf } from "./coordinates";

/** A map and its smaller copy. */
export interface Whole {
  /** With all pixels. */
  readonly grid: Grid;
  /** As the run sees it. */
  readonly copy: Grid;
}

/**
 * The map that a map on the screen stands for: itself, or if it has come of a smaller copy, the whole with what has
 * changed sides of the threshold since, each pixel of the copy for all that it covers.
 */
export function wholeOf(map: Grid, whole: Whole | undefined, threshold: number): Grid {
  if (whole === undefined) return map;
  const { grid, copy } = whole;
  const isChanged = (pixel: number, value: number) => value >= threshold !== (copy.values[pixel] ?? 0) >= threshold;
  const changed: number[] = [];
  map.values.forEach((value, pixel) => {
    if (isChanged(pixel, value)) changed.push(pixel);
  });
  if (changed.length === 0) return grid;
  const values = Float32Array.from(grid.values);
  const [height = 1, width = 1] = map.shape;
  const [rows = 1, columns = 1] = grid.shape;
  for (const pixel of changed) {
    const { row, column } = cellOf(pixel, map.shape);
    const [left, right] = [Math.floor((column * columns) / width), Math.floor(((column + 1) * columns) / width)];
    const bottom = Math.floor(((row + 1) * rows) / height);
    for (let line = Math.floor((row * rows) / height); line < bottom; line += 1) {
      values.fill(map.values[pixel] ?? 0, line * columns + left, line * columns + right);
    }
  }
  return { values, shape: grid.shape };
}
