// Arrays of numbers as bitmaps, one pixel each.

import type { Grid } from "bettiscope";

import { cellOf } from "../model/coordinates";
import { recent } from "../model/recent";

/** A colour as one number, as the pixels of a canvas are stored on little-endian machines, which all browsers run on. */
export function packed(red: number, green: number, blue: number, alpha: number): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A canvas of one pixel per value, which `paint` fills with packed colours; they are transparent before. */
export function bitmap(shape: readonly number[], paint: (pixels: Uint32Array) => void): HTMLCanvasElement {
  const [rows = 1, columns = 1] = shape;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const data = new ImageData(columns, rows);
  paint(new Uint32Array(data.data.buffer));
  canvas.getContext("2d")?.putImageData(data, 0, 0);
  return canvas;
}

const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => packed(grey, grey, grey, 255));

/** Values in [0, 1] as grey. */
export const greyBitmap = recent(6, (values: Float32Array, shape: readonly number[]): HTMLCanvasElement => {
  return bitmap(shape, (pixels) => {
    const grey = new Uint8ClampedArray(1);
    for (let index = 0; index < pixels.length; index += 1) {
      grey[0] = 255 * (values[index] ?? 0);
      pixels[index] = GREYS[grey[0]] ?? 0;
    }
  });
});

/** Every so many-th row and column, so that neither side is longer than `most`: for a small picture of a large image. */
export function thinned({ values, shape }: Grid, most: number): Grid {
  const [rows = 1, columns = 1] = shape;
  const every = Math.max(1, Math.ceil(Math.max(rows, columns) / most));
  const [height, width] = [Math.ceil(rows / every), Math.ceil(columns / every)];
  const at = (pixel: number) => {
    const { row, column } = cellOf(pixel, [height, width]);
    return (row * columns + column) * every;
  };
  return {
    values: Float32Array.from({ length: height * width }, (_, pixel) => values[at(pixel)] ?? 0),
    shape: [height, width],
  };
}

/** Some pixels in one packed colour. */
export function setBitmap(set: Uint32Array, shape: readonly number[], colour: number): HTMLCanvasElement {
  return bitmap(shape, (pixels) => {
    for (const pixel of set) pixels[pixel] = colour;
  });
}

/** Where the mask of `after` differs from that of `before`: gained and lost pixels. */
export function differences(
  before: Float32Array,
  after: Float32Array,
  threshold: number,
): {
  gained: Uint32Array;
  lost: Uint32Array;
} {
  const gained: number[] = [];
  const lost: number[] = [];
  after.forEach((value, index) => {
    const was = (before[index] ?? 0) >= threshold;
    const is = value >= threshold;
    if (is && !was) gained.push(index);
    else if (was && !is) lost.push(index);
  });
  return { gained: Uint32Array.from(gained), lost: Uint32Array.from(lost) };
}

/** `#rrggbb` with an opacity from 0 to 255, packed. */
export function tint(colour: string, alpha: number): number {
  const value = Number.parseInt(colour.replace("#", ""), 16);
  return packed((value >> 16) & 255, (value >> 8) & 255, value & 255, alpha);
}
