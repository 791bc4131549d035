// The map that the page opens with: a ring with a gap.

import type { Grid } from "bettiscope";

import { cellOf } from "../../../model/coordinates";

const SIDE = 64;
const RADIUS = 19;
const WIDTH = 5;
/** Where the gap is, in radians, and how wide. */
const GAP = { at: 0.6, width: 0.2 };

/** A probability map of one piece that is almost a ring: its hole closes only far below 0.5. */
const OPENING: Grid = { values: brokenRing(), shape: [SIDE, SIDE] };

/** The map as what the visitor looks at: nothing has to be loaded for it. */
export const OPENING_SOURCE = { name: "A broken ring", image: OPENING, truth: undefined } as const;

function brokenRing(): Float32Array {
  const noise = uniform(7);
  const coarse = Float32Array.from({ length: 81 }, noise);
  return Float32Array.from({ length: SIDE * SIDE }, (_, index) => {
    const { row, column } = cellOf(index, [SIDE, SIDE]);
    const [y, x] = [row - SIDE / 2 + 0.5, column - SIDE / 2 + 0.5];
    const angle = Math.atan2(y, x);
    const distance = Math.hypot(x, y * 1.08) - RADIUS - 1.5 * Math.cos(2 * angle + 1);
    const band = 1 / (1 + Math.exp((Math.abs(distance) - WIDTH * (1 + 0.16 * Math.cos(angle - 2.4))) * 1.3));
    const gap = 0.72 * Math.exp(-(((angle - GAP.at) / GAP.width) ** 2));
    const blur = interpolate(coarse, row / 8, column / 8);
    return Math.min(1, Math.max(0, 0.04 + band * (0.9 - gap) * (0.86 + 0.2 * blur) + 0.09 * blur * (1 - band)));
  });
}

/** Bilinear interpolation of a 9 x 9 grid. */
function interpolate(grid: Float32Array, row: number, column: number): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, right] = [row - top, column - left];
  const at = (r: number, c: number) => grid[r * 9 + c] ?? 0;
  const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
  return upper * (1 - down) + (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down;
}

/** Numbers in [0, 1) that are the same on every machine (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
