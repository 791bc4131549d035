// Where the image comes from: samples, drawings, uploads; corrupted and brought to the size of the model.

import type { Grid, Sample, Square, TopologyClient } from "bettiscope";
import { CORRUPTED, cropped, HEART_SQUARE, NAMES, reducedForRun, resampled } from "../../../words/images";
import { OPENING_SOURCE } from "./opening-map";
import type { Setting } from "./setting";
import { LARGEST, MODEL_SIZES } from "./sizes";
import type { PreparedSlice } from "./upload";

/** What is segmented. */
export interface Source {
  readonly name: string;
  /** What the network sees; where there is no network, the map. */
  readonly image: Grid;
  /** The map of which `image` is a smaller copy, if it is one. */
  readonly whole?: Grid;
  /** The reference mask, if there is one. */
  readonly truth: Grid | undefined;
  /** What was done to the image, in sentences. */
  readonly notes: readonly string[];
}

/** Where what a visitor gave is taken from. */
export interface Giver {
  readonly given: { readonly square: Square | undefined; readonly drawing: Grid | undefined };
  /** The slice of the file that is open. */
  upload(signal: AbortSignal): Promise<{ readonly name: string; readonly slice: Grid; readonly note: string }>;
  /** What the network of the setting sees of it. */
  prepared(signal: AbortSignal): Promise<PreparedSlice>;
}

/** Makes the source of a setting. */
export async function makeSource(
  topology: TopologyClient,
  setting: Setting,
  giver: Giver,
  signal: AbortSignal,
): Promise<Source> {
  const notes: string[] = [];
  const start = await startOf(topology, setting, giver, notes, signal);
  let { image, truth } = start;
  if (setting.source !== "opening" && setting.source !== "diagonal" && setting.lines > 0 && setting.model !== "none") {
    const options = {
      m: Math.min(setting.lines, spared(image, setting)),
      seed: setting.noise,
      variant: variant(setting),
    };
    const corrupted = await topology.corrupt(image, options, { signal });
    image = corrupted.image;
    notes.push(CORRUPTED[options.variant](options.m));
  }
  const shape = targetShape(setting, image);
  if (shape.join() === image.shape.join()) return { name: start.name, image, truth, notes };
  const copy = await topology.resample(image, shape, { signal });
  if (setting.model === "none") {
    notes.push(reducedForRun(shape, image.shape));
    return { name: start.name, image: copy, whole: image, truth: undefined, notes };
  }
  notes.push(resampled(image.shape, shape));
  truth &&= await topology.resample(truth, shape, { signal });
  return { name: start.name, image: copy, truth, notes };
}

type Start = { name: string; image: Grid; truth: Grid | undefined };

async function startOf(
  topology: TopologyClient,
  setting: Setting,
  giver: Giver,
  notes: string[],
  signal: AbortSignal,
): Promise<Start> {
  const { seed } = setting;
  switch (setting.source) {
    case "opening":
      return OPENING_SOURCE;
    case "diagonal":
      return { name: NAMES.diagonal, image: DIAGONAL, truth: undefined };
    case "digit":
      return named(
        NAMES.digit(setting.label),
        await topology.sample({ kind: "digit", seed, label: setting.label }, { signal }),
      );
    case "heart":
      return named(NAMES.heart, await topology.sample({ kind: "heart", seed }, { signal }));
    case "shape": {
      const size = MODEL_SIZES.shapes;
      return named(
        NAMES.shape[setting.shape],
        await topology.sample({ kind: "shape", seed, shape: setting.shape, size }, { signal }),
      );
    }
    case "drawing":
      return { name: NAMES.drawing, image: giver.given.drawing ?? blank(setting), truth: undefined };
    case "upload": {
      const { name, slice, note } = await giver.upload(signal);
      const wanted = giver.given.square;
      if (setting.model === "none") {
        notes.push(note);
        if (wanted) notes.push(cropped(wanted));
        const image = wanted ? await topology.crop(slice, wanted, { signal }) : slice;
        return { name, image, truth: undefined };
      }
      const { image, square, note: done } = await giver.prepared(signal);
      notes.push(done);
      if (setting.model.startsWith("heart") && wanted === undefined) notes.push(HEART_SQUARE);
      if (square) notes.push(cropped(square));
      const before = square ? [square.side, square.side] : slice.shape;
      if (before.join() !== image.shape.join()) notes.push(resampled(before, image.shape));
      return { name, image, truth: undefined };
    }
  }
}

function named(name: string, { image, truth }: Sample): Start {
  return { name, image, truth };
}

/** Digits lose rows and columns (section 4.1 of the paper), all others rows (section 4.2). */
function variant(setting: Setting): "rowsAndColumns" | "rows" {
  return setting.model === "digits" ? "rowsAndColumns" : "rows";
}

/** The most lines that an image can lose. */
function spared({ shape }: Grid, setting: Setting): number {
  const rows = Math.min(shape[0] ?? 1, shape[1] ?? 1);
  return variant(setting) === "rows" ? Math.max(0, rows - 8) : rows - 1;
}

function targetShape({ model }: Setting, { shape }: Grid): [number, number] {
  const [rows = 1, columns = 1] = shape;
  if (model !== "none") return [MODEL_SIZES[model], MODEL_SIZES[model]];
  const factor = Math.min(1, LARGEST / Math.max(rows, columns));
  return [Math.round(rows * factor), Math.round(columns * factor)];
}

/** An empty drawing of the size that the network takes. */
export function blank({ model }: Setting): Grid {
  const side = model === "none" ? 64 : MODEL_SIZES[model];
  return { values: new Float32Array(side * side), shape: [side, side] };
}

/** A ring of squares that meet at corners only: one ring under T, and under V as many pieces as there are squares. */
const DIAGONAL: Grid = diagonal(12);

function diagonal(side: number): Grid {
  const values = new Float32Array(side * side).fill(0.08);
  const [middle, radius] = [(side - 1) / 2, side / 2 - 2.5];
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      if (Math.abs(row - middle) + Math.abs(column - middle) === radius + 0.5) values[row * side + column] = 0.9;
    }
  }
  return { values, shape: [side, side] };
}
