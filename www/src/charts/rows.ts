// Where each bar of a barcode is drawn.

import type { Barcode } from "bettiscope";

import { ROLE } from "../model/frame";

/** A bar on the screen. */
export interface Row {
  /** Its number in the barcode; -1 for a bar that the prior asks for and that does not exist. */
  readonly bar: number;
  readonly dimension: number;
  readonly top: number;
}

/** The bars of one dimension that have no row of their own. */
export interface Fold {
  readonly dimension: number;
  readonly count: number;
  /** The length of the longest of them. */
  readonly longest: number;
  readonly top: number;
}

/** All rows, from top to bottom. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly folds: readonly Fold[];
  /** Where each dimension starts. */
  readonly headings: readonly { readonly dimension: number; readonly count: number; readonly top: number }[];
  /** The height of a bar. */
  readonly thickness: number;
  /** The height of everything. */
  readonly height: number;
}

/** The height of a heading, in CSS pixels. */
export const HEADING = 20;
const THICKEST = 13;
/** The height of a row where not all bars fit at a comfortable one. */
const TIGHT = 9;
const FOLD = 16;

/**
 * Rows for a barcode: in each dimension the longest first, which is the order of the barcode, then the missing ones.
 * Where they do not fit in `height`, the shortest bars that the prior does not ask for are folded, unless `isOpen`.
 */
export function layOut(
  barcode: Barcode,
  role: Uint8Array,
  missing: readonly number[],
  height: number,
  isOpen: boolean,
): Rows {
  const dimensions = barcode.starts.length - 1;
  const present = Array.from({ length: dimensions }, (_, dimension) => rangeOf(barcode, dimension));
  const needed = present.map(({ count }, dimension) => count + (missing[dimension] ?? 0));
  const room = height - dimensions * HEADING;
  const all = needed.reduce((sum, count) => sum + count, 0);
  const fits = all * TIGHT <= room;
  const shown = fits || isOpen ? needed : share(needed, Math.floor((room - dimensions * FOLD) / TIGHT));
  const drawn = shown.reduce((sum, count) => sum + count, 0);
  const hasFolds = shown.some((count, dimension) => count < (needed[dimension] ?? 0));
  const step = Math.max(
    TIGHT,
    Math.min(THICKEST + 5, (room - (hasFolds ? dimensions * FOLD : 0)) / Math.max(1, drawn)),
  );

  const rows: Row[] = [];
  const folds: Fold[] = [];
  const headings: Rows["headings"][number][] = [];
  let top = 0;
  present.forEach(({ first, count }, dimension) => {
    headings.push({ dimension, count, top });
    top += HEADING;
    const absent = missing[dimension] ?? 0;
    const own = Math.max(0, (shown[dimension] ?? 0) - absent);
    for (const bar of ordered(first, count, role).slice(0, own)) {
      rows.push({ bar, dimension, top });
      top += step;
    }
    for (let ghost = 0; ghost < Math.min(absent, shown[dimension] ?? 0); ghost += 1) {
      rows.push({ bar: -1, dimension, top });
      top += step;
    }
    if (own < count) {
      const longest = Math.abs((barcode.birth[first + own] ?? 0) - (barcode.death[first + own] ?? 0));
      folds.push({ dimension, count: count - own, longest, top });
      top += FOLD;
    }
  });
  return { rows, folds, headings, thickness: Math.min(THICKEST, step * 0.72), height: top };
}

/** The bars of one dimension: they are beside each other. */
function rangeOf(barcode: Barcode, dimension: number): { first: number; count: number } {
  const [from, to] = [barcode.starts[dimension] ?? 0, barcode.starts[dimension + 1] ?? 0];
  return { first: from, count: to - from };
}

/** Bars from `first` on, the wanted ones above the others: they are the longest, and in a tie any of the equally long. */
function ordered(first: number, count: number, role: Uint8Array): number[] {
  const bars = Array.from({ length: count }, (_, offset) => first + offset);
  return [...bars.filter((bar) => role[bar] === ROLE.wanted), ...bars.filter((bar) => role[bar] !== ROLE.wanted)];
}

/** Divides `room` among the dimensions in proportion to what they need, and leaves none that needs some without. */
function share(needed: readonly number[], room: number): number[] {
  const all = needed.reduce((sum, count) => sum + count, 0);
  return needed.map((count) => Math.min(count, Math.max(3, Math.floor((room * count) / all))));
}
