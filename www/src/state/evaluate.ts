// What the workers say of a map: its frame, and what only the step on the screen needs.

import type { Grid, Loss, Margin, TopologyClient } from "bettiscope";

import { type Frame, frameOfMap } from "./frame";
import { priorOf, type Setting } from "./setting";

/** The threshold at which a run asks whether the prior holds. */
const MIDDLE = 0.5;

/** The frame of a map that no run has changed. */
export async function evaluateMap(
  topology: TopologyClient,
  grid: Grid,
  setting: Setting,
  signal: AbortSignal,
): Promise<Frame> {
  const prior = priorOf(setting);
  const { connectivity, lambda } = setting;
  const loss = await topology.loss(grid, prior, { connectivity, outOfRange: "clamp", signal });
  const betti = await topology.bettiNumbers(loss.barcode, MIDDLE, { signal });
  const error = await topology.bettiError(prior, betti, { signal });
  return frameOfMap(
    grid.values,
    loss,
    lambda,
    betti,
    error.every((distance) => distance === 0),
  );
}

/** What is computed of the selected step only. */
export interface Analysis {
  /** The frame that it is of. */
  readonly frame: Frame;
  readonly loss: Loss;
  /** Bars that the prior asks for and that do not exist, per dimension. */
  readonly missing: readonly number[];
  /** The threshold that the following are for. */
  readonly threshold: number;
  readonly betti: readonly number[];
  /** How far each Betti number is from what the prior accepts. */
  readonly error: readonly number[];
  /** Between which thresholds around this one the verdict stays. */
  readonly margin: Margin;
}

/** Analyses a frame at a threshold; what does not depend on the threshold is taken from `known`. */
export async function analyse(
  topology: TopologyClient,
  frame: Frame,
  shape: readonly number[],
  setting: Setting,
  known: Loss | undefined,
): Promise<Analysis> {
  const prior = priorOf(setting);
  const { connectivity, threshold } = setting;
  const loss =
    known ?? (await topology.loss({ values: frame.map, shape }, prior, { connectivity, outOfRange: "clamp" }));
  const betti = await topology.bettiNumbers(frame.barcode, threshold);
  const error = await topology.bettiError(prior, betti);
  const margin = await topology.margin(frame.barcode, prior, threshold);
  const missing = loss.dimensions.map((dimension) => dimension.missing);
  return { frame, loss, missing, threshold, betti, error, margin };
}
