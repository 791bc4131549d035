// What the workers say of a map: its frame, and what only the step on the screen needs.

import type { Assessment, Grid, Loss, Margin, TopologyClient } from "bettiscope";
import { priorOf, type Setting } from "../screens/lab/state/setting";
import { type Frame, frameOfMap } from "./frame";

/** The threshold at which a run asks whether the prior holds. */
const MIDDLE = 0.5;

/** What is computed of the selected step only. */
export interface Analysis {
  /** The frame that it is of. */
  readonly frame: Frame;
  readonly loss: Loss;
  /** The prior and the connectivity that the following are for. */
  readonly question: string;
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

/** The frame of a map that no run has changed, and its analysis at the threshold of the setting. */
export async function evaluateMap(
  topology: TopologyClient,
  grid: Grid,
  setting: Setting,
  signal: AbortSignal,
): Promise<Analysis> {
  const thresholds = [...new Set([MIDDLE, setting.threshold])];
  const { loss, assessments } = await assessMap(topology, grid, setting, thresholds, signal);
  const [middle, atThreshold = middle] = assessments as [Assessment, Assessment?];
  const holds = middle.error.every((distance) => distance === 0);
  const frame = frameOfMap(grid.values, loss, setting.lambda, middle.betti, holds);
  return analysisOf(frame, loss, setting, atThreshold);
}

/** Analyses a frame as the setting says now; what is known of it and still holds is taken from `known`. */
export async function analyse(
  topology: TopologyClient,
  frame: Frame,
  shape: readonly number[],
  setting: Setting,
  known: Analysis | undefined,
): Promise<Analysis> {
  const loss = known?.frame === frame && known.question === questionOf(setting) ? known.loss : undefined;
  if (loss === undefined) {
    const grid = { values: frame.map, shape };
    const { loss, assessments } = await assessMap(topology, grid, setting, [setting.threshold]);
    return analysisOf(frame, loss, setting, assessments[0] as Assessment);
  }
  const [assessment] = await topology.assess(frame.barcode, priorOf(setting), [setting.threshold]);
  return analysisOf(frame, loss, setting, assessment as Assessment);
}

/** Whether an analysis is the one of this frame that the setting asks for. */
export function isCurrent(analysis: Analysis | undefined, frame: Frame, setting: Setting): boolean {
  return (
    analysis?.frame === frame && analysis.question === questionOf(setting) && analysis.threshold === setting.threshold
  );
}

function assessMap(
  topology: TopologyClient,
  grid: Grid,
  setting: Setting,
  thresholds: readonly number[],
  signal?: AbortSignal,
) {
  const { connectivity } = setting;
  const options = { connectivity, outOfRange: "clamp" as const, ...(signal ? { signal } : {}) };
  return topology.assessMap(grid, priorOf(setting), thresholds, options);
}

function analysisOf(frame: Frame, loss: Loss, setting: Setting, assessment: Assessment): Analysis {
  const missing = loss.dimensions.map((dimension) => dimension.missing);
  return { frame, loss, question: questionOf(setting), missing, ...assessment };
}

function questionOf({ components, loops, componentsWeight, loopsWeight, connectivity }: Setting): string {
  return [components, loops, componentsWeight, loopsWeight, connectivity].join();
}
