/** The calls about masks, in the worker. */
import type { Grid } from "./grid.js";
import { masks } from "./modules.js";
import type { CallOptions } from "./options.js";
import type { CheckOptions, MaskOptions, Prior, RepairOptions } from "./records.js";
import { handOver } from "./wire.js";

export const maskCalls = {
  /** All components, holes, handles and cavities of a mask, by dimension, in each the smallest first. */
  async features(grid: Grid, options?: MaskOptions & CallOptions) {
    return handOver((await masks()).features(grid.values, grid.shape, options));
  },
  /** What is topologically wrong with a mask under a prior, and where: counts of all, places of the smallest. */
  async check(grid: Grid, prior: string | Prior, options?: CheckOptions & CallOptions) {
    return handOver((await masks()).check(grid.values, grid.shape, prior, options));
  },
  /** What is topologically wrong with a mask in comparison with a reference of the same shape. */
  async compare(prediction: Grid, reference: Grid, options?: MaskOptions & CallOptions) {
    return handOver((await masks()).compare(prediction.values, reference.values, prediction.shape, options));
  },
  /** Changes a mask or map in few pixels so that it satisfies the prior, and says what was changed, edit by edit. */
  async repair(grid: Grid, prior: string | Prior, options?: RepairOptions & CallOptions) {
    return handOver((await masks()).repair(grid.values, grid.shape, prior, options));
  },
};
