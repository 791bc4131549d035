// Files that a visitor gives: decoded in the worker, brought to [0, 1], one slice at a time.

import type { Decoded, Grid, TopologyClient } from "bettiscope";

import type { Upload } from "./source";

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
  /** "PNG, 16 bit, 512 × 512, grey" */
  readonly description: string;
  readonly decoded: Decoded;
  readonly slices: number;
  /** The slice that is used, from 0. */
  readonly slice: number;
}

/** Decodes a file. Rejects with a sentence that names the file, says what is wrong and what is accepted. */
export async function openFile(topology: TopologyClient, file: Blob, name: string): Promise<OpenFile> {
  let decoded: Decoded;
  try {
    decoded = await topology.decode(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} cannot be used: ${reason}. Accepted are ${ACCEPTED}.`, { cause: error });
  }
  const { shape } = decoded;
  if (shape.length < 2) {
    decoded.dispose();
    throw new Error(`${name} is an array of one axis; accepted are images and volumes, of 2 to 4 axes.`);
  }
  const slices = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { name, description: describe(decoded), decoded, slices, slice: Math.floor(slices / 2) };
}

function describe({ format, sampleType, shape, channels, orientation }: Decoded): string {
  const parts = [FORMATS[format] ?? format, sampleType, shape.join(" × ")];
  if (channels !== "grey")
    parts.push({ greyAlpha: "grey with alpha", rgb: "colour", rgba: "colour with alpha", index: "palette" }[channels]);
  if (orientation) parts.push(orientation);
  return parts.join(", ");
}

/** The selected slice in [0, 1], for a network or as a map, and what was done to its values. */
export async function takeSlice(file: OpenFile, isMap: boolean): Promise<Upload> {
  const { grid, note } = isMap ? await asMap(file) : await asImage(file);
  const [rows = 1, columns = 1] = grid.shape.slice(-2);
  const from = file.slice * rows * columns;
  const slice: Grid = { values: grid.values.slice(from, from + rows * columns), shape: [rows, columns] };
  return { name: file.slices > 1 ? `${file.name}, slice ${file.slice + 1}` : file.name, slice, note };
}

/** Probabilities as they are; masks and labels as 0 and 1. */
async function asMap({ decoded, name }: OpenFile): Promise<{ grid: Grid; note: string }> {
  if (decoded.maskKind.kind !== "continuous") {
    return { grid: await decoded.mask(), note: "a mask: 1 where the file is not 0" };
  }
  try {
    return { grid: await decoded.normalise("typeRange"), note: `${decoded.sampleType} values used as probabilities` };
  } catch (error) {
    if (decoded.nonFinite > 0)
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    const [low, high] = decoded.range ?? [0, 1];
    return { grid: await decoded.normalise("minmax"), note: `values from ${low} to ${high} stretched to 0 to 1` };
  }
}

/** Intensities, stretched so that a dark image is as good as a bright one. */
async function asImage({ decoded }: OpenFile): Promise<{ grid: Grid; note: string }> {
  const percentile = { low: 0.5, high: 99.5 };
  return {
    grid: await decoded.normalise({ percentile }),
    note: `intensities stretched: the ${percentile.low}th percentile is 0, the ${percentile.high}th is 1`,
  };
}
