// What is selected of what is on the screen.

import { expect, test } from "vitest";

import { Course } from "./course.svelte";
import { emptyBarcode, fakeLab } from "./fake-clients";

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
  lab.pointAt(7);
  expect(lab.hoveredBar).toBe(0);
  lab.pinBar(0);
  expect(lab.pinnedBar).toBe(0);
  await lab.set({ predict: "yes" });
  expect(lab.hoveredBar).toBeUndefined();
  expect(lab.pinnedBar).toBeUndefined();
});

test("a key that is no setting is refused, whatever objects have", () => {
  const { lab } = fakeLab();
  expect(lab.set({ toString: "1" } as never)).rejects.toThrow('There is no setting "toString"');
});
