// The sentence at the top of the Lab and the line below it.

import { CONVENTIONS, counted, counts, size, wantedCount } from "./features";

/** A sentence in two parts: what there is stands out. */
export interface Headline {
  readonly found: string;
  readonly rest: string;
}

/** Before the class has said it. */
export const QUESTION: Headline = { found: "How many pieces, how many holes?", rest: "" };

/** "1 piece, 0 holes: it should have 1 hole." `error` says by how much each Betti number is off. */
export function verdict(betti: readonly number[], prior: readonly string[], error: readonly number[]): Headline {
  const wrong = prior.flatMap((count, dimension) => (error[dimension] ? [wantedCount(count, dimension)] : []));
  return {
    found: counts(betti),
    rest: wrong.length === 0 ? ", as it should be." : `: it should have ${wrong.join(" and ")}.`,
  };
}

/** Of a map that is too large to be followed, before all of its pixels have been counted. */
export function verdictOfCopy(betti: readonly number[], isRunning: boolean): Headline {
  return {
    found: `In the reduced copy ${counts(betti)}`,
    rest: isRunning ? "; all pixels are counted when the run pauses" : "; counting all pixels …",
  };
}

/** What screen readers say of it. */
export function spokenVerdict({ found, rest }: Headline, step: number): string {
  return step > 0 ? `Step ${step}: ${found}${rest}` : `${found}${rest}`;
}

/** "At threshold 0.50, T: foreground 8-connected, background 4-connected" */
export function conventionAt(threshold: number, connectivity: "T" | "V"): string {
  return `At threshold ${threshold.toFixed(2)}, ${CONVENTIONS[connectivity]}`;
}

/** Of which pixels the picture and the count are. */
export function countedWhere(
  copy: { readonly shape: readonly number[]; readonly betti: readonly number[] },
  whole: readonly number[] | undefined,
  convention: string,
): string {
  const [shape, found] = [size(copy.shape), counts(copy.betti)];
  return whole
    ? `Counted on all ${size(whole)} pixels. Picture, bars and run are of a copy of ${shape}: ${found}.`
    : `${convention}. Picture, bars and run are of a copy of ${shape}: ${found}.`;
}

/** Over three priors: how many of them hold. */
export function comparison(holding: number, step: number): Headline {
  const when = step === 0 ? "before a run" : step === 1 ? "after 1 step" : `after ${step} steps`;
  const hold = ["none of them holds", "1 of 3 holds", "2 of 3 hold", "3 of 3 hold"][holding] ?? "";
  return { found: "One image, three priors", rest: `: ${hold} ${when}.` };
}

/** Where it is asked whether a prior holds: of several classes that of `part`, at no threshold. */
export function comparedAt(threshold: number, connectivity: "T" | "V", part: string): string {
  const where = part ? `of the pixels of ${part} by their most probable class` : "at 0.50";
  return (
    `Whether a prior holds is asked ${where}; ${CONVENTIONS[connectivity]}. ` +
    `The contours are at ${threshold.toFixed(2)}.`
  );
}

/** One of the three, for screen readers. */
export function contender(prior: string, betti: readonly number[], holds: boolean): string {
  return holds ? `${prior}: ${counts(betti)}, holds.` : `${prior}: ${counts(betti)}.`;
}

/** What the class has said of the Betti numbers, and what they are. */
export function answer(said: readonly number[], betti: readonly number[]): string {
  const isRight = said.every((number, dimension) => number === betti[dimension]);
  if (isRight) return `Right: ${counts(betti)}.`;
  return `You said ${said.map((number, dimension) => counted(number, dimension)).join(", ")}. It is ${counts(betti)}.`;
}
