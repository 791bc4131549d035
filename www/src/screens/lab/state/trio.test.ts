// Three runs that take turns.

import { beforeEach, expect, test, vi } from "vitest";

import { fakeLab } from "./fake-clients";
import { Trio } from "./trio.svelte";

beforeEach(() => {
  vi.stubGlobal("document", { hidden: true });
});

async function ready() {
  const made = fakeLab();
  await made.lab.maker.make({});
  await made.lab.set({ holds: 0, steps: 6 });
  const trio = new Trio(made.lab);
  const lab = Object.assign(made.lab, { trio });
  await trio.reset();
  return { ...made, lab };
}

const numbersOf = ({ trio }: Awaited<ReturnType<typeof ready>>["lab"]) =>
  trio.contenders.map(({ frame }) => frame?.number);

test("each of the three makes all its steps, once", async () => {
  const { lab, runs } = await ready();
  await Promise.all([lab.trio.run(), lab.trio.run()]);
  expect(numbersOf(lab)).toEqual([6, 6, 6]);
  expect(runs().map(({ request }) => request.prior)).toEqual([
    { betti: "1,0", weights: [1, 1] },
    { betti: "1,1", weights: [1, 1] },
    { betti: "1,2", weights: [1, 1] },
  ]);
  expect(runs().map(({ number }) => number)).toEqual([7, 7, 7]);
});

test("another backend in mid-run begins the three anew there, and nothing is said to be wrong", async () => {
  const { lab, learners } = await ready();
  await lab.set({ steps: 2000 });
  await lab.trio.reset();
  void lab.trio.run();
  await vi.waitFor(() => expect(numbersOf(lab)[2]).toBeGreaterThan(2));
  await lab.set({ backend: "cpu" });
  // What the view does when the first map has been computed there.
  await lab.trio.reset();
  expect(lab.trio.isRunning).toBe(true);
  await vi.waitFor(() => expect(learners.at(-1)?.runs).toHaveLength(3));
  lab.trio.pause();
  expect(lab.notice).toBeUndefined();
  expect(learners.map(({ backend }) => backend)).toEqual(["auto", "cpu"]);
});

test("a reset during a step of the three gets no step of before", async () => {
  const { lab, gates, runs } = await ready();
  const letGo = gates.hold("step");
  const run = lab.trio.run();
  await vi.waitFor(() => expect(gates.asked("step")).toBe(1));
  const reset = lab.trio.reset();
  letGo();
  await Promise.all([run, reset]);
  expect(numbersOf(lab)).toEqual([0, 0, 0]);
  expect(lab.trio.isRunning).toBe(false);
  expect(runs().every(({ isDisposed }) => isDisposed)).toBe(true);
});

test("paused during a step, they go on where they were", async () => {
  const { lab, gates, runs } = await ready();
  const letGo = gates.hold("step");
  const run = lab.trio.run();
  await vi.waitFor(() => expect(gates.asked("step")).toBe(1));
  lab.trio.pause();
  letGo();
  await run;
  expect(numbersOf(lab)).toEqual([0, 0, 0]);
  await lab.trio.run();
  expect(numbersOf(lab)).toEqual([6, 6, 6]);
  expect(runs()).toHaveLength(3);
});
