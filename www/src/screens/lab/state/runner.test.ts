// The runner with a learner that answers when it is told to.

import { beforeEach, expect, test, vi } from "vitest";

import { fakeLab } from "./fake-clients";

beforeEach(() => {
  vi.useRealTimers();
  // A hidden page draws nothing, and waits for nothing to be drawn.
  vi.stubGlobal("document", { hidden: true });
});

/** A Lab with its first map, that would run for ever. */
async function ready(options = {}) {
  const made = fakeLab();
  const numbers: number[] = [];
  await made.lab.maker.make({});
  await made.lab.set({ holds: 0, steps: 2000, ...options });
  made.lab.events.addEventListener("step", (event) => numbers.push((event as CustomEvent).detail.number));
  return { ...made, numbers };
}

test("each of three steps that are asked for at once is made once", async () => {
  const { lab, numbers, runs } = await ready();
  await Promise.all([lab.runner.step(), lab.runner.step(), lab.runner.step()]);
  expect(numbers).toEqual([0, 1, 2, 3]);
  expect(lab.history.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
  expect(runs()).toHaveLength(1);
});

test("Run during a step goes on where the step ends, on the same run", async () => {
  const { lab, gates, numbers, runs } = await ready({ steps: 3 });
  const letGo = gates.hold("startRun");
  const step = lab.runner.step();
  const run = lab.runner.run();
  letGo();
  await Promise.all([step, run]);
  expect(numbers).toEqual([0, 1, 2, 3]);
  expect(runs()).toHaveLength(1);
});

test("another image during two steps gets no step of the one before", async () => {
  const { lab, gates, numbers } = await ready();
  await lab.runner.step();
  const letGo = gates.hold("step");
  const steps = [lab.runner.step(), lab.runner.step()];
  await vi.waitFor(() => expect(gates.asked("step")).toBe(3));
  const other = lab.set({ source: "diagonal" });
  letGo();
  await Promise.all([...steps, other]);
  expect(lab.source?.name).toBe("Corners");
  expect(lab.history.map(({ number }) => number)).toEqual([0]);
  expect(numbers).toEqual([0, 1, 0]);
});

test("Run while an image is loading begins when it is there", async () => {
  const { lab, gates } = await ready({ steps: 2 });
  const letGo = gates.hold("sample heart");
  const other = lab.set({ source: "heart" });
  const run = lab.runner.run();
  letGo();
  await Promise.all([other, run]);
  expect(lab.source?.name).toBe("A synthetic heart");
  expect(lab.history).toHaveLength(3);
});

test("Run while an image is loading does not begin when that is cancelled", async () => {
  const { lab, gates, runs } = await ready();
  const letGo = gates.hold("sample heart");
  const other = lab.set({ source: "heart" });
  const run = lab.runner.run();
  lab.cancel();
  letGo();
  await Promise.all([other, run]);
  expect(runs()).toHaveLength(0);
  expect(lab.runner.isRunning).toBe(false);
  expect(lab.setting.source).toBe("opening");
});

test("the speed may be changed while it runs", async () => {
  const { lab, numbers } = await ready({ speed: "1", steps: 30 });
  vi.useFakeTimers();
  const run = lab.runner.run();
  await vi.advanceTimersByTimeAsync(3500);
  expect(numbers).toEqual([0, 1, 2, 3]);
  await lab.set({ speed: "full" });
  await vi.advanceTimersByTimeAsync(1500);
  expect(numbers).toHaveLength(31);
  await run;
  vi.useRealTimers();
});

test("a run that was scrubbed back follows its steps again", async () => {
  const { lab } = await ready({ steps: 5 });
  await lab.runner.run();
  lab.selected = 1;
  await lab.runner.run();
  expect(lab.frame?.number).toBe(10);
});

test("another prior in mid-run begins anew under it; cancelled meanwhile, it does not", async () => {
  const { lab, gates, runs } = await ready();
  void lab.runner.run();
  await vi.waitFor(() => expect(lab.history.length).toBeGreaterThan(3));
  await lab.set({ loops: "2" });
  await vi.waitFor(() => expect(runs()).toHaveLength(2));
  expect(lab.runner.isRunning).toBe(true);
  const letGo = gates.hold("assessMap");
  const third = lab.set({ loops: "3" });
  lab.cancel();
  letGo();
  await third;
  expect(lab.runner.isRunning).toBe(false);
  expect(runs()).toHaveLength(2);
});

test("the run of an image that is replaced before the learner answers is given back", async () => {
  const { lab, gates, runs } = await ready();
  const letGo = gates.hold("step");
  const run = lab.runner.run();
  await vi.waitFor(() => expect(gates.asked("step")).toBe(1));
  await lab.set({ source: "diagonal" });
  letGo();
  await run;
  expect(runs().map(({ isDisposed }) => isDisposed)).toEqual([true]);
});
