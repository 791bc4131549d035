/** The worker of {@link createTopology}: each call loads the module that it needs and passes its answer on. */
import { expose } from "comlink";

import type { DecodedImage } from "../../pkg/images/images.js";
import { size as imagesSize } from "../../pkg/images/size.json";
import { size as masksSize } from "../../pkg/masks/size.json";
import { size as synthesisSize } from "../../pkg/synthesis/size.json";
import { size as topologySize } from "../../pkg/topology/size.json";
import type { Grid } from "./grid.js";
import type * as Records from "./records.js";
import type { Assessment } from "./types.js";
import { WasmModule, type WorkerEvents } from "./wasm-module.js";
import { handOver, keepErrorCodes } from "./wire.js";

type Prior = string | Records.Prior;
type AnyGrid = Grid | { readonly values: Uint8Array | Uint16Array; readonly shape: readonly number[] };

const topologyModule = new WasmModule({
  name: "topology",
  size: topologySize,
  file: new URL("../../pkg/topology/topology_bg.wasm", import.meta.url),
  script: () => import("../../pkg/topology/topology.js"),
});
const masksModule = new WasmModule({
  name: "masks",
  size: masksSize,
  file: new URL("../../pkg/masks/masks_bg.wasm", import.meta.url),
  script: () => import("../../pkg/masks/masks.js"),
});
const imagesModule = new WasmModule({
  name: "images",
  size: imagesSize,
  file: new URL("../../pkg/images/images_bg.wasm", import.meta.url),
  script: () => import("../../pkg/images/images.js"),
});
const synthesisModule = new WasmModule({
  name: "synthesis",
  size: synthesisSize,
  file: new URL("../../pkg/synthesis/synthesis_bg.wasm", import.meta.url),
  script: () => import("../../pkg/synthesis/synthesis.js"),
});

let events: WorkerEvents;
let compiled: ReadonlyMap<string, WebAssembly.Module>;

const topology = once(async () => {
  const { Topology } = await topologyModule.load(events, compiled);
  return new Topology();
});
const masks = once(async () => {
  const { Masks } = await masksModule.load(events, compiled);
  return new Masks();
});
const images = () => imagesModule.load(events, compiled);
const synthesis = () => synthesisModule.load(events, compiled);

/** Decoded files by the number that the client has given them. */
const decoded = new Map<number, DecodedImage>();

const calls = {
  open(reports: WorkerEvents, known: ReadonlyMap<string, WebAssembly.Module>): void {
    events = reports;
    compiled = known;
  },
  async prepare(): Promise<void> {
    await topology();
  },

  async barcode({ values, shape }: Grid, options: Records.BarcodeOptions | undefined) {
    return handOver((await topology()).barcode(values, shape, options));
  },
  async loss({ values, shape }: Grid, prior: Prior, options: Records.LossOptions | undefined) {
    return handOver((await topology()).loss(values, shape, prior, options));
  },
  async feature({ values }: Grid, barcode: Records.Barcode, bar: number, level: number) {
    return handOver((await topology()).feature(values, barcode, bar, level));
  },
  async bettiNumbers(barcode: Records.Barcode, threshold: number) {
    return (await topology()).bettiNumbers(barcode, threshold);
  },
  async margin(barcode: Records.Barcode, prior: Prior, threshold: number) {
    return (await topology()).margin(barcode, prior, threshold);
  },
  async bettiCurve(barcode: Records.Barcode, dimension: number) {
    return handOver((await topology()).bettiCurve(barcode, dimension));
  },
  async parsePrior(prior: Prior) {
    return (await topologyModule.load(events, compiled)).parsePrior(prior);
  },
  async bettiError(prior: Prior, betti: readonly number[]) {
    return (await topologyModule.load(events, compiled)).bettiError(prior, betti);
  },
  async assess(barcode: Records.Barcode, prior: Prior, thresholds: readonly number[]) {
    return assess(barcode, prior, thresholds);
  },
  async assessMap(
    { values, shape }: Grid,
    prior: Prior,
    thresholds: readonly number[],
    options: Records.LossOptions | undefined,
  ) {
    const loss = (await topology()).loss(values, shape, prior, options);
    return handOver({ loss, assessments: await assess(loss.barcode, prior, thresholds) });
  },

  async features({ values, shape }: Grid, options: Records.MaskOptions | undefined) {
    return handOver((await masks()).features(values, shape, options));
  },
  async check({ values, shape }: Grid, prior: Prior, options: Records.CheckOptions | undefined) {
    return handOver((await masks()).check(values, shape, prior, options));
  },
  async compare({ values, shape }: Grid, reference: Grid, options: Records.MaskOptions | undefined) {
    return handOver((await masks()).compare(values, reference.values, shape, options));
  },
  async repair({ values, shape }: Grid, prior: Prior, options: Records.RepairOptions | undefined) {
    return handOver((await masks()).repair(values, shape, prior, options));
  },

  async decode(id: number, file: Uint8Array, options: Records.DecodeOptions | undefined) {
    const image = (await images()).decode(file, options);
    decoded.set(id, image);
    return {
      shape: image.shape,
      channels: image.channels,
      sampleType: image.sampleType,
      // Of an image that was read from a file there is always a format.
      format: image.format as Records.Format,
      range: image.range,
      nonFinite: image.nonFinite,
      isRescaled: image.isRescaled,
      geometry: image.geometry,
      orientation: image.orientation,
      members: image.members,
      member: image.member,
      notes: image.notes,
    };
  },
  has(id: number): boolean {
    return decoded.has(id);
  },
  grey(id: number) {
    return handOver(image(id).grey());
  },
  normalise(id: number, normalisation: Records.Normalisation | undefined) {
    return handOver(image(id).normalise(normalisation));
  },
  mask(id: number) {
    return handOver(image(id).mask());
  },
  map(id: number, options: Records.MapOptions | undefined) {
    return handOver(image(id).map(options));
  },
  prepareImage(id: number, options: Records.PrepareOptions | undefined) {
    return handOver(image(id).prepare(options));
  },
  release(id: number): void {
    decoded.get(id)?.free();
    decoded.delete(id);
  },
  async encode({ values, shape }: AnyGrid, options: Records.EncodeOptions) {
    return handOver((await images()).encode(values, shape, options) as Uint8Array<ArrayBuffer>);
  },

  async sample(request: Records.SampleRequest) {
    return handOver((await synthesis()).sample(request));
  },
  async corrupt({ values, shape }: Grid, corruption: Records.CorruptOptions) {
    return handOver((await synthesis()).corrupt(values, shape, corruption));
  },
  async resample({ values, shape }: Grid, wanted: readonly number[]) {
    return handOver((await synthesis()).resample(values, shape, wanted));
  },
  async crop({ values, shape }: Grid, square: Records.Square | undefined) {
    return handOver((await synthesis()).crop(values, shape, square));
  },
  async closing({ values, shape }: Grid, radius: number) {
    return handOver((await synthesis()).closing(values, shape, radius));
  },
  async largestComponent({ values, shape }: Grid, connectivity: Records.Connectivity | undefined) {
    return handOver((await synthesis()).largestComponent(values, shape, connectivity));
  },
  async dice(a: Grid, b: Grid) {
    return (await synthesis()).dice(a.values, a.shape, b.values, b.shape);
  },
};

/** What the client sees of this file. */
export type TopologyCalls = typeof calls;

function image(id: number) {
  const image = decoded.get(id);
  if (!image) throw new Error(`there is no decoded file ${id}`);
  return image;
}

async function assess(barcode: Records.Barcode, prior: Prior, thresholds: readonly number[]): Promise<Assessment[]> {
  const [engine, { bettiError }] = [await topology(), await topologyModule.load(events, compiled)];
  return thresholds.map((threshold) => {
    const betti = engine.bettiNumbers(barcode, threshold);
    return { threshold, betti, error: bettiError(prior, betti), margin: engine.margin(barcode, prior, threshold) };
  });
}

/** Makes a thing when it is first asked for; after a failure the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

keepErrorCodes();
expose(calls);
