/** The calls about files, in the worker. */
import type { DecodedImage } from "../../pkg/images/images.js";
import type { Grid } from "./grid.js";
import { images } from "./modules.js";
import type { CallOptions } from "./options.js";
import type { DecodeOptions, EncodeOptions, Format, MapOptions, Normalisation, PrepareOptions } from "./records.js";
import { handOver } from "./wire.js";

/** Decoded files by the number that the client has given them. */
const decoded = new Map<number, DecodedImage>();

/** What can be asked of a decoded file. */
export const decodedCalls = {
  /** One intensity per pixel with the values of the file; colours become luma by Rec. 601. */
  grey(id: number, _options?: CallOptions): Grid {
    return gridOf(id, image(id).grey());
  },
  /** One intensity per pixel in [0, 1]. Default: by the range of the type. */
  normalise(id: number, normalisation?: Normalisation, _options?: CallOptions): Grid {
    return gridOf(id, image(id).normalise(normalisation));
  },
  /** 1 where the file does not have 0. */
  mask(id: number, _options?: CallOptions): Grid {
    return gridOf(id, image(id).mask());
  },
  /** A mask or a probability map, whole or a slice of it, by the rule of the command line; says what was done. */
  map(id: number, options?: MapOptions & CallOptions) {
    return handOver(image(id).map(options));
  },
  /**
   * What a network sees of the image: cut to a square, resampled and brought to [0, 1] as the network's record says,
   * by the rule of training and of the command line.
   */
  prepare(id: number, options?: PrepareOptions & CallOptions) {
    return handOver(image(id).prepare(options));
  },
};

/** What the client needs for that. */
export const handleCalls = {
  /** Reads a file under a number. */
  async decode(id: number, file: Blob, options: DecodeOptions | undefined) {
    const image = (await images()).decode(new Uint8Array(await file.arrayBuffer()), options);
    decoded.set(id, image);
    return {
      /** Without channels: `[rows, columns]`, `[slices, rows, columns]`, or the array's own for NPY. */
      shape: image.shape,
      /** What the samples of one pixel are. */
      channels: image.channels,
      /** The type that the samples have in the file. */
      sampleType: image.sampleType,
      /** What the file turned out to be. Of an image that was read from a file there is always a format. */
      format: image.format as Format,
      /** The smallest and the largest finite sample, unless no sample is finite. */
      range: image.range,
      /** How many samples are NaN or infinite. */
      nonFinite: image.nonFinite,
      /** Whether the file's own slope and intercept (NIfTI) were applied. */
      isRescaled: image.isRescaled,
      /** Spacing, affine and orientation, where the format has them (NIfTI). */
      geometry: image.geometry,
      /** The direction in which each voxel axis runs, such as "RAS", where the file says so. */
      orientation: image.orientation,
      /** For NPZ the names of all arrays; empty for all other formats. */
      members: image.members,
      /** For NPZ the name of the array that this is. */
      member: image.member,
      /** What was decided in reading and may have been meant otherwise: sentences without an end. */
      notes: image.notes,
    };
  },
  has(id: number): boolean {
    return decoded.has(id);
  },
  release(id: number): void {
    decoded.get(id)?.free();
    decoded.delete(id);
  },
};

export const fileCalls = {
  /** Writes PNG, TIFF, NPY or NIfTI. */
  async encode(
    grid: Grid | { readonly values: Uint8Array | Uint16Array; readonly shape: readonly number[] },
    options: EncodeOptions & CallOptions,
  ) {
    return handOver((await images()).encode(grid.values, grid.shape, options) as Uint8Array<ArrayBuffer>);
  },
};

function image(id: number): DecodedImage {
  const image = decoded.get(id);
  if (!image) throw new Error(`there is no decoded file ${id}`);
  return image;
}

function gridOf(id: number, values: Float32Array): Grid {
  return handOver({ values, shape: image(id).shape });
}
