import type { Grid } from "./grid.js";
import type { CallOptions } from "./types.js";

/** What sample to make. The same seed gives the same bits on every platform. */
export type SampleRequest =
  | {
      readonly kind: "digit";
      /** A whole number from 0. */
      readonly seed: number;
      /** 0 to 9. Default: the last digit of the seed. */
      readonly label?: number;
    }
  | { readonly kind: "heart"; readonly seed: number }
  | {
      readonly kind: "shape";
      readonly seed: number;
      /** Default: by the seed, in this order. */
      readonly shape?: ShapeKind;
      /** Pixels of a side, from 32. Default: 80. */
      readonly size?: number;
    };

/** Blobs (n, 0), rings (n, n), a branching vessel (1, 0), packed cells (n, 0). */
export type ShapeKind = "blobs" | "rings" | "tree" | "cells";

/** An image with its ground truth. Digits are 28 x 28, hearts 80 x 80. */
export interface Sample {
  /** Values in [0, 1]. */
  readonly image: Grid;
  /** 0 and 1. */
  readonly truth: Grid;
  /** The Betti numbers of the truth with connectivity T. */
  readonly betti: readonly number[];
}

/** Which lines of k-space are removed. */
export interface CorruptOptions {
  /** How many. */
  readonly m: number;
  /** Chooses which. A whole number from 0. */
  readonly seed: number;
  /**
   * `"rowsAndColumns"` (section 4.1 of Clough et al. 2020, digits): m rows and m columns. `"rows"` and `"columns"`
   * (sections 4.2 and 4.3, hearts): m lines, never one of the eight in the middle.
   */
  readonly variant: CorruptVariant;
}

/** Which lines of k-space are removed. */
export type CorruptVariant = "rowsAndColumns" | "rows" | "columns";

/** A corrupted image and what was removed. */
export interface Corrupted {
  /** The magnitude, stretched to [0, 1]. */
  readonly image: Grid;
  /** The rows of k-space that were removed; row n / 2 of n is the constant one. */
  readonly rows: readonly number[];
  /** The columns, likewise. */
  readonly columns: readonly number[];
}

/** A square of an image: its upper left pixel and its side. */
export interface Square {
  readonly row: number;
  readonly column: number;
  readonly side: number;
}

/** Samples, corruption, resampling and the simple tricks of the trade. All of images, not of volumes. */
export interface SynthesisCalls {
  /** An image with its ground truth. */
  sample(request: SampleRequest, options?: CallOptions): Promise<Sample>;
  /** What a scanner that skips lines of k-space would have made of the image. */
  corrupt(grid: Grid, corruption: CorruptOptions, options?: CallOptions): Promise<Corrupted>;
  /** The image in another size: areas are averaged where it shrinks, interpolated where it grows. */
  resample(grid: Grid, shape: readonly number[], options?: CallOptions): Promise<Grid>;
  /** A square of the image. Default: the largest, in the middle. */
  crop(grid: Grid, square?: Square, options?: CallOptions): Promise<Grid>;
  /** Morphological closing of a mask (values of at least 0.5) by a disk of this radius, in pixels. */
  closing(grid: Grid, radius: number, options?: CallOptions): Promise<Grid>;
  /** The largest component of a mask (values of at least 0.5). Default connectivity: T. */
  largestComponent(grid: Grid, connectivity?: "T" | "V", options?: CallOptions): Promise<Grid>;
  /** The Dice coefficient of two maps in [0, 1]; 1 if both are empty. */
  dice(a: Grid, b: Grid, options?: CallOptions): Promise<number>;
}
