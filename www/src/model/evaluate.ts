// What the workers say of a map: its frame, and what only the step on the screen needs.

import type { Assessment, Grid, Loss, Margin, TopologyClient } from "bettiscope";
import { type Frame, frameOfMap } from "./frame";
import { asked, type Question } from "./prior";

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

/** The frame of a map that no run has changed, and its analysis at the threshold of the question. */
export async function evaluateMap(
  topology: TopologyClient,
  grid: Grid,
  question: Question & { readonly lambda: number },
  signal: AbortSignal,
): Promise<Analysis> {
  const thresholds = [...new Set([MIDDLE, question.threshold])];
  const { loss, assessments } = await assessMap(topology, grid, question, thresholds, signal);
  const [middle, atThreshold = middle] = assessments as [Assessment, Assessment?];
  const holds = middle.error.every((distance) => distance === 0);
  const frame = frameOfMap(grid.values, loss, question.lambda, middle.betti, holds);
  return analysisOf(frame, loss, question, atThreshold);
}

/** Analyses a frame; what is known of it and still holds is taken from `known`. */
export async function analyse(
  topology: TopologyClient,
  frame: Frame,
  shape: readonly number[],
  question: Question,
  known: Analysis | undefined,
): Promise<Analysis> {
  const loss = known?.frame === frame && known.question === keyOf(question) ? known.loss : undefined;
  if (loss === undefined) {
    const grid = { values: frame.map, shape };
    const { loss, assessments } = await assessMap(topology, grid, question, [question.threshold]);
    return analysisOf(frame, loss, question, assessments[0] as Assessment);
  }
  const [assessment] = await topology.assess(frame.barcode, asked(question.prior), [question.threshold]);
  return analysisOf(frame, loss, question, assessment as Assessment);
}

/** Whether an analysis is the one of this frame that is asked for. */
export function isCurrent(analysis: Analysis | undefined, frame: Frame, question: Question): boolean {
  return (
    analysis?.frame === frame && analysis.question === keyOf(question) && analysis.threshold === question.threshold
  );
}

function assessMap(
  topology: TopologyClient,
  grid: Grid,
  question: Question,
  thresholds: readonly number[],
  signal?: AbortSignal,
) {
  const { prior, connectivity } = question;
  const options = { connectivity, outOfRange: "clamp" as const, ...(signal ? { signal } : {}) };
  return topology.assessMap(grid, asked(prior), thresholds, options);
}

function analysisOf(frame: Frame, loss: Loss, question: Question, assessment: Assessment): Analysis {
  const missing = loss.dimensions.map((dimension) => dimension.missing);
  return { frame, loss, question: keyOf(question), missing, ...assessment };
}

function keyOf({ prior, connectivity }: Question): string {
  return [...prior.counts, ...prior.weights, connectivity].join();
}
