// Why this pixel: a bar, its role in the loss and the gradient at its ends.

import { ROLE } from "../model/frame";
import { short } from "./features";

const BARS = ["Component", "Loop", "Cavity"] as const;
const ROLES = { [ROLE.wanted]: "wanted", [ROLE.unwanted]: "unwanted", [ROLE.free]: "allowed, in neither sum" } as const;

/** "Component 1, the essential bar: wanted" */
export function barHeading(dimension: number, rank: number, isEssential: boolean, role: number | undefined): string {
  const bar = BARS[dimension] ?? "Bar";
  const what = ROLES[(role ?? ROLE.free) as keyof typeof ROLES];
  return isEssential ? `${bar} ${rank}, the essential bar: ${what}` : `${bar} ${rank}: ${what}`;
}

/** How the loss pushes the value of a pixel. */
export function pushWords(slope: number): string {
  if (slope === 0) return "nothing pushes it";
  return slope < 0 ? `pushed up, gradient ${short(slope)}` : `pushed down, gradient ${short(slope)}`;
}
