import { expect, test } from "vitest";

import { EXAMPLES } from "./examples";
import { defaultSetting, readSetting, type Setting, withValues, writeSetting } from "./setting";

const FAR: Partial<Setting> = {
  source: "digit",
  label: 3,
  seed: 12,
  lines: 9,
  noise: 4,
  model: "digits",
  components: "0-2",
  loops: "*",
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
    expect(withValues(defaultSetting(), values), name).toMatchObject(values);
  }
});

test("the default setting is an empty link", () => {
  expect(writeSetting(defaultSetting())).toBe("");
  expect(readSetting("")).toEqual({ setting: defaultSetting(), problems: [] });
});

test("a link restores every value", () => {
  const setting = withValues(defaultSetting(), FAR);
  expect(readSetting(`#${writeSetting(setting)}`)).toEqual({ setting, problems: [] });
});

test("what a link says wrongly keeps its default and is said", () => {
  const { setting, problems } = readSetting("#b0=2-1&lambda=-3&m=1.5&threshold=nan&hide=everything&b1=2");
  expect(setting).toEqual({ ...defaultSetting(), loops: "2" });
  expect(problems).toHaveLength(5);
  expect(problems[0]).toBe("The link says b0=2-1; accepted is 1 (exactly one), 0-2 (none to two) or * (any).");
});

test("numbers of a link have a point or a comma", () => {
  const { setting, problems } = readSetting("#lambda=0,25&threshold=0.75&rate=1e-5");
  expect(setting).toEqual({ ...defaultSetting(), lambda: 0.25, threshold: 0.75, rate: 1e-5 });
  expect(problems).toEqual([]);
});

test("a value that is not accepted is refused by name", () => {
  expect(() => withValues(defaultSetting(), { threshold: 2 })).toThrow(
    "threshold was given 2; accepted is a number from 0 to 1",
  );
  expect(() => withValues(defaultSetting(), { nothing: 1 } as never)).toThrow('There is no setting "nothing"');
});
