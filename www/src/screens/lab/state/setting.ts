// The whole setting of the Lab: one table, which writes the link and reads it.

import { choice, count, type Field, real, several, whole } from "../../../services/field";

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
  model: choice("model", ["digits", "heart", "shapes", "none"], "none"),
  /** How many components there should be. */
  components: count("b0", "1"),
  /** How many loops there should be. */
  loops: count("b1", "1"),
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

/** The whole setting. */
export type Setting = { -readonly [Name in keyof typeof FIELDS]: Value<(typeof FIELDS)[Name]> };

/** The name of a field. */
export type SettingName = keyof Setting;

/** What the image and its map depend on. */
export const OF_SOURCE: readonly SettingName[] = ["source", "label", "shape", "seed", "lines", "noise", "model"];

/** What a run depends on besides. */
export const OF_RUN: readonly SettingName[] = [
  "components",
  "loops",
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

const NAMES = Object.keys(FIELDS) as SettingName[];

/** The setting of a first visit. */
export function defaultSetting(): Setting {
  return Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].fallback])) as unknown as Setting;
}

/** The part of a link after `#` that restores a setting; empty for the default one. */
export function writeSetting(setting: Setting): string {
  const parts = NAMES.flatMap((name) => {
    const { key, fallback, write } = FIELDS[name] as unknown as Field<unknown>;
    const text = write(setting[name]);
    return text === write(fallback) ? [] : [`${key}=${encodeURIComponent(text).replaceAll("%2C", ",")}`];
  });
  return parts.join("&");
}

/** The setting of a link, and one sentence for each part of it that was not understood. */
export function readSetting(link: string): { setting: Setting; problems: string[] } {
  const setting = defaultSetting() as Record<SettingName, unknown>;
  const problems: string[] = [];
  for (const [key, text] of new URLSearchParams(link.replace(/^#/, ""))) {
    const name = NAMES.find((name) => FIELDS[name].key === key);
    const value = name && FIELDS[name].read(text);
    if (name === undefined) problems.push(`The link says ${key}=${text}, and there is no such setting.`);
    else if (value === undefined) {
      problems.push(`The link says ${key}=${text}; accepted is ${FIELDS[name].accepted}.`);
    } else setting[name] = value;
  }
  return { setting: setting as Setting, problems };
}

/** The setting with some values replaced; throws a `RangeError` for a value that is not accepted. */
export function withValues(setting: Setting, values: Partial<Setting>): Setting {
  const next: Record<string, unknown> = { ...setting };
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(FIELDS, name))
      throw new RangeError(`There is no setting "${name}"; there are ${NAMES.join(", ")}.`);
    const field = FIELDS[name as SettingName] as unknown as Field<unknown>;
    const text = typeof value === "number" || typeof value === "string" ? String(value) : field.write(value);
    const read = field.read(text);
    if (read === undefined) throw new RangeError(`${name} was given ${text}; accepted is ${field.accepted}.`);
    next[name] = read;
  }
  return next as Setting;
}

/** Some values of a setting. */
export function pick(setting: Setting, names: readonly SettingName[]): Partial<Setting> {
  return Object.fromEntries(names.map((name) => [name, setting[name]])) as Partial<Setting>;
}

/** Values without some of them. */
export function without(values: Partial<Setting>, names: readonly SettingName[]): Partial<Setting> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name as SettingName)));
}

/** The prior of a setting, as the workers take it. */
export function priorOf(setting: Pick<Setting, "components" | "loops" | "componentsWeight" | "loopsWeight">): {
  betti: string;
  weights: number[];
} {
  return {
    betti: `${setting.components},${setting.loops}`,
    weights: [setting.componentsWeight, setting.loopsWeight],
  };
}
