// What the tests of the learner have in common: its native vectors, and how two devices may differ.

import assert from "node:assert/strict";

import { bytes, floats } from "./modules.mjs";
import { nativeSteps } from "./vectors.mjs";

/** By how much probabilities, births and deaths may differ between two devices. */
export const TOLERANCE = 1e-3;

/** Networks, images and steps as they are natively: the program crates/learner-wasm/examples/steps.rs, run now. */
export function learnerVectors() {
  return nativeSteps().map(({ model, image, map, steps, ...rest }) => ({
    ...rest,
    model: bytes(model),
    image: floats(image),
    map: floats(map),
    steps: steps.map((step) => ({ ...withMap(step), entries: step.entries.map(withMap) })),
  }));
}

function withMap({ probabilities, ...rest }) {
  return { ...rest, probabilities: floats(probabilities) };
}

/** Asserts that two probability maps agree. */
export function assertMaps(given, expected, label) {
  assert.equal(given.length, expected.length, label);
  const difference = given.reduce((most, value, pixel) => Math.max(most, Math.abs(value - expected[pixel])), 0);
  assert.ok(difference <= TOLERANCE, `${label}: probabilities differ by ${difference}`);
}

/** Asserts that a step is a native one, or one of another device. */
export function assertStep(given, expected, label) {
  assertMaps(given.probabilities, expected.probabilities, label);
  assert.equal(given.number, expected.number, label);
  for (const field of ["similarity", "total"]) {
    assert.ok(Math.abs(given[field] - expected[field]) <= TOLERANCE, `${label}: ${field}`);
  }
  assert.equal(given.entries.length, expected.entries.length, label);
  const pixels = given.entries[0].probabilities.length;
  const labels = labelsOf(expected.probabilities, pixels);
  const isClear = labels.every((of) => of !== undefined);
  if (isClear && given.labels) assert.deepEqual(Array.from(given.labels), labels, label);
  for (const [place, entry] of expected.entries.entries()) {
    assertEntry(given.entries[place], entry, isClear, `${label}: ${place}`);
  }
}

function assertEntry(given, expected, isClear, label) {
  assertMaps(given.probabilities, expected.probabilities, label);
  expected.topological.forEach((loss, dimension) => {
    assert.ok(Math.abs(given.topological[dimension] - loss) <= 10 * TOLERANCE, `${label}: loss of ${dimension}`);
  });
  assertBars(barsOf(given), expected.bars ?? barsOf(expected), label);
  const { betti, priorHolds } = given;
  if (isClear) assert.deepEqual({ betti, priorHolds }, { betti: expected.betti, priorHolds: expected.priorHolds });
}

/** The class of each pixel, or whether it is in the foreground where there is one class; undefined where another device may
 * see it otherwise. */
function labelsOf(probabilities, pixels) {
  const classes = probabilities.length / pixels;
  return Array.from({ length: pixels }, (_, pixel) => {
    const values = Array.from({ length: classes }, (_, of) => probabilities[of * pixels + pixel]);
    if (classes === 1) return Math.abs(values[0] - 0.5) > TOLERANCE ? Number(values[0] >= 0.5) : undefined;
    const [first, second] = [...values].sort((a, b) => b - a);
    return first - second > 2 * TOLERANCE ? values.indexOf(first) : undefined;
  });
}

/** The bars of a step as [dimension, birth, death]. */
export function barsOf({ barcode: { dimension, birth, death } }) {
  return Array.from(dimension, (of, bar) => [of, birth[bar], death[bar]]);
}

/** Every bar that is long enough not to be one of no length on the other side has its twin there. */
function assertBars(given, expected, label) {
  for (const [bars, others] of [
    [given, expected],
    [expected, given],
  ]) {
    const left = [...others];
    for (const [dimension, birth, death] of bars.filter(([, birth, death]) => birth - death > 2 * TOLERANCE)) {
      const twin = left.findIndex(
        ([of, b, d]) => of === dimension && Math.abs(b - birth) <= TOLERANCE && Math.abs(d - death) <= TOLERANCE,
      );
      assert.notEqual(twin, -1, `${label}: a bar of dimension ${dimension} from ${birth} to ${death} is alone`);
      left.splice(twin, 1);
    }
  }
}

/** Asserts that a promise is rejected with an error of this code, whose message says something. */
export async function assertRejects(promise, code, message) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof Error, "an Error is the reason");
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}
