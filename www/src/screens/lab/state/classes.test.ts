// A network of several classes: a prior for each, and one of them on the screen.

import { beforeEach, expect, test, vi } from "vitest";

import { automate } from "./automation";
import { fakeLab } from "./fake-clients";
import { linkOf, restore } from "./link";
import { readSetting } from "./setting";
import { Trio } from "./trio.svelte";

const HEART = { source: "heart", model: "heart-classes", target: "weights", lines: 0 } as const;
const PRIORS = "1:1,0; 2:1,1; 1+2:1,0";

beforeEach(() => {
  vi.stubGlobal("document", { hidden: true });
  vi.stubGlobal("window", { location: { href: "https://example.org/" } });
});

async function ready() {
  const made = fakeLab();
  await made.lab.choose({ name: "Heart", values: HEART });
  expect(made.lab.notice).toBeUndefined();
  return made;
}

test("all priors are asked for at once, and the first step has a frame for each", async () => {
  const { lab, runs } = await ready();
  expect(runs().map(({ request }) => request.prior)).toEqual([{ betti: PRIORS, weights: [1, 1] }]);
  expect(runs()[0]?.isDisposed).toBe(true);
  expect([lab.frame?.frames?.length, lab.frame?.betti, lab.part]).toEqual([3, [1, 0], "cavity"]);
  const { classes, prior } = automate(lab).state();
  expect([classes.map(({ set, betti }) => `${set}: ${betti.join(",")}`), prior]).toEqual([
    ["1: 1,0", "2: 1,1", "1+2: 1,2"],
    PRIORS,
  ]);
});

test("another class is shown without another step, at every step of a run", async () => {
  const { lab, runs } = await ready();
  await lab.runner.step();
  const before = runs().length;
  const cavity = lab.frame;
  await lab.set({ shown: 1 });
  expect([runs().length, lab.frame?.number, lab.frame?.betti, lab.part]).toEqual([before, 1, [1, 1], "muscle"]);
  expect(lab.frame?.map[1]).toBe((cavity?.map[1] ?? 0) / 2);
  expect([lab.frame?.total, lab.frame?.topological]).toEqual([cavity?.total, [0.75, 0.75]]);
  lab.selected = 0;
  expect([lab.frame?.number, lab.frame?.betti]).toEqual([0, [1, 1]]);
  await lab.set({ shown: 0 });
  expect(lab.frame?.betti).toEqual([1, 0]);
});

test("another prior of one class begins anew, and is in the link", async () => {
  const { lab, runs } = await ready();
  await lab.set({ priors: "1:1,0;2:1,0-1;1+2:1,0" });
  expect(runs().at(-1)?.request.prior).toEqual({ betti: "1:1,0; 2:1,0-1; 1+2:1,0", weights: [1, 1] });
  expect(lab.selected).toBe(0);
  expect(decodeURIComponent(linkOf(lab))).toContain("priors=1:1,0;2:1,0-1;1+2:1,0");
});

test("a painted map is that of one class, with its prior alone, until that is taken back", async () => {
  const { lab, runs } = await ready();
  await lab.set({ shown: 1 });
  lab.beginStroke();
  await lab.paint(new Float32Array(lab.latestMap).fill(0.75), 0);
  expect([lab.sets, lab.frame?.frames]).toEqual([[], undefined]);
  await lab.runner.step();
  expect(runs().at(-1)?.request).toMatchObject({ prior: { betti: "1,1" }, map: { shape: lab.shape } });
  expect(automate(lab).state()).toMatchObject({ prior: "1,1", classes: [] });
  while (lab.painted) lab.undo();
  expect([lab.sets.length, lab.frame?.betti]).toEqual([3, [1, 1]]);
});

test("three priors are those of the class that is shown, beside the others' own", async () => {
  const { lab, runs } = await ready();
  await lab.set({ shown: 2, holds: 0, steps: 2 });
  const trio = new Trio(lab);
  await trio.reset();
  const before = runs().length;
  await trio.run();
  const asked = runs().slice(before);
  expect(asked.map(({ request }) => (request.prior as { betti: string }).betti)).toEqual([
    "1:1,0; 2:1,1; 1+2:1,0",
    "1:1,0; 2:1,1; 1+2:1,1",
    "1:1,0; 2:1,1; 1+2:1,2",
  ]);
  const shown = { betti: [1, 2], priorHolds: false };
  expect(trio.contenders.map(({ frame }) => frame)).toMatchObject([shown, shown, shown]);
  await lab.set({ shown: 1 });
  await trio.reset();
  await trio.run();
  const muscle = { betti: [1, 1], priorHolds: true };
  expect(trio.contenders.map(({ frame }) => frame)).toMatchObject([muscle, muscle, muscle]);
});

test("the maps come from the backend that was chosen meanwhile", async () => {
  const { lab, gates, learners } = await ready();
  const letGo = gates.hold("startRun");
  const changed = lab.set({ seed: 7 });
  await vi.waitFor(() => expect(gates.asked("startRun")).toBe(2));
  const other = lab.set({ backend: "cpu" });
  letGo();
  await Promise.all([changed, other]);
  expect([lab.notice, learners.at(-1)?.backend, lab.frame?.frames?.length]).toEqual([undefined, "cpu", 3]);
});

test("a painted map comes back as that of its class, and stays that", async () => {
  const { lab } = await ready();
  await lab.set({ shown: 1 });
  lab.beginStroke();
  await lab.paint(new Float32Array(lab.latestMap).fill(0.75), 0);
  await lab.set({ shown: 0 });
  expect([lab.setting.shown, lab.part]).toEqual([1, "muscle"]);
  lab.undo();
  await lab.set({ shown: 0 });
  expect(lab.part).toBe("cavity");
  lab.redo();
  expect([lab.setting.shown, lab.part, lab.setting.prior.counts]).toEqual([1, "muscle", ["1", "1"]]);
});

test("without its file a link to classes opens what a first visit has", async () => {
  vi.stubGlobal("window", { location: { href: "https://example.org/", search: "" } });
  const { lab } = fakeLab();
  await restore(lab, { fields: "source=upload&model=heart-classes&shown=1" });
  expect([lab.setting.model, lab.setting.sets, lab.setting.prior.counts]).toEqual(["none", [], ["1", "1"]]);
  expect(lab.notice?.text).toContain("file");
});

test("a link whose priors are refused says why, and leaves none of them", async () => {
  vi.stubGlobal("window", { location: { href: "https://example.org/", search: "" } });
  const { lab, gates } = fakeLab();
  gates.fail("startRun", new Error("class 7"));
  await restore(lab, { fields: "source=heart&model=heart-classes&priors=7%3A1,0" });
  await vi.waitFor(() => expect(lab.frame).toBeDefined());
  expect([lab.notice?.text, lab.setting.priors, lab.setting.model]).toEqual(["Class 7.", "", "none"]);
});

test("a list of one set is a list all the same", async () => {
  const { lab } = await ready();
  await lab.set({ priors: "2:1,1" });
  expect([lab.sets.length, lab.frame?.sets?.length, lab.frame?.labels?.length]).toEqual([1, 1, lab.frame?.map.length]);
});

test("what the network does not use begins no run anew", async () => {
  const { lab, runs } = await ready();
  const before = runs().length;
  await lab.set({ components: "2" });
  expect(runs()).toHaveLength(before);
});

test("priors of classes are read as people write them, and each set is there once", () => {
  const priors = (text: string) => readSetting(`model=heart-classes&priors=${text}`);
  expect(priors("1:1,0;2:1,1;1+2:1,0").setting.priors).toBe("1:1,0;2:1,1;1+2:1,0");
  for (const text of ["1:1,0;1:1,1", "1%2B1:1,0", "1%2B2:1,0;2%2B1:1,0"]) {
    expect(priors(text).problems, text).toHaveLength(1);
  }
});
