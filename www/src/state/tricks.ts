// The same target by simpler means, to compare with the optimisation.

import type { Grid, TopologyClient } from "bettiscope";

import { differences } from "../draw/bitmap";
import { priorOf, type Setting } from "./setting";

/** What one way of getting there gives. */
export interface Trick {
  readonly name: string;
  readonly mask: Grid;
  /** Pixels that are on another side than in the map of step 0. */
  readonly changed: number;
  readonly betti: readonly number[];
  readonly isRight: boolean;
  /** With the reference mask, if there is one. */
  readonly dice: number | undefined;
}

/** The radius of the closing, as a share of the image's side: the paper's disc of 7 pixels for images of 80. */
const CLOSING = 7 / 80;

/** Compares: the map as it is, closing, the largest component, exact repair, and the optimisation. */
export async function compareTricks(
  topology: TopologyClient,
  before: Grid,
  after: Grid | undefined,
  truth: Grid | undefined,
  setting: Setting,
  signal: AbortSignal,
): Promise<Trick[]> {
  const prior = priorOf(setting);
  const { threshold, connectivity } = setting;
  const { shape } = before;
  const cut = (grid: Grid): Grid => ({ values: grid.values.map((value) => (value >= threshold ? 1 : 0)), shape });
  const mask = cut(before);
  const radius = Math.max(1, Math.round(CLOSING * Math.max(...shape)));
  const [closed, largest, repaired] = await Promise.all([
    topology.closing(mask, radius, { signal }),
    topology.largestComponent(mask, connectivity, { signal }),
    topology.repair(before, prior, { threshold, connectivity, signal }),
  ]);
  const ways: [string, Grid][] = [
    ["As it is", mask],
    [`Closing, radius ${radius}`, closed],
    ["Largest component", largest],
    ["Exact repair", cut({ values: repaired.values, shape })],
    ...(after ? [["Optimisation", cut(after)] as [string, Grid]] : []),
  ];
  return Promise.all(
    ways.map(async ([name, result]) => {
      const verdict = await topology.check(result, prior, { threshold: 0.5, connectivity, places: 0, signal });
      const { gained, lost } = differences(mask.values, result.values, 0.5);
      const dice = truth && (await topology.dice(result, truth, { signal }));
      const { betti, correct: isRight } = verdict;
      return { name, mask: result, changed: gained.length + lost.length, betti, isRight, dice };
    }),
  );
}
