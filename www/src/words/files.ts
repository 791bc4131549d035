// What is said of files.

import type { Decoded } from "bettiscope";

import { ACCEPTED, size } from "./features";

const FORMATS: Record<string, string> = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  tiff: "TIFF",
  npy: "NPY",
  npz: "NPZ",
  nifti: "NIfTI",
};
const CHANNELS = { greyAlpha: "grey with alpha", rgb: "colour", rgba: "colour with alpha", index: "palette" } as const;

/** "PNG, uint16, 512 × 512" */
export function fileWords({ format, sampleType, shape, channels, orientation }: Decoded): string {
  const parts = [FORMATS[format] ?? format, sampleType, size(shape)];
  if (channels !== "grey") parts.push(CHANNELS[channels]);
  if (orientation) parts.push(orientation);
  return parts.join(", ");
}

/** A slice of a file of several. */
export function sliceName(file: string, slice: number, slices: number): string {
  return slices > 1 ? `${file}, slice ${slice + 1}` : file;
}

/** A map that needs no network. */
export function usedAsItIs(description: string): string {
  return `used as it is, ${description}; to segment it first, choose a model`;
}

export function oneAxis(name: string): string {
  return `${name} is an array of one axis; accepted are images and volumes, of 2 to 4 axes.`;
}

/** Why a file cannot be used; what is accepted is said unless the reason does. */
export function unusable(name: string, reason: string): string {
  return /accepted are/i.test(reason)
    ? `${name} cannot be used: ${reason}.`
    : `${name} cannot be used: ${reason}. Accepted are ${ACCEPTED}.`;
}

/** What values can be taken for. */
export const READINGS = {
  automatic: "automatic",
  looksLike: {
    mask: "automatic: a mask",
    labels: "automatic: labels",
    map: "automatic: a map",
  },
  mask: "a mask: everything but 0",
  labels: "labels: all but 0",
  alone: (label: number) => `labels: ${label} alone`,
  map: "a map of probabilities",
  clamped: "a map: cut off at 0 and 1",
  stretched: "a map: stretched",
  logits: "logits",
} as const;
