// The first ten seconds of a first visit: the threshold moves by itself once, then the run starts.

import type { Lab } from "./lab.svelte";

const SWEEP = { after: 1000, length: 1500, depth: 0.3 };
const RUN_AFTER = 3000;
/** Steps a second: slow enough to be followed. */
const PACE = 4.5;

/** Plays the opening. The first touch of the visitor ends it. */
export async function playOpening(lab: Lab): Promise<void> {
  const touched = new AbortController();
  const start = lab.setting.threshold;
  // Before the touch does what it does: the threshold is the visitor's from now on, and not one of the way.
  const touch = () => {
    touched.abort();
    void lab.set({ threshold: start });
  };
  // A file comes without any of the first three: it is dropped, pasted, or chosen in a window of the system.
  for (const event of ["pointerdown", "keydown", "wheel", "drop", "paste", "change"]) {
    window.addEventListener(event, touch, { once: true, capture: true, signal: touched.signal });
  }
  const began = performance.now();
  await pause(SWEEP.after);
  for (let t = 0; t < 1 && !touched.signal.aborted; ) {
    t = Math.min(1, (performance.now() - began - SWEEP.after) / SWEEP.length);
    const threshold = start - SWEEP.depth * Math.sin(Math.PI * t) ** 2;
    void lab.set({ threshold: t === 1 ? start : Math.round(threshold * 1000) / 1000 });
    await pause(16);
  }
  await pause(RUN_AFTER - (performance.now() - began));
  if (touched.signal.aborted) return;
  touched.abort();
  await lab.runner.run(PACE);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
