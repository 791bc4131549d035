// Which critical pixels are marked on the map.

import { type Frame, ROLE } from "../model/frame";
import type { CriticalPair } from "./marks";

/** At most so many pairs are marked when no bar is pointed at. */
const MOST = 16;
/** Terms below this are as good as none. */
const NOTABLE = 0.02;

/** The critical pixels to be marked: those of the bars that are pointed at, or faintly those the loss pulls most. */
export function markedPairs(
  frame: Frame,
  hovered: number | undefined,
  pinned: number | undefined,
): { pair: CriticalPair; isStrong: boolean }[] {
  const strong = [...new Set([pinned, hovered])].filter((bar) => bar !== undefined);
  if (strong.length > 0) return strong.map((bar) => ({ pair: pairOf(frame, bar), isStrong: true }));
  const terms: { term: number; bar: number }[] = [];
  frame.term.forEach((term, bar) => {
    if (term > NOTABLE) terms.push({ term, bar });
  });
  terms.sort((a, b) => b.term - a.term);
  return terms.slice(0, MOST).map(({ bar }) => ({ pair: pairOf(frame, bar), isStrong: false }));
}

/** A bar's critical pixels, and how the loss pushes them: apart for a wanted bar, together for an unwanted one. */
export function pairOf({ barcode, role, term }: Frame, bar: number): CriticalPair {
  const isPushed = role[bar] !== ROLE.free && (term[bar] ?? 0) > 0;
  return {
    dimension: barcode.dimension[bar] ?? 0,
    birth: barcode.birthIndex[bar] ?? 0,
    death: barcode.deathIndex[bar] ?? -1,
    push: isPushed ? (role[bar] === ROLE.wanted ? 1 : -1) : 0,
  };
}

/** How near to a critical pixel counts as on it, in pixels. */
const NEAR = 1.5;
/** Bars shorter than this are not found by pointing at their pixels, if there are longer ones. */
const SHORT = 0.02;

/** The bar that a pixel decides about: the longest one with a critical pixel there, or else beside it. */
export function barOfPixel({ barcode }: Frame, pixel: number): number | undefined {
  const columns = barcode.shape[1] ?? 1;
  const [row, column] = [Math.floor(pixel / columns), pixel % columns];
  let [found, best] = [undefined as number | undefined, 0];
  for (let bar = 0; bar < barcode.birth.length; bar += 1) {
    const length = Math.abs((barcode.birth[bar] ?? 0) - (barcode.death[bar] ?? 0));
    for (const critical of [barcode.birthIndex[bar] ?? -1, barcode.deathIndex[bar] ?? -1]) {
      if (critical < 0) continue;
      if (critical < pixel - columns - 1 || critical > pixel + columns + 1) continue;
      const distance = Math.hypot(Math.floor(critical / columns) - row, (critical % columns) - column);
      const score = distance === 0 ? 10 + length : distance <= NEAR && length > SHORT ? length : 0;
      if (score > best) [found, best] = [bar, score];
    }
  }
  return found;
}
