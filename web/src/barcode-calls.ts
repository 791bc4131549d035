/** The calls about barcodes, in the worker. */
import type { Grid } from "./grid.js";
import { topology, topologyFunctions } from "./modules.js";
import type { CallOptions } from "./options.js";
import type { Barcode, BarcodeOptions, LossOptions, Margin, Prior } from "./records.js";
import { handOver } from "./wire.js";

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

export const barcodeCalls = {
  /** The barcode of an image or volume. */
  async barcode(grid: Grid, options?: BarcodeOptions & CallOptions) {
    return handOver((await topology()).barcode(grid.values, grid.shape, options));
  },
  /** The topological loss of a probability map and its gradient: equations 3 and 4 of Clough et al. 2020. */
  async loss(grid: Grid, prior: string | Prior, options?: LossOptions & CallOptions) {
    return handOver((await topology()).loss(grid.values, grid.shape, prior, options));
  },
  /**
   * The pixels of the feature that a bar stands for in B(level): the component, the background that a hole encloses,
   * or a cycle through a handle. `grid` is what the barcode was computed from, `bar` the number of the bar in it.
   */
  async feature(grid: Grid, barcode: Barcode, bar: number, level: number, _options?: CallOptions) {
    return handOver((await topology()).feature(grid.values, barcode, bar, level));
  },
  /** The Betti numbers at a threshold, one per dimension. */
  async bettiNumbers(barcode: Barcode, threshold: number, _options?: CallOptions) {
    return (await topology()).bettiNumbers(barcode, threshold);
  },
  /** How far the threshold can be moved before the prior holds no more, or at last does, and which pixels decide. */
  async margin(barcode: Barcode, prior: string | Prior, threshold: number, _options?: CallOptions) {
    return (await topology()).margin(barcode, prior, threshold);
  },
  /** The Betti number of one dimension as a function of the threshold. */
  async bettiCurve(barcode: Barcode, dimension: number, _options?: CallOptions) {
    return handOver((await topology()).bettiCurve(barcode, dimension));
  },
  /** Reads a prior, such as `"1,1"` or `"1,0-2"`, and says what it means. */
  async parsePrior(prior: string | Prior, _options?: CallOptions) {
    return (await topologyFunctions()).parsePrior(prior);
  },
  /** How far each Betti number is from the nearest that the prior accepts. */
  async bettiError(prior: string | Prior, betti: readonly number[], _options?: CallOptions) {
    return (await topologyFunctions()).bettiError(prior, betti);
  },
  /** {@link bettiNumbers}, {@link bettiError} and {@link margin} in one journey to the worker. */
  async assess(barcode: Barcode, prior: string | Prior, thresholds: readonly number[], _options?: CallOptions) {
    return assess(barcode, prior, thresholds);
  },
  /** The {@link loss} of a map and what {@link assess} says of its barcode, in one journey: for maps that change fast. */
  async assessMap(
    grid: Grid,
    prior: string | Prior,
    thresholds: readonly number[],
    options?: LossOptions & CallOptions,
  ) {
    const loss = (await topology()).loss(grid.values, grid.shape, prior, options);
    return handOver({ loss, assessments: await assess(loss.barcode, prior, thresholds) });
  },
};

async function assess(barcode: Barcode, prior: string | Prior, thresholds: readonly number[]): Promise<Assessment[]> {
  const [engine, { bettiError }] = [await topology(), await topologyFunctions()];
  return thresholds.map((threshold) => {
    const betti = engine.bettiNumbers(barcode, threshold);
    return { threshold, betti, error: bettiError(prior, betti), margin: engine.margin(barcode, prior, threshold) };
  });
}
