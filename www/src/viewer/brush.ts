// The brush that paints on a map.

import type { Cell } from "../model/coordinates";

/** What a brush does. */
export interface Brush {
  /** In pixels. */
  readonly radius: number;
  /** What it paints, in [0, 1]. */
  readonly value: number;
}

/** A brush in the hand of who paints on a picture. */
export interface Painter {
  /** In pixels of the map. */
  readonly radius: number;
  /** Whether its size is being chosen, so that it is shown where no pointer is. */
  readonly isSized: boolean;
  /** A stroke comes to a cell, which may be outside the map. `time`: when the hand moved. */
  stroke(cell: Cell, how: "begins" | "goes on", time: number): void;
}

/** The map with a stroke from one cell to another painted, round at its ends and soft at its rim. Cells may be outside. */
export function paintStroke(
  map: Float32Array,
  shape: readonly number[],
  from: Cell,
  to: Cell,
  { radius, value }: Brush,
): Float32Array<ArrayBuffer> {
  const painted = Float32Array.from(map);
  const [rows = 0, columns = 0] = shape;
  const { row, column } = from;
  const [down, right] = [to.row - row, to.column - column];
  const squared = down ** 2 + right ** 2;
  const reach = Math.ceil(radius);
  const range = (start: number, way: number, length: number) =>
    [
      Math.max(0, Math.min(start, start + way) - reach),
      Math.min(length - 1, Math.max(start, start + way) + reach),
    ] as const;
  const [top, bottom] = range(row, down, rows);
  const [left, rightmost] = range(column, right, columns);
  for (let r = top; r <= bottom; r += 1) {
    for (let c = left; c <= rightmost; c += 1) {
      // How far along the way the nearest point of the stroke is.
      const along = squared === 0 ? 0 : ((r - row) * down + (c - column) * right) / squared;
      const t = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(r - row - t * down, c - column - t * right);
      const weight = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = r * columns + c;
      painted[at] = (map[at] ?? 0) * (1 - weight) + value * weight;
    }
  }
  return painted;
}
