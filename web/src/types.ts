/**
 * Everything that the two clients take and give. Functions that compute run in a worker and return promises; all of
 * them accept an `AbortSignal`, and reject with an `AbortError` as soon as it is aborted.
 */
import type { Grid } from "./grid.js";
import type {
  Barcode,
  BarcodeOptions,
  BettiCurve,
  ChannelLayout,
  CheckOptions,
  DecodeOptions,
  EncodeOptions,
  Feature,
  Format,
  Geometry,
  Loss,
  LossOptions,
  MapOptions,
  Margin,
  MaskFeature,
  MaskOptions,
  Normalisation,
  ParsedPrior,
  PreparedImage,
  PrepareOptions,
  Prior,
  Repair,
  RepairOptions,
  SampleType,
  UnitMap,
  Verdict,
} from "./records.js";
import type { SynthesisCalls } from "./synthesis-types.js";

export type { BettiscopeErrorCode } from "./error.js";
export { BettiscopeError } from "./error.js";
export type { Grid } from "./grid.js";
export type * from "./learner-types.js";
export type * from "./records.js";
export type * from "./synthesis-types.js";

/** What every call that takes time accepts. */
export interface CallOptions {
  /** Rejects the call when it is aborted. If the worker is busy with it, the worker is replaced. */
  readonly signal?: AbortSignal;
}

/** A download, in bytes as they are after decompression. */
export interface Download {
  /** What is downloaded: the name of a module ("topology") or of a model ("digits"). */
  readonly what: string;
  /** How much is here. */
  readonly loaded: number;
  /** How much there will be. */
  readonly total: number;
}

/** How to make a {@link TopologyClient}. */
export interface TopologyOptions {
  /** Called while a module is downloaded, and once when it is complete. */
  readonly onDownload?: (download: Download) => void;
  /**
   * After how many milliseconds without a call the worker is ended, which gives back its memory. The next call starts
   * it again, without a new download. Default: 300 000.
   */
  readonly idleAfter?: number;
}

/** Barcodes, priors, masks, image files and samples. Each module is loaded when it is first needed. */
export interface TopologyClient extends SynthesisCalls {
  /** Resolves when the module of barcodes is loaded. Calls need not wait for it. */
  readonly ready: Promise<void>;

  /** The barcode of an image or volume. */
  barcode(grid: Grid, options?: BarcodeOptions & CallOptions): Promise<Barcode>;
  /** The topological loss of a probability map and its gradient: equations 3 and 4 of Clough et al. 2020. */
  loss(grid: Grid, prior: string | Prior, options?: LossOptions & CallOptions): Promise<Loss>;
  /**
   * The pixels of the feature that a bar stands for in B(level): the component, the background that a hole encloses,
   * or a cycle through a handle. `grid` is what the barcode was computed from, `bar` the number of the bar in it.
   */
  feature(grid: Grid, barcode: Barcode, bar: number, level: number, options?: CallOptions): Promise<Feature>;
  /** The Betti numbers at a threshold, one per dimension. */
  bettiNumbers(barcode: Barcode, threshold: number, options?: CallOptions): Promise<number[]>;
  /** How far the threshold can be moved before the prior holds no more, or at last does, and which pixels decide. */
  margin(barcode: Barcode, prior: string | Prior, threshold: number, options?: CallOptions): Promise<Margin>;
  /** The Betti number of one dimension as a function of the threshold. */
  bettiCurve(barcode: Barcode, dimension: number, options?: CallOptions): Promise<BettiCurve>;
  /** Reads a prior, such as `"1,1"` or `"1,0-2"`, and says what it means. */
  parsePrior(prior: string | Prior, options?: CallOptions): Promise<ParsedPrior>;
  /** How far each Betti number is from the nearest that the prior accepts. */
  bettiError(prior: string | Prior, betti: readonly number[], options?: CallOptions): Promise<number[]>;
  /** {@link bettiNumbers}, {@link bettiError} and {@link margin} in one journey to the worker. */
  assess(
    barcode: Barcode,
    prior: string | Prior,
    thresholds: readonly number[],
    options?: CallOptions,
  ): Promise<Assessment[]>;
  /** The {@link loss} of a map and what {@link assess} says of its barcode, in one journey: for maps that change fast. */
  assessMap(
    grid: Grid,
    prior: string | Prior,
    thresholds: readonly number[],
    options?: LossOptions & CallOptions,
  ): Promise<{ readonly loss: Loss; readonly assessments: readonly Assessment[] }>;

  /** All components, holes, handles and cavities of a mask, by dimension, in each the smallest first. */
  features(grid: Grid, options?: MaskOptions & CallOptions): Promise<MaskFeature[]>;
  /** What is topologically wrong with a mask under a prior, and where: counts of all, places of the smallest. */
  check(grid: Grid, prior: string | Prior, options?: CheckOptions & CallOptions): Promise<Verdict>;
  /** What is topologically wrong with a mask in comparison with a reference of the same shape. */
  compare(prediction: Grid, reference: Grid, options?: MaskOptions & CallOptions): Promise<Verdict>;
  /** Changes a mask or map in few pixels so that it satisfies the prior, and says what was changed, edit by edit. */
  repair(grid: Grid, prior: string | Prior, options?: RepairOptions & CallOptions): Promise<Repair>;

  /** Reads PNG, JPEG, WebP, TIFF, NPY, NPZ or NIfTI; the format is found from the content. */
  decode(file: Uint8Array | ArrayBuffer | Blob, options?: DecodeOptions & CallOptions): Promise<Decoded>;
  /** Writes PNG, TIFF, NPY or NIfTI. */
  encode(
    grid: Grid | { readonly values: Uint8Array | Uint16Array; readonly shape: readonly number[] },
    options: EncodeOptions & CallOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;

  /** Ends the worker. Calls that wait are rejected with the code `"disposed"`. */
  dispose(): void;
}

/** What a barcode is at a threshold, under a prior. */
export interface Assessment {
  readonly threshold: number;
  /** The Betti numbers there, one per dimension. */
  readonly betti: readonly number[];
  /** How far each of them is from the nearest that the prior accepts. */
  readonly error: readonly number[];
  /** Between which thresholds around this one the answer stays. */
  readonly margin: Margin;
}

/** A decoded file. Its values are in the worker until they are asked for. */
export interface Decoded {
  /** Without channels: `[rows, columns]`, `[slices, rows, columns]`, or the array's own for NPY. */
  readonly shape: readonly number[];
  /** What the samples of one pixel are. */
  readonly channels: ChannelLayout;
  /** The type that the samples have in the file. */
  readonly sampleType: SampleType;
  /** What the file turned out to be. */
  readonly format: Format;
  /** The smallest and the largest finite sample, unless no sample is finite. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** How many samples are NaN or infinite. */
  readonly nonFinite: number;
  /** Whether the file's own slope and intercept (NIfTI) were applied. */
  readonly isRescaled: boolean;
  /** Spacing, affine and orientation, where the format has them (NIfTI). */
  readonly geometry: Geometry | undefined;
  /** The direction in which each voxel axis runs, such as "RAS", where the file says so. */
  readonly orientation: string | undefined;
  /** For NPZ the names of all arrays; empty for all other formats. */
  readonly members: readonly string[];
  /** For NPZ the name of the array that this is. */
  readonly member: string | undefined;
  /** What was decided in reading and may have been meant otherwise: sentences without an end. */
  readonly notes: readonly string[];
  /** One intensity per pixel with the values of the file; colours become luma by Rec. 601. */
  grey(options?: CallOptions): Promise<Grid>;
  /** One intensity per pixel in [0, 1]. Default: by the range of the type. */
  normalise(normalisation?: Normalisation, options?: CallOptions): Promise<Grid>;
  /** 1 where the file does not have 0. */
  mask(options?: CallOptions): Promise<Grid>;
  /** A mask or a probability map, whole or a slice of it, by the rule of the command line; says what was done. */
  map(options?: MapOptions & CallOptions): Promise<UnitMap>;
  /**
   * What a network sees of the image: cut to a square, resampled and brought to [0, 1] as the network's record says,
   * by the rule of training and of the command line.
   */
  prepare(options?: PrepareOptions & CallOptions): Promise<PreparedImage>;
  /** Gives back the memory. */
  dispose(): void;
}
