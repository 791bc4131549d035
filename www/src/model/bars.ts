// Bars that keep their identity from step to step, and the one that a pixel decides about.

import { cellOf } from "./coordinates";
import type { Frame } from "./frame";

/** A bar by its dimension and its birth pixel. */
export interface BarKey {
  readonly dimension: number;
  readonly birth: number;
}

/** The key of a bar of a frame. */
export function keyOf({ barcode }: Frame, bar: number): BarKey {
  return { dimension: barcode.dimension[bar] ?? 0, birth: barcode.birthIndex[bar] ?? 0 };
}

/** The bar of a frame that has this key, if there is one. */
export function barOf({ barcode }: Frame, { dimension, birth }: BarKey): number | undefined {
  const [from = 0, to = 0] = barcode.starts.slice(dimension, dimension + 2);
  for (let bar = from; bar < to; bar += 1) if (barcode.birthIndex[bar] === birth) return bar;
  return undefined;
}

/** How near to a critical pixel counts as on it, in pixels. */
const NEAR = 1.5;
/** Bars shorter than this are not found by pointing at their pixels, if there are longer ones. */
const SHORT = 0.02;

/** The bar that a pixel decides about: the longest one with a critical pixel there, or else beside it. */
export function barOfPixel({ barcode }: Frame, pixel: number): number | undefined {
  const { shape } = barcode;
  const columns = shape[1] ?? 1;
  const { row, column } = cellOf(pixel, shape);
  let [found, best] = [undefined as number | undefined, 0];
  for (let bar = 0; bar < barcode.birth.length; bar += 1) {
    const length = Math.abs((barcode.birth[bar] ?? 0) - (barcode.death[bar] ?? 0));
    for (const critical of [barcode.birthIndex[bar] ?? -1, barcode.deathIndex[bar] ?? -1]) {
      if (critical < 0) continue;
      if (critical < pixel - columns - 1 || critical > pixel + columns + 1) continue;
      const at = cellOf(critical, shape);
      const distance = Math.hypot(at.row - row, at.column - column);
      const score = distance === 0 ? 10 + length : distance <= NEAR && length > SHORT ? length : 0;
      if (score > best) [found, best] = [bar, score];
    }
  }
  return found;
}
