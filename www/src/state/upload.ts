// Files that a visitor gives: decoded in the worker, brought to [0, 1], one slice at a time.

import type { Decoded, Grid, Normalisation, TopologyClient } from "bettiscope";

import { isAbort, messageOf } from "./latest";

/** What is accepted, for messages. */
export const ACCEPTED = "PNG, JPEG, WebP, TIFF, NPY, NPZ and NIfTI files";

const FORMATS: Record<string, string> = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  tiff: "TIFF",
  npy: "NPY",
  npz: "NPZ",
  nifti: "NIfTI",
};

/** A file that was decoded. */
export interface OpenFile {
  readonly name: string;
  /** "PNG, uint16, 512 × 512" */
  readonly description: string;
  readonly decoded: Decoded;
  readonly slices: number;
  /** The slice that is used, from 0. */
  readonly slice: number;
}

/** A slice of a file as it is used. */
export interface Upload {
  readonly file: OpenFile;
  /** What its values were brought to [0, 1] by: that of a record; undefined for a map. */
  readonly normalisation: string | undefined;
  readonly name: string;
  /** In [0, 1]. */
  readonly slice: Grid;
  /** What was done to its values. */
  readonly note: string;
}

/** Decodes a file. Rejects with a sentence that names the file, says what is wrong and what is accepted. */
export async function openFile(
  topology: TopologyClient,
  file: Blob,
  name: string,
  signal: AbortSignal,
): Promise<OpenFile> {
  const decoded = await topology.decode(file, { signal }).catch((error: unknown) => {
    throw isAbort(error) ? error : unusable(name, error);
  });
  const { shape } = decoded;
  if (shape.length < 2) {
    decoded.dispose();
    throw new Error(`${name} is an array of one axis; accepted are images and volumes, of 2 to 4 axes.`);
  }
  const slices = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { name, description: describe(decoded), decoded, slices, slice: Math.floor(slices / 2) };
}

function unusable(name: string, cause: unknown): Error {
  const reason = messageOf(cause);
  const rest = /accepted are/i.test(reason) ? "" : ` Accepted are ${ACCEPTED}.`;
  return new Error(`${name} cannot be used: ${reason}.${rest}`, { cause });
}

function describe({ format, sampleType, shape, channels, orientation }: Decoded): string {
  const parts = [FORMATS[format] ?? format, sampleType, shape.join(" × ")];
  if (channels !== "grey")
    parts.push({ greyAlpha: "grey with alpha", rgb: "colour", rgba: "colour with alpha", index: "palette" }[channels]);
  if (orientation) parts.push(orientation);
  return parts.join(", ");
}

/**
 * The selected slice in [0, 1]: as a mask or a map by the rule of the command line, or for a network as its record says.
 * Values that do not fit are stretched from the smallest to the largest.
 */
export async function takeSlice(
  file: OpenFile,
  normalisation: string | undefined,
  signal: AbortSignal,
): Promise<Upload> {
  const { decoded, slice } = file;
  const index = indexOf(slice, decoded.shape.slice(0, -2));
  const options = normalisation === undefined ? {} : { meaning: "map" as const, normalisation: read(normalisation) };
  const map = (options: object) => decoded.map({ ...options, ...(index.length > 0 ? { index } : {}), signal });
  const { values, shape, description } = await map(options)
    .catch((error: unknown) =>
      isAbort(error) ? Promise.reject(error) : map({ meaning: "map", normalisation: "minmax" }),
    )
    .catch((error: unknown) => Promise.reject(isAbort(error) ? error : unusable(file.name, error)));
  return {
    file,
    normalisation,
    name: file.slices > 1 ? `${file.name}, slice ${slice + 1}` : file.name,
    slice: { values, shape },
    note:
      normalisation === undefined
        ? `used as a probability map: ${description}; to segment it first, choose a model`
        : description,
  };
}

/** A normalisation as records have it: `type`, `minmax`, `percentile` (1 to 99) or `percentile:LOW,HIGH`. */
export function read(text: string): Normalisation {
  const [low, high] = (/^percentile(?::([\d.]+),([\d.]+))?$/.exec(text) ?? [])
    .slice(1)
    .map((part) => Number(part ?? Number.NaN));
  if (low !== undefined && high !== undefined) {
    return { percentile: Number.isNaN(low + high) ? { low: 1, high: 99 } : { low, high } };
  }
  return text === "minmax" ? "minmax" : "typeRange";
}

/** The place along each axis of the `number`-th slice. */
function indexOf(number: number, axes: readonly number[]): number[] {
  const index: number[] = [];
  let rest = number;
  for (const length of [...axes].reverse()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index;
}
