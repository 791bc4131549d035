// How the modules behave towards JavaScript: errors with codes, records that can be posted, memory.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertThrows, load } from "./modules.mjs";

const { Topology, Role, parsePrior, bettiError, memory } = await load("topology");
const { Masks } = await load("masks");
const { DecodedImage, decode, encode } = await load("images");
const synthesis = await load("synthesis");
const topology = new Topology();
const masks = new Masks();

// A ring with a weak pixel, around a hole.
const RING = Float32Array.of(0.9, 0.9, 0.9, 0.9, 0.1, 0.6, 0.9, 0.9, 0.9);
const SHAPE = [3, 3];

test("the essential bar ends in no pixel", () => {
  const { dimension, birth, death, birthIndex, deathIndex, starts } = topology.barcode(RING, SHAPE);
  assert.deepEqual([...dimension], [0, 1]);
  assert.deepEqual([...birth], [...Float32Array.of(0.9, 0.6)]);
  assert.deepEqual([...death], [...Float32Array.of(0, 0.1)]);
  assert.deepEqual([birthIndex[1], ...deathIndex], [5, -1, 4]);
  assert.deepEqual(starts, [0, 1, 2]);
});

test("a barcode can be posted and transferred, and is still a barcode on the other side", () => {
  const barcode = topology.barcode(RING, SHAPE);
  const transfer = [barcode.birth.buffer, barcode.death.buffer, barcode.dimension.buffer];
  const posted = structuredClone(barcode, { transfer });
  assert.equal(barcode.birth.length, 0, "it has been moved");
  assert.deepEqual(topology.bettiNumbers(posted, 0.5), [1, 1]);
  assert.deepEqual([...topology.feature(RING, posted, 1, 0.5).pixels], [4]);
});

test("the margin says how far a threshold may move, and which pixels it meets", () => {
  const { holds, low, high } = topology.margin(topology.barcode(RING, SHAPE), "1,1", 0.5);
  assert.deepEqual([holds, low.pixel, high.pixel, low.bar, high.bar], [true, 4, 5, 1, 1]);
  assert.deepEqual([low.threshold, high.threshold], [...Float32Array.of(0.1, 0.6)]);
  const { low: none, holds: no } = topology.margin(topology.barcode(RING, SHAPE), "1,1", 0.05);
  assert.deepEqual([no, none], [false, undefined]);
  assertThrows(() => topology.margin(topology.barcode(RING, SHAPE), "1,1,1", 0.5), "prior-dimensions", /3 numbers/);
});

test("arrays are not changed", () => {
  const copy = RING.slice();
  topology.loss(copy, SHAPE, "1,0");
  masks.repair(copy, SHAPE, "1,0");
  assert.deepEqual(copy, RING);
});

test("a prior says what it means, and is accepted as it comes back", () => {
  const prior = parsePrior({ betti: " 1, 0-2,*", weights: [1, 0.5, 0] });
  assert.deepEqual(prior, {
    betti: "1,0-2,*",
    weights: [1, 0.5, 0],
    counts: [
      { least: 1, most: 1 },
      { least: 0, most: 2 },
      { least: 0, most: undefined },
    ],
  });
  assert.deepEqual(parsePrior(prior), prior);
  assert.deepEqual(bettiError(prior, [3, 4, 9]), [2, 2, 0]);
});

test("the roles of bars have names", () => {
  const { role, total, gradientIndex } = topology.loss(RING, SHAPE, "1,0");
  assert.deepEqual([...role], [Role.Wanted, Role.Unwanted]);
  assert.ok(total > 0.25 && gradientIndex.length === 3);
});

test("arrays that do not fit are refused with a code", () => {
  for (const call of [topology.barcode, withPrior(topology.loss), withPrior(masks.check), masks.features]) {
    const on = call === masks.features || call.of === masks.check ? masks : topology;
    const refuse = (values, shape, code, message) => assertThrows(() => call.call(on, values, shape), code, message);
    refuse(RING, [3, 4], "shape-mismatch", /9 values.*\[3, 4\].*12/);
    refuse(RING, [4294967295, 4294967295], "shape-mismatch", /more than can be addressed/);
    refuse(RING, [-3, -3], "bad-argument", /axis 0.*-3/);
    refuse(RING, [4.5, 2], "bad-argument", /axis 0.*4\.5/);
    refuse(RING, [3, "3"], "bad-argument", /axis 1.*no number/);
    refuse(RING, [3, NaN], "bad-argument", /axis 1/);
    refuse(RING, undefined, "bad-argument", /\[rows, columns\]/);
    refuse(RING, RING, "bad-argument", /shape/);
    refuse([...RING], SHAPE, "bad-argument", /Float32Array/);
    refuse(undefined, SHAPE, "bad-argument", /Float32Array/);
    refuse(Float32Array.of(1, NaN), [1, 2], "not-a-number", /\[0, 1\]/);
    refuse(new Float32Array(0), [0, 2], "empty", /at least one pixel/);
  }
  assertThrows(() => topology.barcode(RING, [9]), "dimensions", /1 dimensions/);
  assertThrows(() => topology.barcode(RING, [1, 1, 3, 3]), "dimensions", /4 dimensions/);
  assertThrows(() => masks.compare(RING, RING.subarray(1), SHAPE), "shape-mismatch", /8 values/);
});

test("options that do not exist are refused with those that do", () => {
  const refuse = (options, message) =>
    assertThrows(() => topology.barcode(RING, SHAPE, options), "bad-argument", message);
  refuse({ conectivity: "V" }, /'conectivity'.*connectivity, filtration, minLength/);
  refuse({ connectivity: "v" }, /`v`.*`T` or `V`/);
  refuse({ filtration: 1 }, /options/);
  refuse({ minLength: "long" }, /"long"/);
  refuse("V", /not an object/);
  assert.equal(topology.barcode(RING, SHAPE, null).birth.length, 2);
  assert.equal(topology.barcode(RING, SHAPE, { connectivity: undefined }).birth.length, 2);
  const pooling = (pooling) => () => topology.loss(RING, SHAPE, "1,0", { pooling });
  assertThrows(pooling({ factor: 0, kind: "max" }), "bad-argument", /factor/);
  assertThrows(pooling({ factor: 1.5, kind: "max" }), "bad-argument", /1\.5/);
  assertThrows(pooling({ factor: 2, kind: "least" }), "bad-argument", /`least`/);
});

test("priors that make no sense are refused with a code", () => {
  const refuse = (prior, code, message) => assertThrows(() => topology.loss(RING, SHAPE, prior), code, message);
  refuse("1,x", "prior-syntax", /'x'/);
  refuse("1,2-1", "prior-range", /2-1/);
  refuse("1", "prior-dimensions", /1 numbers/);
  refuse("1,1,1", "prior-dimensions", /1,1,1/);
  refuse({ betti: "1,1", weights: [1] }, "prior-weights", /1 weights/);
  refuse({ betti: "1,1", weights: [1, -1] }, "prior-weights", /-1/);
  refuse({ weights: [1, 1] }, "bad-argument", /betti/);
  refuse(11, "bad-argument", /not an object/);
  assertThrows(() => bettiError("1,1", [1]), "prior-dimensions", /1 Betti numbers/);
  assertThrows(() => bettiError("1,1", [1, -1]), "bad-argument", /-1/);
});

test("thresholds and levels that are none are refused with a code", () => {
  const barcode = topology.barcode(RING, SHAPE);
  assertThrows(() => topology.bettiNumbers(barcode, NaN), "threshold", /not a number/);
  assertThrows(() => topology.bettiNumbers(barcode, undefined), "threshold", /not a number/);
  assertThrows(() => topology.feature(RING, barcode, 1, NaN), "threshold", /level/);
  assertThrows(() => topology.feature(RING, barcode, 1, 0.7), "not-alive", /0\.7/);
  assertThrows(() => topology.feature(RING, barcode, 2, 0.5), "bad-argument", /below 2/);
  assertThrows(() => topology.feature(RING, barcode, -1, 0.5), "bad-argument", /below 2/);
  assertThrows(() => topology.feature(RING, barcode, 0.5, 0.5), "bad-argument", /below 2/);
  assertThrows(
    () =>
      topology.feature(
        RING.map((value) => value / 2),
        barcode,
        1,
        0.3,
      ),
    "other-array",
    /does not/,
  );
  assertThrows(() => topology.bettiCurve(barcode, -1), "bad-argument", /dimension/);
  assert.equal(topology.bettiCurve(barcode, 7).betti.length, 0);
  assertThrows(() => topology.bettiNumbers({ ...barcode, birth: [1, 2] }, 0.5), "bad-argument", /Float32Array/);
  const short = { ...barcode, birth: barcode.birth.slice(1) };
  assertThrows(() => topology.bettiNumbers(short, 0.5), "bad-argument", /different lengths/);
  const beyond = { ...barcode, birthIndex: barcode.birthIndex.map(() => 1000) };
  assertThrows(() => topology.bettiNumbers(beyond, 0.5), "bad-argument", /bar 0 has the pixel 1000/);
  const unknown = { ...barcode, death: barcode.death.map(() => NaN) };
  assertThrows(() => topology.margin(unknown, "1,1", 0.5), "bad-argument", /NaN/);
  const endless = { ...barcode, deathIndex: barcode.deathIndex.map(() => -1) };
  assertThrows(() => topology.bettiCurve(endless, 0), "bad-argument", /no death pixel/);
  assertThrows(() => topology.bettiNumbers({}, 0.5), "bad-argument", /barcode/);
  assertThrows(() => masks.check(RING, SHAPE, "1,1", { threshold: NaN }), "threshold", /NaN/);
  assertThrows(() => masks.check(RING, SHAPE, "1,1", { threshold: Infinity }), "threshold", /inf/);
  const written = { foreground: 0, background: 1 };
  assertThrows(() => masks.repair(RING, SHAPE, "1,1", { written }), "written", /foreground/);
});

test("values that are no probabilities have no loss unless they are clamped", () => {
  const map = Float32Array.of(2, 0.5);
  assertThrows(() => topology.loss(map, [1, 2], "1,0"), "out-of-range", /\[0, 0\] is 2/);
  assert.equal(topology.loss(map, [1, 2], "1,0", { outOfRange: "clamp" }).total, 0);
});

test("files that cannot be read are refused with a code", () => {
  const text = new TextEncoder();
  const png = encode(RING, SHAPE, { format: "png" });
  assertThrows(() => decode(text.encode("GIF89a")), "unsupported-format", /GIF/);
  assertThrows(() => decode(new Uint8Array(0)), "unsupported-format", /empty/);
  assertThrows(() => decode("image.png"), "bad-argument", /Uint8Array/);
  assertThrows(() => decode(png.subarray(0, 60)), "malformed", /PNG/);
  assertThrows(() => decode(png, { maxPixels: 8 }), "too-large", /limit is 8/);
  assertThrows(() => decode(png, { member: "image" }), "unsupported-feature", /NPZ/);
  assertThrows(() => decode(png, { maxPixel: 8 }), "bad-argument", /'maxPixel'/);
  const npy = encode(RING, SHAPE, { format: "npy" });
  assertThrows(() => decode(npy.subarray(0, npy.length - 4)), "truncated", /cut/);
});

test("a network sees of an image what its record says", () => {
  const wide = [...[100, 0, 10, 0, 200], ...[100, 20, 0, 5, 200], ...[0, 0, 0, 20, 0]];
  const image = DecodedImage.fromGrey(Float32Array.from(wide), [3, 5], "uint8");
  const record = { size: 3, normalisation: "percentile:0,100", preparation: "crop, resample, normalise" };
  const seen = image.prepare(record);
  assert.deepEqual([...seen.values], [0, 0.5, 0, 1, 0, 0.25, 0, 0, 1]);
  assert.deepEqual([seen.shape, seen.square], [[3, 3], { row: 0, column: 1, side: 3 }]);
  assert.deepEqual(seen.scale, { kind: "percentile", low: 0, high: 100 });
  assert.match(seen.description, /percentile 0 to 100/);
  for (const preparation of ["normalise, crop, resample", undefined]) {
    const first = image.prepare({ ...record, preparation });
    assert.deepEqual([...first.values], [...Float32Array.of(0, 0.05, 0, 0.1, 0, 0.025, 0, 0, 0.1)]);
  }
  const part = image.prepare({ ...record, size: 2, square: { row: 1, column: 3, side: 4 } });
  assert.deepEqual([part.shape, part.square], [[2, 2], { row: 1, column: 3, side: 4 }]);
  assert.deepEqual(image.prepare().shape, [3, 5]);
  assert.equal(image.prepare().square, undefined);

  const refuse = (options, code, message) => assertThrows(() => image.prepare(options), code, message);
  refuse({ preparation: "resample" }, "bad-argument", /"resample".*crop, resample, normalise/);
  refuse({ normalisation: "z-score" }, "bad-argument", /"z-score".*percentile/);
  refuse({ square: { row: 0, column: 0 } }, "bad-argument", /side/);
  refuse({ square: { row: 0, column: 0, side: 2, width: 2 } }, "bad-argument", /width/);
  refuse({ square: { row: 0, column: 0, side: 0 } }, "unsupported-shape", /0/);
  refuse({ size: 0 }, "unsupported-shape", /0/);
  const volume = DecodedImage.fromGrey(new Float32Array(8), [2, 2, 2], "uint8");
  assertThrows(() => volume.prepare(), "dimensions", /2 x 2 x 2; an image with 2 is needed/);
  assert.deepEqual(volume.prepare({ index: [1] }).shape, [2, 2]);
});

test("arrays that cannot be normalised or written are refused with a code", () => {
  const wild = DecodedImage.fromGrey(Float32Array.of(-1, 2), [1, 2], "float32");
  assert.deepEqual(wild.range, [-1, 2]);
  assert.equal(wild.format, undefined);
  assertThrows(() => wild.normalise(), "out-of-range", /-1 to 2/);
  assert.deepEqual([...wild.normalise("minmax")], [0, 1]);
  assertThrows(() => wild.normalise({ percentile: { low: 9, high: 1 } }), "percentiles", /9/);
  assertThrows(() => wild.normalise("least"), "bad-argument", /`least`/);
  const holes = DecodedImage.fromGrey(Float32Array.of(1, NaN), [1, 2], "float32");
  assert.equal(holes.nonFinite, 1);
  assertThrows(() => holes.normalise(), "not-finite", /1 of 2/);
  const refuse = (values, shape, options, code, message) =>
    assertThrows(() => encode(values, shape, options), code, message);
  refuse(RING, [1, 3, 3], { format: "png" }, "unsupported-shape", /\[rows, columns\]/);
  refuse(RING, SHAPE, { format: "png", sampleType: "float32" }, "unsupported-sample-type", /uint8/);
  refuse(Uint8Array.of(1, 2), [1, 2], { format: "npy", sampleType: "uint16" }, "unsupported-sample-type", /uint8/);
  refuse(
    RING.map((value) => 2 * value),
    SHAPE,
    { format: "png" },
    "out-of-range",
    /1\.8/,
  );
  refuse(RING, SHAPE, { format: "gif" }, "bad-argument", /`gif`/);
  refuse(RING, SHAPE, undefined, "bad-argument", /not an object/);
  refuse(RING, [2, 3], { format: "npy" }, "shape-mismatch", /needs 6/);
});

test("masks and labels are told apart, and integers are written as they are", () => {
  const file = encode(Uint8Array.of(0, 255, 255, 0), [2, 2], { format: "png" });
  const mask = decode(file);
  assert.equal(mask.map().kind, "mask");
  assert.deepEqual([...mask.samples()], [0, 255, 255, 0]);
  assert.deepEqual([...mask.mask()], [0, 1, 1, 0]);
  const labels = decode(encode(Uint16Array.of(0, 0, 2, 2, 1, 1, 700, 700), [4, 2], { format: "npy" }));
  const { kind, labels: found, remarks } = labels.map();
  assert.deepEqual([kind, found], ["labels", [1, 2, 700]]);
  assert.equal(remarks[0].text, "labels 1, 2 and 700 are counted together as one foreground");
  const [{ text, option, options }] = remarks[0].remedies;
  assert.equal(text, "labels: 1 alone");
  assert.match(option, /^--labels 1 /);
  assert.deepEqual(options, { labels: [1] });
  assert.deepEqual([...labels.map({ labels: [2] }).values], [0, 0, 1, 1, 0, 0, 0, 0]);
  assert.deepEqual(labels.map({ labels: [1, 2] }).scale, { kind: "labels", taken: [1, 2] });
  assert.equal(labels.sampleType, "uint16");
});

test("a file becomes a mask or a map by one rule, which says what it did", () => {
  const mask = decode(encode(Uint8Array.of(0, 255, 255, 0), [2, 2], { format: "png" })).map();
  assert.deepEqual([...mask.values], [0, 1, 1, 0]);
  assert.deepEqual([mask.shape, mask.scale], [[2, 2], { kind: "mask" }]);
  assert.match(mask.description, /^mask/);
  const grey = decode(encode(Uint8Array.of(0, 51, 255, 102), [2, 2], { format: "png" }));
  assert.deepEqual([...grey.map().values], [...Float32Array.of(0, 0.2, 1, 0.4)]);
  assert.deepEqual(grey.map().scale, { kind: "divided", by: 255 });
  assert.deepEqual(grey.map({ normalisation: "minmax" }).scale, { kind: "minmax" });
  assert.deepEqual(grey.map({ meaning: "mask" }).scale, { kind: "mask" });
  assertThrows(() => grey.map({ meaning: "picture" }), "bad-argument", /`picture`/);
});

test("a slice of a volume can be taken, and values beyond the interval are refused or clamped", () => {
  const volume = decode(encode(Float32Array.of(0, 0.25, -1, 2), [2, 1, 2], { format: "npy" }));
  assertThrows(() => volume.map(), "out-of-range", /-1 to 2/);
  assert.deepEqual([...volume.map({ beyond: "clamp" }).values], [0, 0.25, 0, 1]);
  const slice = volume.map({ index: [0], meaning: "map" });
  assert.deepEqual([[...slice.values], slice.shape, slice.scale], [[0, 0.25], [1, 2], { kind: "asInFile" }]);
  assertThrows(() => volume.map({ index: [2] }), "bad-argument", /--index 2 does not fit the array of 2 x 1 x 2/);
  const line = decode(encode(Float32Array.of(0, 1), [2], { format: "npy" }));
  assertThrows(() => line.map(), "dimensions", /1 axis, 2/);
  const gap = DecodedImage.fromGrey(Float32Array.of(0.5, NaN), [1, 2], "float32");
  assertThrows(() => gap.map(), "not-a-number", /\[0, 1\]/);
  assert.deepEqual([...gap.map({ nanIsBackground: true, meaning: "map" }).values], [0.5, 0]);
  const logits = DecodedImage.fromGrey(Float32Array.of(0, -200, 200), [1, 3], "float32");
  assert.deepEqual([...logits.map({ sigmoid: true }).values], [0.5, 0, 1]);
});

test("samples that do not exist are refused with those that do", () => {
  const refuse = (request, message) => assertThrows(() => synthesis.sample(request), "bad-argument", message);
  refuse({ kind: "digit", seed: 1, label: 10 }, /0 to 9/);
  refuse({ kind: "digit", seed: 1.5 }, /1\.5.*whole numbers/);
  refuse({ kind: "digit", seed: -1 }, /2\^53/);
  refuse({ kind: "digit", seed: 1, size: 40 }, /'size' is not accepted for a digit/);
  refuse({ kind: "heart", seed: 1, shape: "rings" }, /'shape' is not accepted for a heart/);
  refuse({ kind: "shape", seed: 1, label: 3 }, /'label'/);
  refuse({ kind: "shape", seed: 1, size: 31 }, /32 to 4096/);
  refuse({ kind: "shape", seed: 1, shape: "stars" }, /`stars`.*blobs/);
  refuse({ kind: "dog", seed: 1 }, /`dog`/);
  refuse({ kind: "heart", sed: 1 }, /'sed'.*seed/);
  refuse(undefined, /not an object/);
});

test("what cannot be done to an image is refused with a code", () => {
  const { corrupt, resample, crop, closing, largestComponent, dice } = synthesis;
  const lines = (m, variant) => () => corrupt(RING, SHAPE, { m, seed: 0, variant });
  assertThrows(lines(3, "rowsAndColumns"), "bad-argument", /m = 3.*0 to 2/);
  assertThrows(lines(1, "rows"), "bad-argument", /0 to 0/);
  assertThrows(lines(1, "diagonals"), "bad-argument", /`diagonals`/);
  const options = { m: 0, seed: 0, variant: "rows" };
  assertThrows(() => corrupt(Float32Array.of(1, NaN), [1, 2], options), "not-finite", /column 1/);
  assertThrows(() => resample(RING, SHAPE, [0, 5]), "unsupported-shape", /65536/);
  assertThrows(() => resample(RING, SHAPE, [5]), "dimensions", /\[rows, columns\]/);
  assertThrows(() => crop(RING, SHAPE, { row: 0, column: 0, side: 0 }), "unsupported-shape", /\[0, 0\]/);
  assertThrows(() => crop(RING, SHAPE, { row: 0, column: 0 }), "bad-argument", /side/);
  assertThrows(() => closing(RING, SHAPE, -1), "bad-argument", /-1.*0 to 1024/);
  assertThrows(() => closing(RING, [1, 3, 3], 1), "dimensions", /3 dimensions/);
  assertThrows(() => largestComponent(RING, SHAPE, "X"), "bad-argument", /`X`/);
  assertThrows(() => largestComponent(Float32Array.of(NaN), [1, 1]), "not-a-number", /row 0, column 0/);
  assertThrows(() => dice(RING, SHAPE, RING, [9]), "different-shapes", /\[3, 3\]/);
  const doubled = RING.map((value) => 2 * value);
  assertThrows(() => dice(doubled, SHAPE, RING, SHAPE), "out-of-range", /1\.8/);
});

test("after the first barcodes the memory does not grow", () => {
  const map = Float32Array.from({ length: 128 * 128 }, (_, pixel) => (Math.sin(pixel * pixel) + 1) / 2);
  const round = () => {
    topology.barcode(map, [128, 128]);
    topology.loss(map, [128, 128], "1,1");
    assert.throws(() => topology.barcode(map, [128, 127]));
  };
  for (let call = 0; call < 5; call++) round();
  const before = memory.buffer.byteLength;
  for (let call = 0; call < 500; call++) round();
  assert.equal(memory.buffer.byteLength, before);
});

function withPrior(method) {
  return Object.assign(
    function (values, shape) {
      return method.call(this, values, shape, "1,1");
    },
    { of: method },
  );
}
