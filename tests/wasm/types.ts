// Calls of the built modules as TypeScript sees them. Nothing here runs: what should be allowed has to be, and what
// should not be is expected to be an error.

import { type DecodedImage, decode, encode, type TopologyError } from "../../pkg/images/images.js";
import type { Masks, Verdict } from "../../pkg/masks/masks.js";
import { corrupt, sample } from "../../pkg/synthesis/synthesis.js";
import { type Barcode, type Connectivity, parsePrior, type Topology } from "../../pkg/topology/topology.js";

const values = new Float32Array(6);
const shape = [2, 3];

export function barcodes(topology: Topology): number {
  const barcode: Barcode = topology.barcode(values, shape);
  topology.barcode(values, new Uint32Array(shape), { connectivity: "V", filtration: "sublevel", minLength: 0.1 });
  const [components, holes, cavities] = topology.bettiNumbers(barcode, 0.5);
  const connectivity: Connectivity = barcode.connectivity;
  const { kind, pixels } = topology.feature(values, barcode, 0, 0.5);
  const feature: "component" | "enclosed" | "cycle" = kind;
  const index: Int32Array = barcode.deathIndex;
  // @ts-expect-error: there are two connectivities.
  topology.barcode(values, shape, { connectivity: "W" });
  // @ts-expect-error: numbers of 64 bit are not pixels.
  topology.barcode(new Float64Array(6), shape);
  // @ts-expect-error: a Betti number may be missing.
  const sum: number = components + holes + cavities;
  return sum + pixels.length + index.length + feature.length + connectivity.length;
}

export function losses(topology: Topology): Float32Array {
  const prior = parsePrior("1,0-2");
  const most: number | undefined = prior.counts[0]?.most;
  const { gradientIndex, gradient } = topology.loss(values, shape, prior, { pooling: { factor: 2, kind: "max" } });
  topology.loss(values, shape, { betti: "1,1", weights: [1, 2] });
  const pixels: Uint32Array = gradientIndex;
  // @ts-expect-error: the kind of pooling has to be said.
  topology.loss(values, shape, prior, { pooling: { factor: 2 } });
  return pixels.length > (most ?? 0) ? gradient : values;
}

export function masks(masks: Masks): string[] {
  const verdict: Verdict = masks.check(values, shape, "1,1", { connectivity: "T", places: 5 });
  const repair = masks.repair(values, shape, "1,1", { strategy: "bridgeOrCut" });
  // @ts-expect-error: there is no such strategy.
  masks.repair(values, shape, "1,1", { strategy: "expensive" });
  const places = verdict.defects.map(({ feature }) => `${feature.centre}`);
  return [...repair.edits.map(({ action }): string => action), ...verdict.missing.map(String), ...places];
}

export function images(file: Uint8Array): Uint8Array {
  const image: DecodedImage = decode(file, { member: "mask" });
  const { labels, scale } = image.map({ labels: [2], meaning: "labels" });
  // @ts-expect-error: only labels are taken one by one.
  const none = scale.taken;
  const spacing: number | undefined = image.geometry?.spacing[0];
  const grey = image.normalise({ percentile: { low: labels.length, high: spacing ?? 99 } });
  // @ts-expect-error: JPEG is not written.
  encode(grey, image.shape, { format: "jpeg" });
  return none ? file : encode(grey, image.shape, { format: "png", sampleType: "uint8" });
}

export function samples(): Float32Array {
  const { image, betti } = sample({ kind: "digit", label: 8, seed: 3 });
  const { rows } = corrupt(image.values, image.shape, { m: betti.length, seed: 1, variant: "rows" });
  return rows.length > 0 ? image.values : values;
}

export function code(error: TopologyError): string {
  // @ts-expect-error: there is no such code.
  return error.code === "no-such-code" ? error.message : error.code;
}
