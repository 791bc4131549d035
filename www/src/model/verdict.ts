// What is wrong with the mask at the threshold, and where: counted on all pixels of the file.

import type { Defect, Grid, TopologyClient, Verdict } from "bettiscope";
import { cellOf } from "./coordinates";
import type { Frame } from "./frame";
import { asked, type Question, textOf } from "./prior";
import { type Viewport, zoomed } from "./viewport";

/** The verdict on the mask of a frame. */
export interface Count {
  /** The frame, and the prior, connectivity and threshold that it is for. */
  readonly frame: Frame;
  readonly question: string;
  readonly verdict: Verdict;
  /** The shape of what was counted. */
  readonly shape: readonly number[];
}

/** A spot of a mask: some of its pixels. */
export interface Spot {
  readonly pixels: Uint32Array;
  /** Row and column of the middle. */
  readonly centre: readonly number[];
  readonly dimension: number;
  /** The shape that the pixels are of. */
  readonly shape: readonly number[];
}

/** Of so many errors of a dimension the place is searched, of the smallest. */
export const PLACES = 100;

/** Counts the mask of a frame: of its map, or of what that stands for with all pixels. */
export async function count(topology: TopologyClient, grid: Grid, frame: Frame, question: Question): Promise<Count> {
  const { prior, threshold, connectivity } = question;
  const verdict = await topology.check(grid, asked(prior), {
    threshold,
    connectivity,
    places: PLACES,
    // It may take seconds, and nobody points at anything meanwhile without an answer.
    priority: "later",
  });
  return { frame, question: keyOf(question), verdict, shape: grid.shape };
}

/** Whether a count is that of this frame and this question. */
export function isOf(count: Count | undefined, frame: Frame | undefined, question: Question): count is Count {
  return count !== undefined && count.frame === frame && count.question === keyOf(question);
}

/** The place of an error. */
export function spotOf({ feature, dimension }: Defect, shape: readonly number[]): Spot {
  return { pixels: feature.pixels, centre: feature.centre, dimension, shape };
}

/** The part of a picture that shows a spot, and as much around it. */
export function around({ pixels, centre, shape }: Spot): Viewport {
  const [rows = 1, columns = 1] = shape;
  const [row = 0, column = 0] = centre;
  let reach = 4;
  for (const pixel of pixels) {
    const at = cellOf(pixel, shape);
    reach = Math.max(reach, Math.abs(at.row - row), Math.abs(at.column - column));
  }
  const zoom = Math.max(rows, columns) / (4 * reach);
  const there = { zoom: 1, x: (column + 0.5) / columns, y: (row + 0.5) / rows };
  return zoomed(there, zoom, 0.5, 0.5);
}

function keyOf({ prior, connectivity, threshold }: Question): string {
  return [textOf(prior), connectivity, threshold].join();
}
