/**
 * Everything that the two clients take and give. Functions that compute run in a worker and return promises; all of
 * them accept an `AbortSignal`, and reject with an `AbortError` as soon as it is aborted.
 */
import type { barcodeCalls } from "./barcode-calls.js";
import type { ClientOf, HandleOf } from "./calls.js";
import type { decodedCalls, fileCalls, handleCalls } from "./file-calls.js";
import type { maskCalls } from "./mask-calls.js";
import type { CallOptions, Download } from "./options.js";
import type { DecodeOptions } from "./records.js";
import type { synthesisCalls } from "./synthesis-calls.js";

export type { Assessment } from "./barcode-calls.js";
export type { BettiscopeErrorCode } from "./error.js";
export { BettiscopeError } from "./error.js";
export type { Grid } from "./grid.js";
export type * from "./learner-types.js";
export type * from "./options.js";
export type * from "./records.js";

/** How to make a {@link TopologyClient}. */
export interface TopologyOptions {
  /** Called while a module is downloaded, and once when it is complete. */
  readonly onDownload?: (download: Download) => void;
  /**
   * After how many milliseconds without a call the worker is ended, which gives back its memory. The next call starts
   * it again, without a new download. Default: 300 000.
   */
  readonly idleAfter?: number;
  /**
   * How many workers there may be: one for what somebody waits for, the others for calls with the priority `"later"`,
   * which start them. Default: as many as the machine has cores but one, at least 2 and at most 4.
   */
  readonly workers?: number;
}

/** What the worker of a {@link TopologyClient} does, call by call. */
export interface TopologyCalls
  extends ClientOf<typeof barcodeCalls>,
    ClientOf<typeof maskCalls>,
    ClientOf<typeof fileCalls>,
    SynthesisCalls {}

/** Samples, corruption, resampling and the simple tricks of the trade. All of images, not of volumes. */
export interface SynthesisCalls extends ClientOf<typeof synthesisCalls> {}

/** Barcodes, priors, masks, image files and samples. Each module is loaded when it is first needed. */
export interface TopologyClient extends TopologyCalls {
  /** Resolves when the module of barcodes is loaded. Calls need not wait for it. */
  readonly ready: Promise<void>;
  /** Reads PNG, JPEG, WebP, TIFF, NPY, NPZ or NIfTI; the format is found from the content. A blob is read when it is needed. */
  decode(file: Uint8Array | ArrayBuffer | Blob, options?: DecodeOptions & CallOptions): Promise<Decoded>;
  /** Ends the workers. Calls that wait are rejected with the code `"disposed"`. */
  dispose(): void;
}

type Description = Awaited<ReturnType<typeof handleCalls.decode>>;

/** A decoded file. Its values are in the worker until they are asked for. */
export interface Decoded extends Readonly<Description>, HandleOf<typeof decodedCalls> {
  /** Gives back the memory. */
  dispose(): void;
}
