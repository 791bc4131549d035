// Whatever takes the place of a painting, a run or a setting, it can be returned to.

import { beforeEach, expect, test, vi } from "vitest";

import { fakeFile, fakeLab } from "./fake-clients";

beforeEach(() => {
  vi.useRealTimers();
  vi.stubGlobal("document", { hidden: true });
});

async function ready() {
  const made = fakeLab();
  await made.lab.maker.make({});
  await made.lab.set({ holds: 0, steps: 7 });
  return made;
}

type Lab = Awaited<ReturnType<typeof ready>>["lab"];

async function paint(lab: Lab, value: number) {
  lab.beginStroke();
  await lab.paint(new Float32Array(lab.latestMap).fill(value), 0);
}

/** What is on the screen, for comparing. */
function screen({ setting, frame, history, selected, painted, source }: Lab) {
  const { prior, lambda } = setting;
  const map = frame?.map.slice(0, 8);
  return { prior, lambda, map, steps: history.length, selected, isPainted: painted !== undefined, name: source?.name };
}

const ACTS: readonly (readonly [name: string, act: (lab: Lab) => Promise<void>])[] = [
  ["a stroke", (lab) => paint(lab, 0.75)],
  ["another lambda", (lab) => lab.set({ lambda: 0.5 })],
  ["another prior", (lab) => lab.set({ loops: "3" })],
  ["a reset", (lab) => lab.runner.reset()],
  ["another image", (lab) => lab.choose({ name: "Corners", values: { source: "diagonal" } })],
  ["a file", async (lab) => void (await lab.input.open(fakeFile("file.png")))],
  ["exact repair", (lab) => lab.repair()],
  ["another backend", (lab) => lab.set({ backend: "cpu" })],
];

for (const [name, act] of ACTS) {
  test(`after ${name} undo brings the painting and its run back, and redo what was done`, async () => {
    const { lab } = await ready();
    await paint(lab, 0.6);
    await lab.runner.run();
    lab.selected = 5;
    const before = screen(lab);
    expect(before).toMatchObject({ steps: 8, selected: 5, isPainted: true });
    await act(lab);
    const after = screen(lab);
    expect(after).not.toEqual(before);
    lab.undo();
    expect(screen(lab)).toEqual(before);
    lab.redo();
    expect(screen(lab)).toEqual(after);
  });
}

test("a run that was returned to goes on with the step after its last", async () => {
  const { lab, runs } = await ready();
  await lab.runner.run();
  await paint(lab, 0.75);
  lab.undo();
  await lab.runner.run();
  expect(lab.history.map(({ number }) => number)).toEqual(Array.from({ length: 15 }, (_, number) => number));
  // From the state after five steps, and not from the beginning.
  expect(runs().at(-1)?.request.from?.steps).toBe(5);
});

test("strokes are taken back one by one, and what is drawn in one stroke together", async () => {
  const { lab } = await ready();
  await paint(lab, 0.6);
  lab.beginStroke();
  for (const value of [0.7, 0.8, 0.9]) await lab.paint(new Float32Array(lab.latestMap).fill(value), 0);
  lab.undo();
  expect(lab.frame?.map[0]).toBeCloseTo(0.6);
  lab.undo();
  expect(lab.painted).toBeUndefined();
});

test("a slider that is dragged is one act, and what it passes is nothing to return to", async () => {
  const { lab } = await ready();
  for (const lines of [1, 2, 3]) await lab.set({ lines });
  lab.undo();
  expect(lab.setting.lines).toBe(6);
});

test("a stroke goes on from one that is not computed yet", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("assessMap");
  lab.beginStroke();
  const first = lab.paint(new Float32Array(lab.latestMap).fill(0.7), 0);
  expect(lab.latestMap[0]).toBeCloseTo(0.7);
  letGo();
  await first;
  expect(lab.frame?.map[0]).toBeCloseTo(0.7);
});

test("a prior that is changed while a stroke is computed keeps the stroke", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("assessMap");
  lab.beginStroke();
  const stroke = lab.paint(new Float32Array(lab.latestMap).fill(0.7), 0);
  const prior = lab.set({ loops: "2" });
  letGo();
  await Promise.all([stroke, prior]);
  expect(lab.frame?.map[0]).toBeCloseTo(0.7);
  expect(lab.course?.origin.setting.prior.counts).toEqual(["1", "2"]);
});

test("a file stays open as long as it can be returned to", async () => {
  const { lab, gates } = await ready();
  await lab.input.open(fakeFile("first"));
  await lab.input.open(fakeFile("second"));
  expect(gates.asked("dispose first")).toBe(0);
  lab.undo();
  expect(lab.input.given.file?.name).toBe("first");
  await lab.choose({ name: "Corners", values: { source: "diagonal" } });
  // There is no way to the second any more.
  expect(gates.asked("dispose second")).toBe(1);
  expect(gates.asked("dispose first")).toBe(0);
});

test("what a notice has tried is for this image only, and what the visitor sets stays", async () => {
  const { lab } = await ready();
  await lab.set({ lambda: 0.05, rate: 0.2 });
  await lab.tryWith({ lambda: 0.5 });
  await lab.tryWith({ lambda: 5 });
  expect(lab.setting.lambda).toBe(5);
  await lab.input.open(fakeFile("next"));
  expect(lab.setting).toMatchObject({ lambda: 0.05, rate: 0.2 });
  await lab.tryWith({ lambda: 0.5 });
  await lab.set({ lambda: 0.7 });
  await lab.choose({ name: "Corners", values: { source: "diagonal" } });
  expect(lab.setting.lambda).toBe(0.7);
});

test("of large files only the last one is kept open besides the one on the screen", async () => {
  const { lab, gates } = await ready();
  for (const name of ["5001", "5002", "5003", "5004"]) await lab.input.open(fakeFile(name));
  expect(["5001", "5002", "5003", "5004"].map((name) => gates.asked(`dispose ${name}`))).toEqual([1, 1, 0, 0]);
  // What is done to one file is kept all the same.
  for (const value of [0.6, 0.7, 0.8]) await paint(lab, value);
  for (const value of [0.7, 0.6]) {
    lab.undo();
    expect(lab.frame?.map[0]).toBeCloseTo(value);
  }
});
