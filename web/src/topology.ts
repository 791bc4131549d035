import type { Remote } from "comlink";

import type { Grid } from "./grid.js";
import type { DecodeOptions } from "./records.js";
import type { TopologyCalls } from "./topology-worker.js";
import type { CallOptions, Decoded, TopologyClient, TopologyOptions } from "./types.js";
import { WorkerBridge } from "./worker-bridge.js";

const IDLE_AFTER = 300_000;

/** Starts a worker for barcodes, masks, files and samples, and loads the module of barcodes in it. */
export function createTopology(options: TopologyOptions = {}): TopologyClient {
  const bridge = new WorkerBridge<TopologyCalls>({
    spawn: () => new Worker(new URL("./topology-worker.js", import.meta.url), { type: "module" }),
    idleAfter: options.idleAfter ?? IDLE_AFTER,
    onAbort: "end",
    onDownload: options.onDownload,
  });
  type Calls = Remote<TopologyCalls>;
  const call = <T>(run: (calls: Calls) => Promise<T>, options?: CallOptions) => bridge.call(run, options?.signal);
  const ready = call((calls) => calls.prepare());
  // Whoever makes a call hears of it there.
  ready.catch(() => {});
  let files = 0;

  return {
    ready,
    barcode: (grid, options) => call((calls) => calls.barcode(grid, plain(options)), options),
    loss: (grid, prior, options) => call((calls) => calls.loss(grid, prior, plain(options)), options),
    feature: (grid, barcode, bar, level, options) => call((calls) => calls.feature(grid, barcode, bar, level), options),
    bettiNumbers: (barcode, threshold, options) => call((calls) => calls.bettiNumbers(barcode, threshold), options),
    margin: (barcode, prior, threshold, options) => call((calls) => calls.margin(barcode, prior, threshold), options),
    bettiCurve: (barcode, dimension, options) => call((calls) => calls.bettiCurve(barcode, dimension), options),
    parsePrior: (prior, options) => call((calls) => calls.parsePrior(prior), options),
    bettiError: (prior, betti, options) => call((calls) => calls.bettiError(prior, betti), options),
    assess: (barcode, prior, thresholds, options) => call((calls) => calls.assess(barcode, prior, thresholds), options),
    assessMap: (grid, prior, thresholds, options) =>
      call((calls) => calls.assessMap(grid, prior, thresholds, plain(options)), options),

    features: (grid, options) => call((calls) => calls.features(grid, plain(options)), options),
    check: (grid, prior, options) => call((calls) => calls.check(grid, prior, plain(options)), options),
    compare: (prediction, reference, options) =>
      call((calls) => calls.compare(prediction, reference, plain(options)), options),
    repair: (grid, prior, options) => call((calls) => calls.repair(grid, prior, plain(options)), options),

    decode: async (file, options) => {
      const bytes = await bytesOf(file);
      return decode(bridge, files++, bytes, options);
    },
    encode: (grid, options) => call((calls) => calls.encode(grid, plain(options)), options),

    sample: (request, options) => call((calls) => calls.sample(request), options),
    corrupt: (grid, corruption, options) => call((calls) => calls.corrupt(grid, corruption), options),
    resample: (grid, shape, options) => call((calls) => calls.resample(grid, shape), options),
    crop: (grid, square, options) => call((calls) => calls.crop(grid, square), options),
    closing: (grid, radius, options) => call((calls) => calls.closing(grid, radius), options),
    largestComponent: (grid, connectivity, options) =>
      call((calls) => calls.largestComponent(grid, connectivity), options),
    dice: (a, b, options) => call((calls) => calls.dice(a, b), options),

    dispose: () => bridge.dispose(),
  };
}

/** The bytes are kept on this side, so that a file outlives the worker that has decoded it. */
async function decode(
  bridge: WorkerBridge<TopologyCalls>,
  id: number,
  bytes: Uint8Array,
  options: (DecodeOptions & CallOptions) | undefined,
): Promise<Decoded> {
  const settings = plain(options);
  const description = await bridge.call((calls) => calls.decode(id, bytes, settings), options?.signal);
  const ask = <T>(run: (calls: Remote<TopologyCalls>) => Promise<T>, options?: CallOptions): Promise<T> =>
    bridge.call(async (calls) => {
      if (!(await calls.has(id))) await calls.decode(id, bytes, settings);
      return run(calls);
    }, options?.signal);
  const grid = async (values: Promise<Float32Array>): Promise<Grid> => ({
    values: await values,
    shape: description.shape,
  });
  return {
    ...description,
    grey: (options) => grid(ask((calls) => calls.grey(id), options)),
    normalise: (normalisation, options) => grid(ask((calls) => calls.normalise(id, normalisation), options)),
    mask: (options) => grid(ask((calls) => calls.mask(id), options)),
    map: (options) => ask((calls) => calls.map(id, plain(options)), options),
    prepare: (options) => ask((calls) => calls.prepareImage(id, plain(options)), options),
    dispose: () => void bridge.call((calls) => calls.release(id)).catch(() => {}),
  };
}

/** The options without the signal, which cannot be posted. */
function plain<T extends CallOptions>(options: T): Omit<T, "signal">;
function plain<T extends CallOptions>(options: T | undefined): Omit<T, "signal"> | undefined;
function plain<T extends CallOptions>(options: T | undefined): Omit<T, "signal"> | undefined {
  if (!options) return undefined;
  const { signal: _, ...rest } = options;
  return rest;
}

async function bytesOf(file: Uint8Array | ArrayBuffer | Blob): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  return new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
}
