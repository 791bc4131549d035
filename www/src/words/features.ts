// The catalogue of what the page says, part by part; here what all parts say of features, pixels and numbers.

import type { Action, Edit } from "bettiscope";

import { cellOf } from "../model/coordinates";

const FEATURES = [
  ["piece", "pieces"],
  ["hole", "holes"],
] as const;

/** The files that are accepted. */
export const ACCEPTED = "PNG, JPEG, WebP, TIFF, NPY, NPZ and NIfTI files";

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

/** "1 piece, 0 holes" */
export function counts(betti: readonly number[]): string {
  return betti.map((number, dimension) => counted(number, dimension)).join(", ");
}

/** What a count of a prior asks for: "1 hole", "0 to 2 holes", "any number of holes". */
export function wantedCount(count: string, dimension: number): string {
  const many = FEATURES[dimension]?.[1] ?? "features";
  if (count === "*") return `any number of ${many}`;
  const [least, most] = count.split("-");
  return most === undefined || most === least ? counted(Number(least), dimension) : `${least} to ${most} ${many}`;
}

/** "1 piece and 2 holes": of each dimension that has any. */
export function features(numbers: readonly number[]): string {
  return numbers.flatMap((number, dimension) => (number > 0 ? [counted(number, dimension)] : [])).join(" and ");
}

/** "1024 × 1024" */
export function size(shape: readonly number[]): string {
  return shape.join(" × ");
}

/** The names of the dimensions, for headings. */
export const DIMENSIONS = ["Components (β0)", "Loops (β1)", "Cavities (β2)"] as const;

const ACTIONS: Record<Action, string> = {
  remove: "removes a piece",
  fill: "fills a hole",
  bridge: "bridges a gap",
  cut: "cuts",
  add: "adds a piece",
  punch: "opens a hole",
};

/** "row 4, column 7: fills a hole, 3 pixels" */
export function editWords({ action, centre: [row = 0, column = 0], pixels }: Edit): string {
  const cost = `${pixels.length} ${pixels.length === 1 ? "pixel" : "pixels"}`;
  return `row ${Math.round(row)}, column ${Math.round(column)}: ${ACTIONS[action]}, ${cost}`;
}

/** A number with three significant digits, for labels. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10_000) return String(Number(value.toPrecision(3)));
  return value.toExponential(1).replace("e+", "e");
}

/** A pixel as people read it: row and column from 0. */
export function place(index: number, shape: readonly number[]): string {
  const { row, column } = cellOf(index, shape);
  return `row ${row}, column ${column}`;
}
