// The learner for the CPU, in Node: the steps are those of native, and whatever is wrong is an error with a code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertMaps, assertRejects, assertStep, learnerVectors } from "./learner.mjs";
import { assertThrows, load } from "./modules.mjs";

const cases = learnerVectors();
const { Learner, PostProcess, Role, memory } = await load("learner-cpu");
const learner = await Learner.create();
const [digit] = cases;

test("the backend says that it is the CPU, and agrees with the native one", async () => {
  const { kind, adapter, isFallback } = learner.backend;
  assert.deepEqual({ kind, isFallback }, { kind: "cpu", isFallback: false });
  assert.match(adapter, /simd128/);
  const { agrees, largestDifference } = await learner.selfTest();
  assert.ok(agrees && largestDifference < 1e-5, `${largestDifference}`);
  assert.deepEqual((await Learner.create()).backend, learner.backend);
});

test("maps and steps are those of native", async () => {
  assert.ok(cases.length >= 4);
  for (const { name, model: bytes, width, depth, classes, parameters, shape, ...rest } of cases) {
    const { image, prior, options, map, steps } = rest;
    const model = learner.loadModel(bytes);
    const sizes = [model.width, model.depth, model.classes, model.parameters];
    assert.deepEqual(sizes, [width, depth, classes, parameters], name);
    assertMaps(await model.segment(image, shape), map, `${name}: segment`);
    const run = await PostProcess.ofModel(learner, model, image, shape, prior, options);
    model.free();
    for (const expected of steps) {
      const step = await run.step();
      assertStep(step, expected, `${name}: step ${expected.number}`);
      assert.equal(step.labels === undefined, classes === 1);
      for (const { barcode, role, term } of step.entries) {
        assert.deepEqual(barcode.shape, shape);
        assert.equal(barcode.connectivity, options.connectivity);
        assert.deepEqual([role.length, term.length], Array(2).fill(barcode.birth.length));
      }
    }
    run.free();
  }
});

test("the terms of the bars add up to the loss of their dimension, and missing bars count 1", async () => {
  const run = await runOf(digit);
  const [{ barcode, role, term, topological }] = (await run.step()).entries;
  for (const dimension of [0, 1]) {
    const bars = Array.from(term.keys()).filter((bar) => barcode.dimension[bar] === dimension);
    const isMissing = bars.every((bar) => role[bar] !== Role.Wanted);
    const sum = bars.reduce((total, bar) => total + term[bar], isMissing ? 1 : 0);
    assert.ok(Math.abs(sum - topological[dimension]) < 1e-9);
  }
});

test("a reset repeats the run to the last bit", async () => {
  const run = await runOf(digit);
  const first = await steps(run, 3);
  await run.reset();
  assert.deepEqual(await steps(run, 3), first);
});

test("a run goes on from its exported state to the last bit, and can be reset", async () => {
  for (const { name, ...rest } of cases.filter(({ width }) => width < 16)) {
    const whole = await steps(await runOf(rest), 4);
    for (const before of [0, 1, 3]) {
      const run = await runOf(rest);
      await steps(run, before);
      const state = await run.exportState();
      run.free();
      const again = await PostProcess.importState(learner, state);
      assert.deepEqual(await steps(again, 4 - before), whole.slice(before), `${name} after ${before}`);
      await again.reset();
      assert.deepEqual(await again.step(), whole[0], `${name} from the start`);
    }
  }
});

test("a map without a model is post-processed by its pixels until the prior holds", async () => {
  const ring = Float32Array.of(
    ...[0.1, 0.1, 0.1, 0.1, 0.1],
    ...[0.1, 0.9, 0.9, 0.9, 0.1],
    ...[0.1, 0.9, 0.1, 0.3, 0.1],
    ...[0.1, 0.9, 0.9, 0.9, 0.1],
    ...[0.1, 0.1, 0.1, 0.1, 0.1],
  );
  const options = { stop: { priorHoldsFor: 2 } };
  const run = await PostProcess.ofMap(learner, ring, [5, 5], { betti: "1,1", weights: [1, 1] }, options);
  let step = await run.step();
  assert.deepEqual([step.number, step.entries[0].betti, step.priorHolds, step.stop], [0, [1, 0], false, undefined]);
  while (!step.stop) step = await run.step();
  assert.deepEqual([step.entries[0].betti, step.priorHolds, step.stop], [[1, 1], true, "priorHolds"]);
  assert.equal((await run.step()).number, step.number + 1, "more steps may follow");
});

test("stop rules are those that are asked for", async () => {
  const stops = async (stop) => {
    const run = await PostProcess.ofMap(learner, new Float32Array(9).fill(0.2), [3, 3], "1,0", { stop });
    return (await steps(run, 3)).map(({ stop }) => stop);
  };
  assert.deepEqual(await stops(undefined), [undefined, undefined, undefined]);
  assert.deepEqual(await stops({ updates: 1 }), [undefined, "updates", "updates"]);
  assert.deepEqual(await stops({ totalBelow: 9, priorHoldsFor: undefined }), Array(3).fill("totalBelow"));
});

test("bytes that are no model and no state are refused with a code", async () => {
  const refuse = (bytes, code, message) => assertThrows(() => learner.loadModel(bytes), code, message);
  refuse(new Uint8Array(0), "malformed", /network/);
  refuse(new TextEncoder().encode("\x89PNG and more bytes, none of them weights"), "malformed", /network/);
  refuse(digit.model.subarray(0, digit.model.length - 7), "malformed", /network/);
  refuse("digits", "bad-argument", /Uint8Array/);
  const run = await runOf(digit);
  const state = await run.exportState();
  refuse(state, "unsupported-format", /unnamed record.*bettiscope unet/);
  const load = (bytes) => PostProcess.importState(learner, bytes);
  await assertRejects(load(digit.model), "unsupported-format", /post-processing/);
  await assertRejects(load(state.subarray(0, 500)), "malformed", /state of a run/);
  await assertRejects(load(undefined), "bad-argument", /state.*Uint8Array/);
});

test("images, shapes, priors and options that make no sense are refused with a code", async () => {
  const model = learner.loadModel(digit.model);
  const { image, shape } = digit;
  const segment = (values, shape) => model.segment(values, shape);
  await assertRejects(segment([...image], shape), "bad-argument", /Float32Array/);
  await assertRejects(segment(image, undefined), "bad-argument", /shape/);
  await assertRejects(segment(image, [28, 27]), "shape-mismatch", /needs 756/);
  await assertRejects(segment(image, [1, 28, 28]), "dimensions", /3 axes/);
  await assertRejects(segment(new Float32Array(0), [0, 5]), "empty", /0 rows/);
  await assertRejects(segment(Float32Array.of(1, Number.NaN), [1, 2]), "not-finite", /row 0 and column 1/);
  const start = (prior, options, values = image) => PostProcess.ofModel(learner, model, values, shape, prior, options);
  await assertRejects(start("1,x"), "prior-syntax", /'x'/);
  await assertRejects(start("1,0,0"), "prior-dimensions", /1,0,0/);
  await assertRejects(start("1:1,0; 2:1,1"), "bad-argument", /several classes.*the foreground alone/);
  await assertRejects(start("1:1,0; 1:1,1"), "prior-syntax", /two priors for 1/);
  const classes = cases.find(({ name }) => name === "classes");
  const of = (prior) => PostProcess.ofModel(learner, learner.loadModel(classes.model), image, shape, prior);
  await assertRejects(of("1:1,0; 3:1,0"), "bad-argument", /class 3/);
  await assertRejects(of("1:1,0; 2:1,1; 1+2:3,0"), "prior-range", /at least 3 components/);
  await assertRejects(start(undefined), "bad-argument", /prior/);
  await assertRejects(start("1,1", { lamda: 1 }), "bad-argument", /'lamda'.*lambda, learningRate/);
  await assertRejects(start("1,1", { lambda: -1 }), "bad-argument", /lambda is -1/);
  await assertRejects(start("1,1", { learningRate: 0 }), "bad-argument", /learning rate is 0/);
  await assertRejects(start("1,1", { target: "colours" }), "bad-argument", /`colours`.*`weights` or `pixels`/);
  await assertRejects(start("1,1", { stop: { updats: 1 } }), "bad-argument", /'updats'.*updates, priorHoldsFor/);
  await assertRejects(start("1,1", { stop: { updates: -1 } }), "bad-argument", /-1/);
  await assertRejects(start("1,1", { stop: { priorHoldsFor: 0 } }), "bad-argument", /1 or more/);
  await assertRejects(start("1,1", {}, image.subarray(1)), "shape-mismatch", /783/);
  const map = Float32Array.of(0.5, 1.5);
  await assertRejects(PostProcess.ofMap(learner, map, [1, 2], "1,0"), "out-of-range", /1\.5.*from 0 to 1/);
});

test("one call at a time, and none is lost", async () => {
  const run = await runOf(digit);
  const first = run.step();
  const others = [run.step(), run.exportState(), run.reset()];
  for (const other of others) await assertRejects(other, "busy", /under way/);
  assert.equal((await first).number, 0);
  assert.equal((await run.step()).number, 1);
});

test("a step that is cancelled before it begins is given by the next call", async () => {
  const run = await runOf(digit);
  const [, expected] = await steps(await runOf(digit), 2);
  run.cancel();
  await run.step();
  const step = run.step();
  run.cancel();
  await assertRejects(step, "cancelled", /next call/);
  assert.deepEqual(await run.step(), expected);
});

test("a step that follows an export which was cancelled is the one that is under way", async () => {
  const run = await runOf(digit);
  const [first, second] = await steps(await runOf(digit), 2);
  const state = run.exportState();
  run.cancel();
  const step = run.step();
  const another = run.step();
  run.cancel();
  await assertRejects(another, "busy", /under way/);
  await assertRejects(step, "cancelled", /next call/);
  assert.ok((await state).length > 0, "the export comes to its end");
  assert.deepEqual(await steps(run, 2), [first, second]);
});

test("a state that no run can be in is refused", async () => {
  const run = await runOf(digit);
  await steps(run, 2);
  const state = await run.exportState();
  // The number of updates, 1, as the format has it: a key and a text of one character.
  const key = new TextEncoder().encode("gupdatesa");
  const place = state.findIndex((_, at) => key.every((byte, offset) => state[at + offset] === byte)) + key.length;
  assert.equal(state[place], "1".charCodeAt(0));
  const changed = state.slice();
  changed[place] = "0".charCodeAt(0);
  await assertRejects(PostProcess.importState(learner, changed), "malformed", /weights/);
});

test("weights that diverge are an error with a code", async () => {
  const run = await runOf({ ...digit, options: { lambda: 1e300 } });
  await assertRejects(steps(run, 5), "diverged", /learning rate/);
  await run.reset();
  assert.equal((await run.step()).number, 0, "a reset repairs it");
});

test("an image that is too large is refused before memory is used up", async () => {
  const model = learner.loadModel(digit.model);
  const [rows, columns] = [8192, 8192];
  const segment = model.segment(new Float32Array(rows * columns), [rows, columns]);
  await assertRejects(segment, "out-of-memory", /8192/);
  assert.equal((await model.segment(digit.image, digit.shape)).length, 784, "the module goes on");
});

test("after the first steps the memory does not grow", async () => {
  const run = await runOf(digit);
  await steps(run, 5);
  const before = memory.buffer.byteLength;
  await steps(run, 30);
  for (let round = 0; round < 10; round++) {
    const again = await PostProcess.importState(learner, await run.exportState());
    await again.step();
    again.free();
  }
  assert.equal(memory.buffer.byteLength, before);
});

async function runOf({ model: bytes, image, shape, prior, options }) {
  const model = learner.loadModel(bytes);
  const run = await PostProcess.ofModel(learner, model, image, shape, prior, options);
  model.free();
  return run;
}

async function steps(run, count) {
  const all = [];
  while (all.length < count) all.push(await run.step());
  return all;
}
