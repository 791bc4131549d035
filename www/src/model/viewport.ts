// Which part of the picture is seen: all pictures of a view share one.

import type { Cell } from "./coordinates";

/** The part of an image that a picture shows. */
export interface Viewport {
  /** 1 shows everything, 4 a quarter of each side. */
  readonly zoom: number;
  /** The centre, as fractions of the image. */
  readonly x: number;
  readonly y: number;
}

/** Everything. */
export const WHOLE: Viewport = { zoom: 1, x: 0.5, y: 0.5 };

const CLOSEST = 24;

/** How an image lies on a canvas: `left + size * column`. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  /** The side of a pixel of the image, in CSS pixels. */
  readonly size: number;
}

/** A place on a picture, in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where an image of this shape lies on a square canvas of this side. */
export function placement(viewport: Viewport, shape: readonly number[], side: number): Placement {
  const [rows = 1, columns = 1] = shape;
  const size = (side / Math.max(rows, columns)) * viewport.zoom;
  return { left: side / 2 - viewport.x * columns * size, top: side / 2 - viewport.y * rows * size, size };
}

/** The row and the column of a place of the canvas, which may be outside the image. */
export function cellAt(at: Placement, { x, y }: Place): Cell {
  return { row: Math.floor((y - at.top) / at.size), column: Math.floor((x - at.left) / at.size) };
}

/** The pixel at a place of the canvas; undefined outside the image. */
export function pixelAt(at: Placement, shape: readonly number[], place: Place): number | undefined {
  const [rows = 1, columns = 1] = shape;
  const { row, column } = cellAt(at, place);
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : undefined;
}

/** Zooms by a factor so that the place of the canvas, as a fraction of its side, stays where it is. */
export function zoomed(viewport: Viewport, factor: number, x: number, y: number): Viewport {
  const zoom = Math.min(CLOSEST, Math.max(1, viewport.zoom * factor));
  const shift = (at: number) => (at - 0.5) * (1 / viewport.zoom - 1 / zoom);
  return inside({ zoom, x: viewport.x + shift(x), y: viewport.y + shift(y) });
}

/** Moves the picture by fractions of its side. */
export function panned(viewport: Viewport, x: number, y: number): Viewport {
  return inside({ ...viewport, x: viewport.x - x / viewport.zoom, y: viewport.y - y / viewport.zoom });
}

function inside({ zoom, x, y }: Viewport): Viewport {
  const half = 0.5 / zoom;
  const within = (value: number) => Math.min(1 - half, Math.max(half, value));
  return { zoom, x: within(x), y: within(y) };
}
