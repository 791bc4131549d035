// The border of a superlevel set, along the edges of pixels.

import { recent } from "../model/recent";

/**
 * The border between pixels with a value of at least `threshold` and the others, and that of the image where it cuts
 * the set, as line segments `[x0, y0, x1, y1, ...]` in units of pixels. Runs of edges in a row are one segment.
 */
export const contour = recent(4, (values: Float32Array, shape: readonly number[], threshold: number): Float32Array => {
  const [rows = 0, columns = 0] = shape;
  const isInside = new Uint8Array(rows * columns);
  for (let pixel = 0; pixel < isInside.length; pixel += 1) isInside[pixel] = (values[pixel] ?? 0) >= threshold ? 1 : 0;
  const segments: number[] = [];
  for (let row = 0; row <= rows; row += 1) {
    const [above, below] = [row > 0 ? (row - 1) * columns : -1, row < rows ? row * columns : -1];
    runs(isInside, above, below, 1, columns, (from, to) => segments.push(from, row, to, row));
  }
  for (let column = 0; column <= columns; column += 1) {
    const [left, right] = [column - 1, column < columns ? column : -1];
    runs(isInside, left, right, columns, rows, (from, to) => segments.push(column, from, column, to));
  }
  return Float32Array.from(segments);
});

/** Finds where two lines of pixels differ. A line starts at a pixel, or is outside the image: -1. */
function runs(
  isInside: Uint8Array,
  one: number,
  other: number,
  stride: number,
  length: number,
  found: (from: number, to: number) => void,
) {
  let start = -1;
  for (let position = 0; position <= length; position += 1) {
    const at = position * stride;
    const a = one < 0 || position === length ? 0 : isInside[one + at];
    const b = other < 0 || position === length ? 0 : isInside[other + at];
    if (a !== b && start < 0) start = position;
    if (a === b && start >= 0) {
      found(start, position);
      start = -1;
    }
  }
}
