import { expect, test } from "vitest";

import { EXAMPLES } from "./examples";
import {
  countEntry,
  defaultSetting,
  differ,
  priorEntries,
  readSetting,
  shownSet,
  type Values,
  valuesOf,
  withValues,
  writeSetting,
} from "./setting";

const FAR: Partial<Values> = {
  source: "digit",
  label: 3,
  seed: 12,
  lines: 9,
  noise: 4,
  model: "digits",
  components: "0-2",
  loops: "*",
  priors: "1:1,0;2:*,1-3",
  shown: 1,
  componentsWeight: 0.5,
  connectivity: "V",
  target: "weights",
  lambda: 1e-3,
  rate: 1e-5,
  steps: 50,
  holds: 0,
  threshold: 0.25,
  closing: 7,
  speed: "4",
  backend: "cpu",
  view: "priors",
  chart: "diagram",
  panel: "bars",
  hide: ["prior", "loss"],
  predict: "yes",
};

test("the settings of the gallery are accepted", () => {
  for (const { name, values } of EXAMPLES) {
    expect(valuesOf(withValues(defaultSetting(), values)), name).toMatchObject(values);
  }
});

test("the prior is one value, and its entries have names of their own", () => {
  const setting = withValues(defaultSetting(), { components: "0-2", loopsWeight: 0.5 });
  expect(setting.prior).toEqual({ counts: ["0-2", "1"], weights: [1, 0.5] });
  expect(writeSetting(setting)).toBe("b0=0-2&w1=0.5");
  expect(valuesOf(setting)).toMatchObject({ components: "0-2", loops: "1", componentsWeight: 1, loopsWeight: 0.5 });
  expect(withValues(setting, priorEntries(setting, ["2", "*"])).prior.counts).toEqual(["2", "*"]);
  expect(withValues(setting, countEntry(setting, 1, "3")).prior).toEqual({ counts: ["0-2", "3"], weights: [1, 0.5] });
  expect(differ("loops", setting, withValues(setting, { loops: "2" }))).toBe(true);
  expect(differ("components", setting, withValues(setting, { loops: "2" }))).toBe(false);
});

test("a network of several classes has a prior for each, one of which is on the screen", () => {
  const setting = withValues(defaultSetting(), { model: "heart-classes", components: "3", shown: 1 });
  expect(setting.sets.map(({ set }) => set)).toEqual(["1", "2", "1+2"]);
  expect([setting.prior.counts, shownSet(setting)]).toEqual([["1", "1"], "2"]);
  const more = withValues(setting, countEntry(setting, 1, "1-2"));
  expect(more.prior.counts).toEqual(["1", "1-2"]);
  expect(withValues(more, { shown: 0 }).prior.counts).toEqual(["1", "0"]);
  expect(withValues(more, { shown: 9 }).prior.counts).toEqual(["1", "0"]);
  const back = withValues(more, { model: "heart" });
  expect([back.sets, back.prior.counts]).toEqual([[], ["3", "1"]]);
  const link = writeSetting(more);
  expect(link).toContain("priors=1%3A1,0%3B2%3A1,1-2%3B1%2B2%3A1,0");
  expect(readSetting(link)).toEqual({ setting: more, problems: [] });
  for (const priors of ["1", "1:1", "cavity:1,0", "1:1,0;;2:1,1", "1:2-1,0", "1:1,0:2"]) {
    expect(readSetting(`priors=${encodeURIComponent(priors)}`).problems[0], priors).toContain("1:1,0;2:1,1;1+2:1,0");
  }
});

test("the default setting is an empty link", () => {
  expect(writeSetting(defaultSetting())).toBe("");
  expect(readSetting("")).toEqual({ setting: defaultSetting(), problems: [] });
});

test("a link restores every value", () => {
  const setting = withValues(defaultSetting(), FAR);
  expect(readSetting(writeSetting(setting))).toEqual({ setting, problems: [] });
});

test("what a link says wrongly keeps its default and is said", () => {
  const { setting, problems } = readSetting("b0=2-1&lambda=-3&m=1.5&threshold=nan&hide=everything&b1=2");
  expect(setting).toEqual(withValues(defaultSetting(), { loops: "2" }));
  expect(problems).toHaveLength(5);
  expect(problems[0]).toBe("The link says b0=2-1; accepted is 1 (exactly one), 0-2 (none to two) or * (any).");
});

test("numbers of a link have a point or a comma", () => {
  const { setting, problems } = readSetting("lambda=0,25&threshold=0.75&rate=1e-5");
  expect(setting).toEqual({ ...defaultSetting(), lambda: 0.25, threshold: 0.75, rate: 1e-5 });
  expect(problems).toEqual([]);
});

test("a value that is not accepted is refused by name", () => {
  expect(() => withValues(defaultSetting(), { threshold: 2 })).toThrow(
    "threshold was given 2; accepted is a number from 0 to 1",
  );
  expect(() => withValues(defaultSetting(), { nothing: 1 } as never)).toThrow('There is no setting "nothing"');
});
