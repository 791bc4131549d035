/** Samples, corruption, resampling and the simple tricks of the trade, in the worker. All of images, not of volumes. */
import type { Grid } from "./grid.js";
import { synthesis } from "./modules.js";
import type { CallOptions } from "./options.js";
import type { Connectivity, CorruptOptions, SampleRequest, Square } from "./records.js";
import { handOver } from "./wire.js";

export const synthesisCalls = {
  /** An image with its ground truth: digits are 28 x 28, hearts 80 x 80. The same request gives the same bits. */
  async sample(request: SampleRequest, _options?: CallOptions) {
    return handOver((await synthesis()).sample(request));
  },
  /** What a scanner that skips lines of k-space would have made of the image. */
  async corrupt(grid: Grid, corruption: CorruptOptions, _options?: CallOptions) {
    return handOver((await synthesis()).corrupt(grid.values, grid.shape, corruption));
  },
  /** The image in another size, `[rows, columns]`: interpolated where an axis grows, averaged where it shrinks. */
  async resample(grid: Grid, shape: readonly number[], _options?: CallOptions): Promise<Grid> {
    return handOver((await synthesis()).resample(grid.values, grid.shape, shape));
  },
  /** A square of the image. Default: the largest, in the middle. What lies outside of the image is 0. */
  async crop(grid: Grid, square?: Square, _options?: CallOptions): Promise<Grid> {
    return handOver((await synthesis()).crop(grid.values, grid.shape, square));
  },
  /** Closes gaps and holes of a mask (values of at least 0.5) that are narrower than a disk of this radius, in pixels. */
  async closing(grid: Grid, radius: number, _options?: CallOptions): Promise<Grid> {
    return handOver((await synthesis()).closing(grid.values, grid.shape, radius));
  },
  /** Keeps the component of a mask (values of at least 0.5) that has the most pixels. Default connectivity: `"T"`. */
  async largestComponent(grid: Grid, connectivity?: Connectivity, _options?: CallOptions): Promise<Grid> {
    return handOver((await synthesis()).largestComponent(grid.values, grid.shape, connectivity));
  },
  /** The Dice coefficient of two maps in [0, 1]; 1 if both are empty. */
  async dice(a: Grid, b: Grid, _options?: CallOptions) {
    return (await synthesis()).dice(a.values, a.shape, b.values, b.shape);
  },
};
