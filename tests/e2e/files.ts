/** Files for the tests, made by the encoders of the images module. */
import { load } from "../wasm/modules.mjs";

const { decode, encode } = await load("images");

/** A file as Playwright takes it. */
export interface TestFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The formats that uploads are tested with. */
export const FORMATS = {
  "map-8.png": { format: "png", sampleType: "uint8" },
  "map-16.png": { format: "png", sampleType: "uint16" },
  "map.tif": { format: "tiff", sampleType: "float32" },
  "map.npy": { format: "npy", sampleType: "float32" },
  "map.nii.gz": { format: "nifti", sampleType: "float32" },
} as const;

/** A file of values in [0, 1]. */
export function fileOf(name: keyof typeof FORMATS, values: readonly number[], shape: readonly number[]): TestFile {
  const bytes: Uint8Array = encode(Float32Array.from(values), shape, FORMATS[name]);
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
}

/** A label map as a 16-bit PNG. */
export function labelsFile(labels: readonly number[], shape: readonly number[]): TestFile {
  const bytes: Uint8Array = encode(Uint16Array.from(labels), shape, { format: "png" });
  return { name: "labels.png", mimeType: "image/png", buffer: Buffer.from(bytes) };
}

/** The values of a file in [0, 1], and their shape. */
export function pixelsOf(bytes: Uint8Array): { values: Float32Array; shape: number[] } {
  const decoded = decode(bytes);
  const { values, shape } = decoded.map();
  decoded.free();
  return { values, shape };
}
