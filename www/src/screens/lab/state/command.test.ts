// The command line of a course.

import { expect, test } from "vitest";
import type { Frame } from "../../../model/frame";
import { commandLine } from "./command";
import { Course, type Origin } from "./course.svelte";
import { emptyBarcode } from "./fake-clients";
import { defaultSetting, type Values, withValues } from "./setting";

const SHAPE = [2, 2];

function frame(number: number): Frame {
  return {
    number,
    map: new Float32Array(4),
    barcode: emptyBarcode(SHAPE),
    role: new Uint8Array(),
    term: new Float64Array(),
    topological: [0, 0],
    similarity: 0,
    total: 1,
    betti: [1, number],
    priorHolds: false,
  };
}

function course(values: Partial<Values>, steps = 0, origin: Partial<Origin> = {}): Course {
  const map = { values: new Float32Array(4), shape: SHAPE };
  const source = { name: "A map", image: { ...map, values: Float32Array.of(1, 0, 0, 0) }, truth: undefined, notes: [] };
  const setting = withValues(defaultSetting(), values);
  const made = new Course(
    {
      setting,
      tried: {},
      given: {} as never,
      source,
      map,
      whole: undefined,
      isPainted: false,
      change: undefined,
      ...origin,
    },
    frame(0),
    {},
  );
  for (let number = 0; number <= steps && steps > 0; number += 1) made.append(frame(number), undefined);
  return made;
}

/** The last line: what is run. */
async function lineOf(made: Course): Promise<string> {
  return (await commandLine(made, "https://example.org/#b1=2", "map-input.npy")).split("\n").at(-1) ?? "";
}

test("before a run the command has the setting's steps and stop rule", async () => {
  expect(await lineOf(course({ steps: 60, holds: 3 }))).toBe(
    "bettiscope postprocess map-input.npy --as map --normalise none --betti '1,1' --lambda 0.02 --rate 0.1 --steps 60 --stop prior:3 -o out",
  );
});

test("after a run it makes the steps that were made, however often it was gone on with", async () => {
  const line = await lineOf(course({ steps: 60, holds: 3 }, 87));
  expect(line).toContain("--steps 87 --stop never");
});

test("a rule of the network's record does not end what the page does not end", async () => {
  expect(await lineOf(course({ model: "heart", holds: 0 }))).toContain("--stop never");
});

test("the weights of equation 4, a network and the connectivity are in it", async () => {
  const line = await lineOf(
    course({ model: "heart", target: "weights", componentsWeight: 0.5, loopsWeight: 2, connectivity: "V" }),
  );
  expect(line).toContain("--model heart --target weights --normalise none");
  expect(line).toContain("--weights 0.5,2");
  expect(line).toContain("--connectivity V");
});

test("what was painted is the input, whatever network it was painted over", async () => {
  const map = { values: Float32Array.of(0.5, 0, 0, 0), shape: SHAPE };
  const painted = course({ model: "heart", target: "weights" }, 0, { map, isPainted: true });
  expect(await lineOf(painted)).toContain("--as map");
  expect(await lineOf(painted)).not.toContain("--model");
  const text = await commandLine(painted, "", "map-input.npy");
  expect(text).toContain("with what was painted");
  const hash = (lines: string) => /SHA-256 .*: ([0-9a-f]{64})/.exec(lines)?.[1];
  const whole = course({ model: "none" }, 0, { map });
  expect(hash(text)).toBe(hash(await commandLine(whole, "", "map-input.npy")));
});

test("a file's name is quoted for the shell", async () => {
  expect(await commandLine(course({}), "", "Åsa's scan-input.npy")).toContain(
    "postprocess 'Åsa'\\''s scan-input.npy' --as map",
  );
});
