// What a visitor gives, and what becomes of it.

import { beforeEach, expect, test, vi } from "vitest";

import { fakeFile, fakeLab } from "./fake-clients";
import { withValues } from "./setting";

beforeEach(() => {
  vi.stubGlobal("document", { hidden: true });
});

async function ready() {
  const made = fakeLab();
  await made.lab.maker.make({});
  return made;
}

test("a file is the source, as it is, and its values are the map", async () => {
  const { lab } = await ready();
  expect(await lab.input.open(fakeFile("8"))).toBe(true);
  expect(lab.setting).toMatchObject({ source: "upload", lines: 0 });
  expect(lab.shape).toEqual([8, 8]);
  expect(lab.frame?.map[0]).toBe(0.25);
  expect(lab.source?.notes[0]).toMatch(/^used as it is, as it is/);
});

test("a segmentation is not segmented once more", async () => {
  const { lab } = await ready();
  lab.setting = withValues(lab.setting, { model: "digits" });
  expect(await lab.input.open(fakeFile("mask"))).toBe(true);
  expect(lab.setting.model).toBe("none");
  expect(lab.source?.notes[0]).toMatch(/to segment it first, choose a model/);
});

test("a picture goes through the network that was chosen", async () => {
  const { lab } = await ready();
  lab.setting = withValues(lab.setting, { model: "digits" });
  expect(await lab.input.open(fakeFile("8"))).toBe(true);
  expect(lab.setting.model).toBe("digits");
});

test("a file that is cancelled while it is read leaves everything as it was", async () => {
  const { lab, gates } = await ready();
  const letGo = gates.hold("decode slow");
  const open = lab.input.open(fakeFile("slow"));
  lab.cancel();
  letGo();
  expect(await open).toBe(false);
  expect(lab.input.given.file).toBeUndefined();
  expect(lab.setting.source).toBe("opening");
  expect(lab.input.problem).toBeUndefined();
});

test("a file whose source cannot be made leaves the one before open", async () => {
  const { lab, gates } = await ready();
  await lab.input.open(fakeFile("first"));
  await lab.set({ model: "digits" });
  gates.fail("segment", new Error("the network stumbled"));
  expect(await lab.input.open(fakeFile("second"))).toBe(false);
  expect(lab.notice).toEqual({ kind: "error", text: "The network stumbled." });
  expect(lab.input.given.file?.name).toBe("first");
  expect(lab.source?.name).toBe("first");
});

test("a drawing, stroke by stroke, is one thing to take back", async () => {
  const { lab } = await ready();
  const shape = [4, 4];
  for (const value of [0.1, 0.2]) await lab.input.draw({ values: new Float32Array(16).fill(value), shape });
  await lab.set({ source: "drawing" });
  expect(lab.frame?.map[0]).toBeCloseTo(0.2);
  lab.undo();
  lab.undo();
  expect(lab.input.given.drawing).toBeUndefined();
});

test("the link of an upload, opened without its file, is refused with a sentence", async () => {
  const { lab } = await ready();
  await lab.set({ source: "upload" });
  expect(lab.notice?.text).toMatch(/files are not in links/);
  expect(lab.setting.source).toBe("opening");
});
