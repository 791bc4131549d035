import type { Grid } from "./grid.js";
import type { Connectivity, Corrupted, CorruptOptions, Sample, SampleRequest, Square } from "./records.js";
import type { CallOptions } from "./types.js";

/** Samples, corruption, resampling and the simple tricks of the trade. All of images, not of volumes. */
export interface SynthesisCalls {
  /** An image with its ground truth: digits are 28 x 28, hearts 80 x 80. The same request gives the same bits. */
  sample(request: SampleRequest, options?: CallOptions): Promise<Sample>;
  /** What a scanner that skips lines of k-space would have made of the image. */
  corrupt(grid: Grid, corruption: CorruptOptions, options?: CallOptions): Promise<Corrupted>;
  /** The image in another size, `[rows, columns]`: interpolated where an axis grows, averaged where it shrinks. */
  resample(grid: Grid, shape: readonly number[], options?: CallOptions): Promise<Grid>;
  /** A square of the image. Default: the largest, in the middle. What lies outside of the image is 0. */
  crop(grid: Grid, square?: Square, options?: CallOptions): Promise<Grid>;
  /** Closes gaps and holes of a mask (values of at least 0.5) that are narrower than a disk of this radius, in pixels. */
  closing(grid: Grid, radius: number, options?: CallOptions): Promise<Grid>;
  /** Keeps the component of a mask (values of at least 0.5) that has the most pixels. Default connectivity: `"T"`. */
  largestComponent(grid: Grid, connectivity?: Connectivity, options?: CallOptions): Promise<Grid>;
  /** The Dice coefficient of two maps in [0, 1]; 1 if both are empty. */
  dice(a: Grid, b: Grid, options?: CallOptions): Promise<number>;
}
