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
