// The built modules give, bit for bit, what the crates give natively.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, floats, hex, load } from "./modules.mjs";
import { nativeCorpus, nativeVectors } from "./vectors.mjs";

const { cases, files, samples } = nativeVectors();
const { Topology } = await load("topology");
const { Masks } = await load("masks");
const { decode, encode } = await load("images");
const synthesis = await load("synthesis");
const THRESHOLDS = [0, 0.25, 0.5, 0.75, Infinity, -Infinity];

test("there are cases of many kinds", () => {
  assert.ok(cases.length >= 60);
  assert.ok(cases.some(({ barcodes }) => barcodes.some(({ features }) => features.some(isCycle))));
});

test("barcodes, Betti numbers, curves and features are those of native, bit for bit", () => {
  const topology = new Topology();
  for (const { name, shape, values, barcodes } of cases) {
    const array = floats(values);
    for (const expected of barcodes) {
      const label = `${name} ${JSON.stringify(expected.options)}`;
      const barcode = topology.barcode(array, shape, expected.options);
      assert.deepEqual(barsOf(barcode), expected.bars, label);
      assert.deepEqual(barcode.shape, shape, label);
      assert.equal(barcode.connectivity, expected.options.connectivity);
      assert.equal(barcode.filtration, expected.options.filtration);
      assertStarts(barcode);
      const long = topology.barcode(array, new Uint32Array(shape), { ...expected.options, minLength: 0.25 });
      assert.equal(long.birth.length, expected.longerThanQuarter, label);
      const betti = THRESHOLDS.map((threshold) => topology.bettiNumbers(barcode, threshold));
      assert.deepEqual(betti, expected.betti, label);
      expected.curves.forEach((curve, dimension) => {
        const { threshold, betti } = topology.bettiCurve(barcode, dimension);
        assert.deepEqual({ threshold: hex(threshold), betti: hex(betti) }, curve, label);
      });
      for (const { bar, kind, pixels } of expected.features) {
        const feature = topology.feature(array, barcode, bar, barcode.birth[bar]);
        assert.deepEqual({ kind: feature.kind, pixels: hex(feature.pixels) }, { kind, pixels }, label);
      }
    }
  }
});

test("losses and gradients are those of native, bit for bit", () => {
  const topology = new Topology();
  for (const { name, shape, values, losses } of cases) {
    for (const { prior, connectivity, outOfRange, pooling, barShape, ...expected } of losses) {
      const options = { connectivity, outOfRange, pooling: pooling ?? undefined };
      const loss = topology.loss(floats(values), shape, prior, options);
      assert.deepEqual(loss.shape, shape);
      assert.deepEqual(loss.barcode.shape, barShape);
      const dimensions = loss.dimensions.flatMap(({ weight, value, missing }) => [weight, value, missing]);
      const actual = {
        total: hex([loss.total]),
        dimensions: hex(dimensions),
        bars: barsOf(loss.barcode),
        role: hex(loss.role),
        term: hex(loss.term),
        gradientIndex: hex(loss.gradientIndex),
        gradient: hex(loss.gradient),
      };
      assert.deepEqual(actual, expected, `${name} ${JSON.stringify(prior)} ${JSON.stringify(options)}`);
    }
  }
});

test("features, errors and repairs of masks are those of native, bit for bit", () => {
  const masks = new Masks();
  for (const { name, shape, values, other, masks: all } of cases) {
    const array = floats(values);
    for (const { connectivity, prior, features, check, compare, repairs } of all) {
      const options = { threshold: 0.5, connectivity };
      const label = `${name} ${connectivity}`;
      assert.deepEqual(masks.features(array, shape, options).map(placed), features, label);
      assert.deepEqual(verdictOf(masks.check(array, shape, prior, options)), check, label);
      assert.deepEqual(verdictOf(masks.compare(array, floats(other), shape, options)), compare, label);
      for (const { strategy, written, ...expected } of repairs) {
        const repair = masks.repair(array, shape, prior, { ...options, strategy, written: written ?? undefined });
        const actual = { ...repair, values: hex(repair.values), edits: repair.edits.map(placed) };
        assert.deepEqual(actual, expected, `${label} ${strategy}`);
      }
    }
  }
});

test("files are written and read as natively, bit for bit", () => {
  for (const { shape, values, options, file, decodedShape, sampleType, samples, spacing, ...unit } of files) {
    const label = JSON.stringify(options);
    assert.equal(hex(encode(floats(values), shape, options)), file, label);
    const image = decode(bytes(file));
    assert.equal(image.format, options.format, label);
    assert.deepEqual(image.shape, decodedShape, label);
    assert.equal(image.sampleType, sampleType, label);
    assert.equal(image.channels, "grey");
    assert.equal(hex(image.samples()), samples, label);
    assert.equal(hex(image.grey()), samples, label);
    assert.deepEqual(image.geometry?.spacing ?? null, spacing, label);
    assert.equal(hex(image.normalise()), unit.typeRange, label);
    assert.equal(hex(image.normalise("minmax")), unit.minmax, label);
    assert.equal(hex(image.normalise({ percentile: { low: 1, high: 99 } })), unit.percentile, label);
    image.free();
  }
});

test("files of every format, sound and damaged, are read or refused as natively, bit for bit", () => {
  const formats = new Set();
  const codes = new Set();
  for (const { name, bytes: file, outcome } of nativeCorpus()) {
    if (outcome.image) {
      formats.add(outcome.image.format);
      const image = decode(bytes(file));
      assert.deepEqual(readAs(image), outcome.image, name);
      image.free();
    } else {
      codes.add(outcome.code);
      assert.throws(() => decode(bytes(file)), { name: "TopologyError", ...outcome }, name);
    }
  }
  assert.deepEqual([...formats].sort(), ["jpeg", "nifti", "npy", "npz", "png", "tiff", "webp"]);
  for (const code of ["malformed", "too-large", "truncated", "unsupported-feature", "unsupported-format"]) {
    assert.ok(codes.has(code), code);
  }
});

test("samples, and what is done to images, are those of native, bit for bit", () => {
  const { sample, corrupt, resample, crop, closing, largestComponent, dice } = synthesis;
  const hexOf = ({ values, shape }) => ({ shape, values: hex(values) });
  for (const { request, corruptions, ...expected } of samples) {
    const label = JSON.stringify(request);
    const { image, truth, betti } = sample(request);
    for (const { options, ...corrupted } of corruptions) {
      const { image: result, ...lines } = corrupt(image.values, image.shape, options);
      assert.deepEqual({ ...lines, image: hexOf(result) }, corrupted, `${label} ${options.variant}`);
    }
    const [rows, columns] = image.shape;
    const noisy = floats(expected.noisy.values);
    const wide = resample(noisy, image.shape, [rows, columns + 11]);
    const actual = {
      image: hexOf(image),
      truth: hexOf(truth),
      betti,
      noisy: expected.noisy,
      wide: hexOf(wide),
      small: hexOf(resample(noisy, image.shape, [13, 17])),
      largestSquare: hexOf(crop(wide.values, wide.shape)),
      square: hexOf(crop(noisy, image.shape, { row: -3, column: 0, side: 15 })),
      closed: hexOf(closing(noisy, image.shape, 2.5)),
      largestT: hexOf(largestComponent(noisy, image.shape)),
      largestV: hexOf(largestComponent(noisy, image.shape, "V")),
      dice: hex([dice(noisy, image.shape, truth.values, truth.shape)]),
    };
    assert.deepEqual(actual, expected, label);
  }
});

function isCycle({ kind }) {
  return kind === "cycle";
}

function barsOf({ dimension, birth, death, birthIndex, deathIndex }) {
  return {
    dimension: hex(dimension),
    birth: hex(birth),
    death: hex(death),
    birthIndex: hex(birthIndex),
    deathIndex: hex(deathIndex),
  };
}

/** The bars of dimension k are those from starts[k] to below starts[k + 1]. */
function assertStarts({ shape, starts, dimension }) {
  assert.equal(starts.length, shape.length + 1);
  for (const [bar, k] of dimension.entries()) assert.ok(starts[k] <= bar && bar < starts[k + 1]);
  assert.deepEqual([starts[0], starts.at(-1)], [0, dimension.length]);
}

/** A feature or an edit. */
function placed(record) {
  return { ...record, pixels: hex(record.pixels), centre: hex(record.centre) };
}

function verdictOf(verdict) {
  const defects = verdict.defects.map((defect) => ({
    ...defect,
    feature: placed(defect.feature),
  }));
  return { ...verdict, reference: verdict.reference ?? null, defects };
}

function readAs(image) {
  return {
    format: image.format,
    shape: image.shape,
    channels: image.channels.toLowerCase(),
    sampleType: image.sampleType,
    isRescaled: image.isRescaled,
    palette: hex(image.palette),
    spacing: image.geometry?.spacing ?? null,
    orientation: image.orientation ?? null,
    nonFinite: image.nonFinite,
    member: image.member ?? null,
    members: image.members,
    samples: hex(image.samples()),
    grey: hex(image.grey()),
  };
}
