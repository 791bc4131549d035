// How much of a run is kept, and that the rest is computed again.

import { beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "../../../model/frame";
import { Course, type Origin } from "./course.svelte";
import { emptyBarcode, fakeFile, fakeLab } from "./fake-clients";
import { defaultSetting } from "./setting";

beforeEach(() => {
  vi.stubGlobal("document", { hidden: true });
});

const SIDE = 256;
const SHAPE = [SIDE, SIDE];

/** A step of a run on 256 x 256 pixels: about as much as one has when it has some hundred bars. */
function frame(number: number): Frame {
  const bars = 500;
  const barcode = { ...emptyBarcode(SHAPE), birth: new Float32Array(4 * bars) } as Frame["barcode"];
  return {
    number,
    map: new Float32Array(SIDE * SIDE).fill(number),
    barcode,
    role: new Uint8Array(bars),
    term: new Float64Array(bars),
    topological: [0, 0],
    similarity: 0,
    total: 1,
    betti: [1, 0],
    priorHolds: false,
  };
}

function course() {
  const map = { values: frame(0).map, shape: SHAPE };
  const source = { name: "A map", image: map, truth: undefined, notes: [] };
  const setting = defaultSetting();
  const rest = { tried: {}, given: {} as never, whole: undefined, isPainted: false, change: undefined };
  const origin: Origin = { setting, source, map, ...rest };
  return new Course(origin, frame(0), {});
}

test("a run of 1000 steps on 256 x 256 pixels holds at most 130 MB, and every step's numbers", () => {
  const run = course();
  for (let number = 0; number <= 1000; number += 1) {
    const steps = number + 1;
    run.append(frame(number), steps % 5 === 0 ? { steps, state: new Uint8Array(16 * 65536) } : undefined);
  }
  expect(run.bytes).toBeLessThan(130e6);
  expect(run.outlines.map(({ number }) => number)).toEqual(Array.from({ length: 1001 }, (_, number) => number));
  expect(run.kept(0)?.number).toBe(0);
  expect(run.kept(1000)?.map[0]).toBe(1000);
  expect(run.kept(500)).toBeUndefined();
  // Not far to go to any of them.
  for (let number = 0; number <= 1000; number += 1) {
    expect(number - (run.stateBefore(number)?.steps ?? 0)).toBeLessThanOrEqual(50);
  }
});

test("a course that is put aside holds little", () => {
  const run = course();
  for (let number = 0; number < 100; number += 1) run.append(frame(number), undefined);
  run.putAside();
  expect(run.bytes).toBeLessThan(5e6);
  expect(run.frame.number).toBe(99);
});

test("a step that was too much to keep is computed again, and shown when it is there", async () => {
  const { lab, runs, gates } = fakeLab();
  await lab.input.open(fakeFile("512"));
  await lab.set({ holds: 0, steps: 130 });
  await lab.runner.run();
  const letGo = gates.hold("step");
  lab.selected = 27;
  expect(lab.selected).toBe(27);
  // Until then what was there before.
  expect(lab.frame?.number).toBe(130);
  await vi.waitFor(() => expect(lab.recaller.text).toBe("Computing step 27 again"));
  letGo();
  await vi.waitFor(() => expect(lab.frame?.number).toBe(27));
  expect(lab.frame?.map[0]).toBeCloseTo((lab.first?.map[0] ?? 0) + 0.027);
  expect(lab.recaller.text).toBeUndefined();
  // From the last state before it, and the one after it from there.
  expect(runs().at(-1)?.request.from?.steps).toBe(25);
  const asked = gates.asked("step");
  lab.selected = 28;
  await vi.waitFor(() => expect(lab.frame?.number).toBe(28));
  expect(gates.asked("step")).toBe(asked + 1);
  // A run goes on at its end all the same.
  await lab.runner.step();
  expect(lab.frame?.number).toBe(131);
  // Of two that are asked for only the later one is shown, and a cancelled one is not selected any more.
  lab.selected = 20;
  lab.selected = 26;
  await vi.waitFor(() => expect(lab.frame?.number).toBe(26));
  lab.selected = 10;
  lab.cancel();
  expect(lab.selected).toBe(26);
}, 30_000);
