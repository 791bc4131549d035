// What is drawn over a picture: contours, critical pixels, the pixel that is pointed at, the brush.

import { type Cell, cellOf } from "../model/coordinates";
import type { Placement } from "../model/viewport";
import type { Palette } from "../services/palette";

/** Draws segments of `contour`: a bright line with a dark rim, seen on black and on white. */
export function drawContour(context: CanvasRenderingContext2D, segments: Float32Array, at: Placement, colour: string) {
  const path = new Path2D();
  for (let i = 0; i + 3 < segments.length; i += 4) {
    path.moveTo(at.left + (segments[i] ?? 0) * at.size, at.top + (segments[i + 1] ?? 0) * at.size);
    path.lineTo(at.left + (segments[i + 2] ?? 0) * at.size, at.top + (segments[i + 3] ?? 0) * at.size);
  }
  context.lineCap = "square";
  context.lineJoin = "miter";
  context.strokeStyle = "#000000a0";
  context.lineWidth = 3;
  context.stroke(path);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke(path);
}

/** Draws the rim of a pixel. */
export function drawPixel(context: CanvasRenderingContext2D, { row, column }: Cell, at: Placement) {
  onAnyGrey(context, () => context.rect(at.left + column * at.size, at.top + row * at.size, at.size, at.size));
}

/** Draws the rim of a brush of this radius, in pixels of the image, around the middle of a cell. */
export function drawRing(context: CanvasRenderingContext2D, { row, column }: Cell, radius: number, at: Placement) {
  const [x, y] = [at.left + (column + 0.5) * at.size, at.top + (row + 0.5) * at.size];
  // `paintStroke` gives a pixel half of its value where its middle is this far away.
  onAnyGrey(context, () => context.arc(x, y, Math.max(2, radius * at.size), 0, 2 * Math.PI));
}

/** Writes what an edit costs beside its middle. */
export function drawCost(context: CanvasRenderingContext2D, text: string, x: number, y: number, font: string) {
  context.font = `600 11px ${font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = "#000000";
  context.strokeText(text, x + 8, y - 8);
  context.fillStyle = "#ffffff";
  context.fillText(text, x + 8, y - 8);
}

/** Strokes in white over black. */
function onAnyGrey(context: CanvasRenderingContext2D, path: () => void) {
  for (const [colour, width] of [
    ["#000000", 3],
    ["#ffffff", 1.5],
  ] as const) {
    context.beginPath();
    path();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

/** A bar's critical pixels. */
export interface CriticalPair {
  readonly dimension: number;
  /** Flat index. */
  readonly birth: number;
  /** Flat index, or -1. */
  readonly death: number;
  /** How the loss pushes the value of the birth pixel: 1 up, -1 down, 0 not at all. */
  readonly push: -1 | 0 | 1;
}

/**
 * Draws critical pixels: hollow is birth, filled is death, joined by a line; circles for components, squares for loops.
 * `strong` ones have the arrow in which the loss pushes each value.
 */
export function drawPair(
  context: CanvasRenderingContext2D,
  pair: CriticalPair,
  shape: readonly number[],
  at: Placement,
  palette: Palette,
  isStrong: boolean,
) {
  const centre = (pixel: number): [number, number] => {
    const { row, column } = cellOf(pixel, shape);
    return [at.left + (column + 0.5) * at.size, at.top + (row + 0.5) * at.size];
  };
  const colour = palette.features[pair.dimension] ?? palette.ink;
  const radius = Math.max(isStrong ? 5 : 3, Math.min(at.size / 2, 12));
  const birth = centre(pair.birth);
  const death = pair.death < 0 ? undefined : centre(pair.death);
  context.save();
  context.globalAlpha = isStrong ? 1 : 0.75;
  if (death && isStrong) {
    strokeBoth(context, colour, 2, () => {
      context.moveTo(...birth);
      context.lineTo(...death);
    });
  }
  marker(context, birth, radius, pair.dimension, colour, false);
  if (death) marker(context, death, radius, pair.dimension, colour, true);
  if (isStrong && pair.push !== 0) {
    arrow(context, birth, radius, pair.push, colour);
    if (death) arrow(context, death, radius, -pair.push as -1 | 1, colour);
  }
  context.restore();
}

function marker(
  context: CanvasRenderingContext2D,
  [x, y]: [number, number],
  radius: number,
  dimension: number,
  colour: string,
  isFilled: boolean,
) {
  const outline = () => {
    if (dimension === 0) context.arc(x, y, radius, 0, 2 * Math.PI);
    else context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  };
  if (isFilled) {
    context.beginPath();
    outline();
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.5;
    context.stroke();
  } else strokeBoth(context, colour, 2, outline);
}

/** An arrow beside a marker: up if the value should rise. */
function arrow(
  context: CanvasRenderingContext2D,
  [x, y]: [number, number],
  radius: number,
  direction: -1 | 1,
  colour: string,
) {
  const left = x + radius + 7;
  const [tail, tip] = [y + 6 * direction, y - 6 * direction];
  strokeBoth(context, colour, 2, () => {
    context.moveTo(left, tail);
    context.lineTo(left, tip);
    context.moveTo(left - 3.5, tip + 4 * direction);
    context.lineTo(left, tip);
    context.lineTo(left + 3.5, tip + 4 * direction);
  });
}

/** Strokes in a colour over a white rim, so that it is seen on any grey. */
function strokeBoth(context: CanvasRenderingContext2D, colour: string, width: number, path: () => void) {
  for (const [style, line] of [
    ["#ffffff", width + 2],
    [colour, width],
  ] as const) {
    context.beginPath();
    path();
    context.strokeStyle = style;
    context.lineWidth = line;
    context.stroke();
  }
}
