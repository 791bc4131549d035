// Betti numbers and what they are counted by, in words.

const FEATURES = [
  ["piece", "pieces"],
  ["hole", "holes"],
] as const;

/** What the two connectivities mean. */
export const CONVENTIONS = {
  T: "T: foreground 8-connected, background 4-connected",
  V: "V: foreground 4-connected, background 8-connected",
} as const;

/** "1 piece", "0 holes". */
export function counted(number: number, dimension: number): string {
  const [one, many] = FEATURES[dimension] ?? ["feature", "features"];
  return `${number} ${number === 1 ? one : many}`;
}

/** What a count of a prior asks for: "1 hole", "0 to 2 holes", "any number of holes". */
export function wantedCount(count: string, dimension: number): string {
  const many = FEATURES[dimension]?.[1] ?? "features";
  if (count === "*") return `any number of ${many}`;
  const [least, most] = count.split("-");
  return most === undefined || most === least ? counted(Number(least), dimension) : `${least} to ${most} ${many}`;
}

/** The two parts of a verdict: what there is, and what there should be. */
export interface Verdict {
  /** "1 piece, 0 holes" */
  found: string;
  /** "it should have 1 hole"; empty if everything is as it should be. */
  wanted: string;
}

/** What is found and what is wanted of it. `error` says by how much each Betti number is off. */
export function verdict(betti: readonly number[], counts: readonly string[], error: readonly number[]): Verdict {
  const wrong = counts.flatMap((count, dimension) => (error[dimension] ? [wantedCount(count, dimension)] : []));
  return {
    found: betti.map((number, dimension) => counted(number, dimension)).join(", "),
    wanted: wrong.length === 0 ? "" : `it should have ${wrong.join(" and ")}`,
  };
}

/** A number with three significant digits, for labels. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10_000) return String(Number(value.toPrecision(3)));
  return value.toExponential(1).replace("e+", "e");
}

/** A pixel as people read it: row and column from 0. */
export function place(index: number, columns: number): string {
  return `row ${Math.floor(index / columns)}, column ${index % columns}`;
}
