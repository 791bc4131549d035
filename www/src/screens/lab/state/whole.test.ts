// A file with more pixels than are followed step by step: whatever is said of it is of all its pixels.

import { expect, test } from "vitest";
import { wholeOf } from "../../../model/whole";
import { saveMap, saveMask } from "./exports";
import { fakeFile, fakeLab } from "./fake-clients";

const grid = (shape: readonly number[], set: readonly number[] = []) => {
  const values = new Float32Array((shape[0] ?? 0) * (shape[1] ?? 0));
  for (const index of set) values[index] = 1;
  return { values, shape };
};

test("what has not changed in the copy is as it is in the whole, and what has is for all that the pixel covers", () => {
  const copy = grid([2, 3], [0]);
  // Seven columns on three: the pixels of the copy cover 2, 2 and 3 of them.
  const whole = { grid: grid([4, 7], [0, 20]), copy };
  expect(wholeOf(copy, whole, 0.5)).toBe(whole.grid);
  expect(wholeOf(grid([2, 3], [0, 5]), undefined, 0.5)).toEqual(grid([2, 3], [0, 5]));
  const moved = { values: Float32Array.from([1, 0.4, 0, 0, 0, 0.75]), shape: [2, 3] };
  const { values, shape } = wholeOf(moved, whole, 0.5);
  expect(shape).toEqual([4, 7]);
  const changed = [...values.keys()].filter((pixel) => values[pixel] !== whole.grid.values[pixel]);
  expect(changed).toEqual([18, 19, 20, 25, 26, 27]);
  expect(values[20]).toBe(0.75);
});

async function large() {
  const made = fakeLab();
  await made.lab.maker.make({});
  await made.lab.input.open(fakeFile("mask 600"));
  return made;
}

test("a mask of 600 pixels is counted and saved with all of them, and a run sees 512", async () => {
  const { lab, gates } = await large();
  expect(lab.shape).toEqual([512, 512]);
  lab.analyser.tally();
  await new Promise((resolve) => setTimeout(resolve));
  expect(gates.asked("check 600x600")).toBe(1);
  expect(lab.analyser.counted?.verdict.betti).toEqual([1, 2]);
  await saveMask(lab, "png");
  expect(gates.asked("encode 600x600")).toBe(1);
  expect((await saveMap(lab, "npy")).name).toBe("mask-600-map-step-0-reduced-to-512x512.npy");
  await lab.set({ threshold: 0.4 });
  expect(lab.analyser.counted).toBeUndefined();
});

test("exact repair mends all pixels, shows what it cost, and can be taken back", async () => {
  const { lab, gates } = await large();
  const before = lab.course;
  await lab.repair();
  expect(gates.asked("repair 600x600")).toBe(1);
  expect(lab.whole?.shape).toEqual([600, 600]);
  expect(lab.whole?.values[5]).toBe(0.75);
  expect(lab.frame?.map[0]).toBe(0.75);
  const { change } = lab.course?.origin ?? {};
  expect(change).toMatchObject({ name: "Exact repair", edits: [{ action: "fill" }], shape: [600, 600] });
  expect(change?.before).toBe(before?.origin.map.values);
  // A stroke is on the copy, and the whole follows it.
  lab.beginStroke();
  const stroke = Float32Array.from(lab.latestMap);
  stroke[0] = 0;
  await lab.paint(stroke, 0);
  expect(lab.course?.origin.change).toBeUndefined();
  // 600 on 512: the first pixel covers one.
  expect([...(lab.whole?.values.subarray(0, 2) ?? [])]).toEqual([0, 0.75]);
  lab.undo();
  lab.undo();
  expect(lab.course).toBe(before);
  expect(lab.whole?.values[0]).toBe(0.25);
});
