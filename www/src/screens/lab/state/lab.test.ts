// What is selected of what is on the screen.

import { expect, test } from "vitest";

import { WHOLE } from "../../../model/viewport";
import { Course } from "./course.svelte";
import { EXAMPLES } from "./examples";
import { emptyBarcode, fakeLab } from "./fake-clients";
import { writeSetting } from "./setting";

test("a bar is pointed at and pinned, unless it is to be guessed", async () => {
  const { lab } = fakeLab();
  await lab.maker.make({});
  const { course, analyser } = lab;
  if (!course || !analyser.analysis) throw new Error("nothing was made");
  const barcode = {
    ...emptyBarcode([64, 64]),
    dimension: Uint8Array.of(0),
    birth: Float32Array.of(0.9),
    death: Float32Array.of(0),
    birthIndex: Uint32Array.of(7),
    deathIndex: Int32Array.of(-1),
    starts: [0, 1, 1],
  };
  lab.put(new Course(course.origin, { ...course.first, barcode }, {}), analyser.analysis);
  lab.view.pointAt(7);
  expect(lab.view.hoveredBar).toBe(0);
  lab.pinBar(0);
  expect(lab.view.pinnedBar).toBe(0);
  await lab.set({ predict: "yes" });
  expect(lab.view.hoveredBar).toBeUndefined();
  expect(lab.view.pinnedBar).toBeUndefined();
});

test("a key that is no setting is refused, whatever objects have", async () => {
  const { lab } = fakeLab();
  await expect(lab.set({ toString: "1" } as never)).rejects.toThrow('There is no setting "toString"');
});

test("a sample is the same whatever was chosen before, and is seen as a whole", async () => {
  const { lab } = fakeLab();
  const [, , digit] = EXAMPLES;
  const [opening] = EXAMPLES;
  if (!digit || !opening) throw new Error("there are no examples");
  await lab.choose(digit);
  const { noise, lines, seed, label } = lab.setting;
  await lab.set({ noise: 77, lines: 3, shape: "cells", label: 2 });
  lab.view.viewport = { zoom: 4, x: 0.2, y: 0.2 };
  await lab.choose(opening);
  expect(lab.view.viewport).toEqual(WHOLE);
  expect(writeSetting(lab.setting)).not.toMatch(/noise|m=|shape|label/);
  await lab.choose(digit);
  expect(lab.setting).toMatchObject({ noise, lines, seed, label, shape: "rings" });
});

test("an error of the mask is looked at, and a second time everything is seen again", () => {
  const { lab } = fakeLab();
  const spot = { pixels: Uint32Array.of(20 * 64 + 48), centre: [20, 48], dimension: 1, shape: [64, 64] };
  lab.view.lookAt(spot);
  expect(lab.view.viewport).toEqual({ zoom: 4, x: 48.5 / 64, y: 20.5 / 64 });
  lab.view.lookAt(spot);
  expect(lab.view.viewport).toEqual(WHOLE);
  expect(lab.view.spot).toBeUndefined();
});
