// The same target by simpler means, to compare with the optimisation.

import type { Edit, Grid, TopologyClient } from "bettiscope";
import { asked } from "../../../model/prior";
import { differences } from "../../../viewer/bitmap";
import type { Setting } from "./setting";

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
  /** What was done step by step, where that is known. */
  readonly edits: readonly Edit[];
}

/** The radius of the paper's closing, as a share of the image's side: a disc of 7 pixels for images of 80. */
const PAPER = 7 / 80;

type Way = Pick<Trick, "name" | "mask"> & Partial<Pick<Trick, "edits">>;

/** Compares: the map as it is, closing, the largest component, exact repair, and the optimisation. */
export async function compareTricks(
  topology: TopologyClient,
  before: Grid,
  after: Grid | undefined,
  truth: Grid | undefined,
  setting: Setting,
  signal: AbortSignal,
): Promise<Trick[]> {
  const prior = asked(setting.prior);
  const options = { signal, priority: "later" as const };
  const { threshold, connectivity } = setting;
  const { shape } = before;
  const cut = (grid: Grid): Grid => ({ values: grid.values.map((value) => (value >= threshold ? 1 : 0)), shape });
  const mask = cut(before);
  const paper = Math.max(1, Math.round(PAPER * Math.max(...shape)));
  const radii = [...new Set([setting.closing, paper])];
  const [largest, repaired, ...closed] = await Promise.all([
    topology.largestComponent(mask, connectivity, options),
    topology.repair(before, prior, { threshold, connectivity, ...options }),
    ...radii.map((radius) => topology.closing(mask, radius, options)),
  ]);
  const closings = closed.map((grid, index): Way => {
    const radius = radii[index] ?? paper;
    return { name: `Closing, radius ${radius}${radius === paper ? ": the paper’s 7 of 80" : ""}`, mask: grid };
  });
  const ways: Way[] = [
    { name: "As it is", mask },
    ...closings,
    { name: "Largest component", mask: largest },
    { name: "Exact repair", mask: cut({ values: repaired.values, shape }), edits: repaired.edits },
    ...(after ? [{ name: "Optimisation", mask: cut(after) }] : []),
  ];
  return Promise.all(
    ways.map(async ({ name, mask: result, edits = [] }) => {
      const verdict = await topology.check(result, prior, { threshold: 0.5, connectivity, places: 0, ...options });
      const { gained, lost } = differences(mask.values, result.values, 0.5);
      const dice = truth && (await topology.dice(result, truth, options));
      const { betti, correct: isRight } = verdict;
      return { name, mask: result, changed: gained.length + lost.length, betti, isRight, dice, edits };
    }),
  );
}
