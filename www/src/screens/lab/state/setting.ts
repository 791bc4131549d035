// The whole setting of the Lab: one table, which writes the link and reads it.

import { type Prior, type SetPrior, setsOf, textOfSets } from "../../../model/prior";
import { choice, count, type Field, priors, real, several, whole } from "../../../services/field";
import { CLASSES } from "./sizes";

/** What a teacher's link can hide. */
export const HIDEABLE = [
  "input",
  "prior",
  "optimisation",
  "transport",
  "barcode",
  "loss",
  "compare",
  "betti",
  "exports",
] as const;

/** The fields in the order in which a link has them. */
export const FIELDS = {
  /** Where the image comes from. */
  source: choice("source", ["opening", "digit", "heart", "shape", "diagonal", "drawing", "upload"], "opening"),
  /** Which digit. */
  label: whole("label", 0, 9, 8),
  /** Which kind of shape. */
  shape: choice("shape", ["rings", "blobs", "tree", "cells"], "rings"),
  /** Which sample. */
  seed: whole("seed", 0, 999_999, 1),
  /** How many rows, and how many columns, of k-space are set to 0. */
  lines: whole("m", 0, 60, 6),
  /** Which ones. */
  noise: whole("noise", 0, 999_999, 1),
  /** The network that makes the map; `none`: the image is the map. */
  model: choice("model", ["digits", "heart", "heart-classes", "shapes", "none"], "none"),
  /** How many components there should be. */
  components: count("b0", "1"),
  /** How many loops there should be. */
  loops: count("b1", "1"),
  /** How many there should be of each class, and of unions of classes, where the network has several. */
  priors: priors("priors"),
  /** Which of these is on the screen. */
  shown: whole("shown", 0, 15, 0),
  /** The weight of the components in equation 4. */
  componentsWeight: real("w0", 0, 100, 1),
  /** The weight of the loops in equation 4. */
  loopsWeight: real("w1", 0, 100, 1),
  /** Which pixels are neighbours. */
  connectivity: choice("connectivity", ["T", "V"], "T"),
  /** What the optimisation changes. */
  target: choice("target", ["weights", "pixels"], "pixels"),
  /** The weight of the topological loss in equation 5. */
  lambda: real("lambda", 0, 1000, 0.02),
  /** The learning rate of Adam. */
  rate: real("rate", 1e-9, 10, 0.1),
  /** After how many updates the run ends. */
  steps: whole("steps", 1, 2000, 200),
  /** For how many steps the prior has to hold for the run to end; 0: it does not end for that. */
  holds: whole("holds", 0, 100, 3),
  /** The threshold. */
  threshold: real("threshold", 0, 1, 0.5),
  /** The radius of the closing that the optimisation is compared with, in pixels. */
  closing: whole("closing", 1, 200, 2),
  /** The most steps a second; 0: as many as the machine makes. */
  speed: choice("speed", ["1", "4", "full"], "full"),
  /** What computes. */
  backend: choice("backend", ["auto", "cpu", "webgpu"], "auto"),
  /** What fills the middle of the screen. */
  view: choice("view", ["pictures", "priors"], "pictures"),
  /** How bars are shown. */
  chart: choice("chart", ["barcode", "diagram"], "barcode"),
  /** What is beside the barcode. */
  panel: choice("panel", ["loss", "errors", "pixel", "tricks", "bars"], "loss"),
  /** What is not shown. */
  hide: several("hide", HIDEABLE),
  /** Whether the barcode is covered until the class has committed to its Betti numbers. */
  predict: choice("predict", ["no", "yes"], "no"),
} as const;

type Value<F> = F extends Field<infer V> ? V : never;

/** The setting entry by entry, as links and scripts have it. */
export type Values = { -readonly [Name in keyof typeof FIELDS]: Value<(typeof FIELDS)[Name]> };

/** The name of an entry. */
export type SettingName = keyof Values;

/** The entries of the prior, one of each for each dimension. */
const COUNTS = ["components", "loops"] as const;
const WEIGHTS = ["componentsWeight", "loopsWeight"] as const;

/** The whole setting. */
export interface Setting extends Readonly<Values> {
  /** How many features there should be, and what they weigh: of the classes that are on the screen, where there are several. */
  readonly prior: Prior;
  /** The priors of all classes and unions of classes; none where the network has one class. */
  readonly sets: readonly SetPrior[];
}

/** The entry for another weight of one dimension. */
export function weightEntry(dimension: number, weight: number): Partial<Values> {
  return { [WEIGHTS[dimension] ?? ""]: weight };
}

/** The entries for another count of one dimension in the prior that is on the screen. */
export function countEntry(setting: Setting, dimension: number, count: string): Partial<Values> {
  return priorEntries(
    setting,
    setting.prior.counts.map((known, place) => (place === dimension ? count : known)),
  );
}

/** The entries for other counts in the prior that is on the screen. */
export function priorEntries({ sets, shown }: Setting, counts: readonly string[]): Partial<Values> {
  if (sets.length === 0) return Object.fromEntries(COUNTS.map((name, dimension) => [name, counts[dimension]]));
  const place = placeOf(sets, shown);
  return { priors: textOfSets(sets.map((known, at) => (at === place ? { ...known, counts } : known))) };
}

/** The set of classes that is on the screen, where there are several. */
export function shownSet({ sets, shown }: Setting): string {
  return sets[placeOf(sets, shown)]?.set ?? "";
}

function placeOf(sets: readonly SetPrior[], shown: number): number {
  return Math.min(shown, sets.length - 1);
}

/** What the image and its map depend on. */
export const OF_SOURCE: readonly SettingName[] = ["source", "label", "shape", "seed", "lines", "noise", "model"];

/** What a run depends on besides. */
export const OF_RUN: readonly SettingName[] = [
  "components",
  "loops",
  "priors",
  "componentsWeight",
  "loopsWeight",
  "connectivity",
  "target",
  "lambda",
  "rate",
  "steps",
  "holds",
  "backend",
];

/** What a run depends on besides, under the priors that there are: those of classes, or that of the foreground. */
export function ofRun({ sets }: Setting): readonly SettingName[] {
  const others: readonly SettingName[] = sets.length > 0 ? COUNTS : ["priors"];
  return OF_RUN.filter((name) => !others.includes(name));
}

const NAMES = Object.keys(FIELDS) as SettingName[];

/** The setting of a first visit. */
export function defaultSetting(): Setting {
  return settingOf(Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].fallback])) as unknown as Values);
}

/** A setting entry by entry. */
export function valuesOf({ prior, sets, ...values }: Setting): Values {
  return values;
}

/** Whether two settings have different values of an entry. */
export function differ(name: SettingName, one: Setting, other: Setting): boolean {
  return valuesOf(one)[name] !== valuesOf(other)[name];
}

/** The part of a link after `#/lab?` that restores a setting; empty for the default one. */
export function writeSetting(setting: Setting): string {
  const values = valuesOf(setting);
  const parts = NAMES.flatMap((name) => {
    const { key, fallback, write } = FIELDS[name] as unknown as Field<unknown>;
    const text = write(values[name]);
    return text === write(fallback) ? [] : [`${key}=${encodeURIComponent(text).replaceAll("%2C", ",")}`];
  });
  return parts.join("&");
}

/** The setting of a link, and one sentence for each part of it that was not understood. */
export function readSetting(link: string): { setting: Setting; problems: string[] } {
  const values = valuesOf(defaultSetting()) as Record<SettingName, unknown>;
  const problems: string[] = [];
  for (const [key, text] of new URLSearchParams(link)) {
    const name = NAMES.find((name) => FIELDS[name].key === key);
    const value = name && FIELDS[name].read(text);
    if (name === undefined) problems.push(`The link says ${key}=${text}, and there is no such setting.`);
    else if (value === undefined) {
      problems.push(`The link says ${key}=${text}; accepted is ${FIELDS[name].accepted}.`);
    } else values[name] = value;
  }
  return { setting: settingOf(values as Values), problems };
}

/** The setting with some entries replaced; throws a `RangeError` for a value that is not accepted. */
export function withValues(setting: Setting, values: Partial<Values>): Setting {
  const next: Record<string, unknown> = { ...valuesOf(setting) };
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(FIELDS, name))
      throw new RangeError(`There is no setting "${name}"; there are ${NAMES.join(", ")}.`);
    const field = FIELDS[name as SettingName] as unknown as Field<unknown>;
    const text = typeof value === "number" || typeof value === "string" ? String(value) : field.write(value);
    const read = field.read(text);
    if (read === undefined) throw new RangeError(`${name} was given ${text}; accepted is ${field.accepted}.`);
    next[name] = read;
  }
  return settingOf(next as Values);
}

/** Some entries of a setting. */
export function pick(setting: Setting, names: readonly SettingName[]): Partial<Values> {
  const values = valuesOf(setting);
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Partial<Values>;
}

/** Entries without some of them. */
export function without(values: Partial<Values>, names: readonly SettingName[]): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name as SettingName)));
}

/** The setting of all its entries. */
function settingOf(values: Values): Setting {
  const known = CLASSES[values.model];
  const sets = known ? setsOf(values.priors || known.priors) : [];
  const counts = sets[placeOf(sets, values.shown)]?.counts ?? COUNTS.map((name) => values[name]);
  return { ...values, prior: { counts, weights: WEIGHTS.map((name) => values[name]) }, sets };
}
