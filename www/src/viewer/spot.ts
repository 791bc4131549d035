// Some pixels of a mask over a picture, which may be a smaller copy: where it is wrong, or what was changed.

import { cellOf } from "../model/coordinates";
import { recent } from "../model/recent";
import type { Placement } from "../model/viewport";
import type { Palette } from "../services/palette";
import { bitmap, tint } from "./bitmap";

/** A set of pixels. */
export interface Pixels {
  /** Flat indices. */
  readonly pixels: Uint32Array;
  /** The shape that they are of. */
  readonly shape: readonly number[];
}

interface Box {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** What is at least so large on the screen, in CSS pixels of a side, is seen without a ring around it. */
const SEEN = 14;

/** Tints an error in the colour of its dimension, with a ring around what is too small to be seen. */
export function drawSpot(
  context: CanvasRenderingContext2D,
  spot: Pixels & { readonly dimension: number },
  shape: readonly number[],
  at: Placement,
  palette: Palette,
) {
  const colour = palette.features[spot.dimension] ?? palette.ink;
  const { x, y, side } = drawPixels(context, spot, shape, at, tint(colour, 170));
  if (side >= SEEN) return;
  for (const [style, width] of [
    ["#ffffff", 4],
    [colour, 2],
  ] as const) {
    context.beginPath();
    context.arc(x, y, SEEN, 0, 2 * Math.PI);
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
}

/** Draws pixels in a packed colour. Says where their middle is and how large they are, in CSS pixels. */
export function drawPixels(
  context: CanvasRenderingContext2D,
  { pixels, shape: own }: Pixels,
  shape: readonly number[],
  at: Placement,
  colour: number,
): { x: number; y: number; side: number } {
  const box = boxOf(pixels, own);
  // A pixel of a reduced picture is several of what it was made of.
  const [high, wide] = [(shape[0] ?? 1) / (own[0] ?? 1), (shape[1] ?? 1) / (own[1] ?? 1)].map((by) => by * at.size);
  const [left, top] = [at.left + box.column * (wide ?? 1), at.top + box.row * (high ?? 1)];
  const [width, height] = [box.columns * (wide ?? 1), box.rows * (high ?? 1)];
  context.drawImage(pictureOf(pixels, own, colour), left, top, width, height);
  return { x: left + width / 2, y: top + height / 2, side: Math.max(width, height) };
}

/** The smallest box around pixels. */
function boxOf(pixels: Uint32Array, shape: readonly number[]): Box {
  let [first, last, left, right] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (const pixel of pixels) {
    const { row, column } = cellOf(pixel, shape);
    [first, last] = [Math.min(first, row), Math.max(last, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (pixels.length === 0) return { row: 0, column: 0, rows: 1, columns: 1 };
  return { row: first, column: left, rows: last - first + 1, columns: right - left + 1 };
}

const pictureOf = recent(64, (pixels: Uint32Array, shape: readonly number[], colour: number): HTMLCanvasElement => {
  const { row, column, rows, columns } = boxOf(pixels, shape);
  return bitmap([rows, columns], (drawn) => {
    for (const pixel of pixels) {
      const at = cellOf(pixel, shape);
      drawn[(at.row - row) * columns + at.column - column] = colour;
    }
  });
});
