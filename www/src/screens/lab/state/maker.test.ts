// What comes on the screen, of things that were asked for while others were on their way.

import { beforeEach, expect, test, vi } from "vitest";

import { fakeFile, fakeLab, RECORD } from "./fake-clients";
import { valuesOf } from "./setting";

beforeEach(() => {
  vi.stubGlobal("document", { hidden: true });
});

async function ready() {
  const made = fakeLab();
  await made.lab.maker.make({});
  return made;
}

/** Paints the map with one value. */
async function paint(lab: Awaited<ReturnType<typeof ready>>["lab"], value: number) {
  lab.beginStroke();
  await lab.paint(new Float32Array(lab.latestMap).fill(value), 0);
}

test("two clicks on a stepper, the second while the first is computed, keep the painting", async () => {
  const { lab, gates } = await ready();
  await paint(lab, 0.75);
  const letGo = gates.hold("assessMap");
  const clicks = [lab.set({ loops: "2" }), lab.set({ loops: "3" })];
  letGo();
  await Promise.all(clicks);
  expect(lab.painted?.values[0]).toBe(0.75);
  expect(lab.frame?.map[0]).toBe(0.75);
});

test("a file that is slow to read does not replace what was chosen later", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode slow");
  const slow = lab.input.open(fakeFile("slow"));
  await lab.choose({ name: "Corners", values: { source: "diagonal" } });
  letGo();
  expect(await slow).toBe(false);
  expect(lab.source?.name).toBe("Corners");
  expect(lab.setting.source).toBe("diagonal");
});

test("the same sample, chosen once more, counts as a later choice too", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode slow");
  const slow = lab.input.open(fakeFile("slow"));
  await lab.choose({ name: "Broken ring", values: { source: "opening" } });
  letGo();
  expect(await slow).toBe(false);
  expect(lab.source?.name).toBe("A broken ring");
});

test("of two files the one that was opened last is shown, whichever is read first", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode first");
  const first = lab.input.open(fakeFile("first"));
  expect(await lab.input.open(fakeFile("second"))).toBe(true);
  letGo();
  expect(await first).toBe(false);
  expect(lab.source?.name).toBe("second");
});

test("a prior that is changed while a file is read is the file's", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode slow");
  const slow = lab.input.open(fakeFile("slow"));
  const prior = lab.set({ loops: "2" });
  letGo();
  expect(await slow).toBe(true);
  await prior;
  expect(lab.source?.name).toBe("slow");
  expect(lab.course?.origin.setting.prior.counts).toEqual(["1", "2"]);
});

test("a network that is chosen while a file is read segments the file", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode slow");
  const slow = lab.input.open(fakeFile("slow"));
  const model = lab.chooseModel("digits");
  letGo();
  expect(await slow).toBe(true);
  await model;
  expect(lab.source?.name).toBe("slow");
  expect(lab.setting).toMatchObject({ source: "upload", model: "digits", lambda: RECORD.lambda });
  expect(gates.asked("segment")).toBe(1);
});

test("the options of a network come with its sample, and not with a later click", async () => {
  const { lab } = await ready();
  await lab.choose({ name: "Corners", values: { source: "diagonal", model: "none" } });
  await lab.choose({ name: "Corners", values: { source: "diagonal", model: "none" } });
  await lab.set({ model: "digits", lambda: 0.5 });
  expect(lab.setting.lambda).toBe(0.5);
});

test("what the visitor sets while a network is loaded is not replaced by its options", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("model heart");
  const heart = lab.choose({ name: "Heart", values: { source: "heart", model: "heart", target: "weights" } });
  const lambda = lab.set({ lambda: 5 });
  letGo();
  await Promise.all([heart, lambda]);
  expect(lab.setting).toMatchObject({ lambda: 5, rate: RECORD.learning_rate, steps: RECORD.steps });
});

test("the options of a network are taken though its sample is replaced by another on the way", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("model heart");
  const heart = lab.choose({ name: "Heart", values: { source: "heart", model: "heart", target: "weights" } });
  const another = lab.set({ seed: 7 });
  letGo();
  await Promise.all([heart, another]);
  expect(lab.setting).toMatchObject({ seed: 7, lambda: RECORD.lambda });
});

test("another backend while an image is segmented segments it there", async () => {
  const { lab, gates, learners } = await ready();
  const letGo = gates.hold("segment");
  const heart = lab.set({ source: "heart", model: "heart" });
  await vi.waitFor(() => expect(gates.asked("segment")).toBe(1));
  const backend = lab.set({ backend: "cpu" });
  letGo();
  await Promise.all([heart, backend]);
  expect(lab.notice).toBeUndefined();
  expect(lab.source?.name).toBe("A synthetic heart");
  expect(learners.map(({ backend }) => backend)).toEqual(["auto", "cpu"]);
});

test("what is cancelled leaves the screen and the setting as they were", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("sample heart");
  const heart = lab.set({ source: "heart", threshold: 0.4 });
  lab.cancel();
  letGo();
  await heart;
  expect(lab.setting).toMatchObject({ source: "opening", threshold: 0.4 });
  expect(lab.source?.name).toBe("A broken ring");
  expect(lab.activity.text).toBeUndefined();
});

test("a file that cannot be read leaves everything as it was and says why", async () => {
  const { lab, gates } = await ready();
  const release = gates.hold("decode broken");
  const open = lab.input.open(fakeFile("broken"));
  expect(lab.activity.text).toBe("Reading broken");
  gates.fail("decode broken", new Error("it is damaged"));
  release();
  expect(await open).toBe(false);
  expect(lab.input.problem).toMatch(/^broken cannot be used: it is damaged/);
  expect(lab.activity.text).toBeUndefined();
  expect(lab.source?.name).toBe("A broken ring");
});

test("what is changed while a file is read that cannot be used is changed all the same", async () => {
  const { lab, gates } = await ready();
  await paint(lab, 0.75);
  for (const values of [{ loops: "2" }, { model: "digits" }] as const) {
    const letGo = gates.hold("decode broken");
    gates.fail("decode broken", new Error("it is damaged"));
    const open = lab.input.open(fakeFile("broken"));
    const change = lab.set(values);
    letGo();
    expect(await open).toBe(false);
    await change;
    const { setting } = lab.course?.origin ?? {};
    expect(setting && valuesOf(setting)).toMatchObject(values);
    expect(lab.painted?.values[0]).toBe("loops" in values ? 0.75 : undefined);
  }
});
