// The gallery: images to begin with.

import type { Values } from "./setting";

/** An image of the gallery and the setting that suits it. */
export interface Example {
  readonly name: string;
  readonly values: Partial<Values>;
}

const DIGITS = { source: "digit", model: "digits", target: "weights" } as const;
/** A corrupted 3 that can be read in three ways. */
export const FIGURE_6_IMAGE = { ...DIGITS, label: 3, seed: 9, lines: 10, noise: 5 } as const;
const HEART = { source: "heart", model: "heart", lines: 60, target: "weights" } as const;
const SHAPES = { source: "shape", model: "shapes", lines: 50, target: "weights" } as const;
const MAP = { model: "none", target: "pixels", rate: 0.1, lambda: 0.02, steps: 200, holds: 3 } as const;

/** The image of the opening. */
export const BROKEN_RING: Example = {
  name: "Broken ring",
  values: { ...MAP, source: "opening", components: "1", loops: "1" },
};

/** What the gallery shows. */
export const EXAMPLES: readonly Example[] = [
  BROKEN_RING,
  { name: "Heart", values: { ...HEART, seed: 119, components: "1", loops: "1" } },
  { name: "2 classes", values: { ...HEART, model: "heart-classes", seed: 16, noise: 6, priors: "", shown: 1 } },
  { name: "Digit 8", values: { ...DIGITS, label: 8, seed: 6, lines: 8, noise: 1, components: "1", loops: "2" } },
  { name: "Digit 3", values: { ...FIGURE_6_IMAGE, components: "1", loops: "0" } },
  { name: "Rings", values: { ...SHAPES, shape: "rings", seed: 8, components: "2", loops: "2" } },
  { name: "Vessels", values: { ...SHAPES, shape: "tree", seed: 9, components: "1", loops: "0" } },
  { name: "Cells", values: { ...SHAPES, shape: "cells", seed: 9, components: "13", loops: "0" } },
  { name: "T or V?", values: { ...MAP, source: "diagonal", components: "1", loops: "1" } },
];
