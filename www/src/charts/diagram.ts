// Draws the persistence diagram: birth to the right, death upwards, a point per bar.

import type { Barcode } from "bettiscope";

import { ROLE } from "../model/frame";
import type { Palette } from "../services/palette";
import { type Scale, TICKS } from "./scale";

/** What a drawing of a persistence diagram shows. */
export interface DiagramDrawing {
  readonly barcode: Barcode;
  readonly role: Uint8Array;
  readonly x: Scale;
  readonly y: Scale;
  readonly threshold: number;
  readonly hovered: number | undefined;
  readonly pinned: number | undefined;
}

/** Draws the diagram: under superlevel filtration deaths are below births, so points lie under the diagonal. */
export function drawDiagram(context: CanvasRenderingContext2D, drawing: DiagramDrawing, palette: Palette) {
  const { x, y, barcode, role, threshold, hovered, pinned } = drawing;
  const [left, right] = x.range();
  const [bottom, top] = y.range();
  context.lineWidth = 1;
  context.font = `11px ${palette.font}`;
  context.strokeStyle = palette.line;
  context.fillStyle = palette.muted;
  for (const tick of TICKS) {
    line(context, x(tick), bottom, x(tick), top);
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillText(String(tick), x(tick), bottom + 5);
  }
  for (const tick of TICKS) {
    line(context, left, y(tick), right, y(tick));
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(String(tick), left - 6, y(tick));
  }
  context.strokeStyle = palette.muted;
  line(context, x(0), y(0), x(1), y(1));
  // Bars that exist at the threshold: born at or above it, dead below it.
  context.fillStyle = palette.line;
  context.globalAlpha = 0.45;
  context.fillRect(x(threshold), y(threshold), right - x(threshold), bottom - y(threshold));
  context.globalAlpha = 1;
  for (let bar = barcode.birth.length - 1; bar >= 0; bar -= 1) {
    const isMarked = bar === hovered || bar === pinned;
    const dimension = barcode.dimension[bar] ?? 0;
    const colour = palette.features[dimension] ?? palette.ink;
    const radius = isMarked ? 6 : 4;
    const [atX, atY] = [x(barcode.birth[bar] ?? 0), y(barcode.death[bar] ?? 0)];
    context.beginPath();
    if (dimension === 0) context.arc(atX, atY, radius, 0, 2 * Math.PI);
    else context.rect(atX - radius, atY - radius, 2 * radius, 2 * radius);
    context.fillStyle = role[bar] === ROLE.unwanted ? palette.surface : colour;
    context.fill();
    context.strokeStyle = isMarked ? palette.ink : colour;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.fillStyle = palette.muted;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText("birth", right, bottom - 4);
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText("death", left + 4, top + 2);
}

/** The bar whose point is nearest to a place, within a few CSS pixels. */
export function barNear(drawing: DiagramDrawing, x: number, y: number): number | undefined {
  let [nearest, best] = [undefined as number | undefined, 12 ** 2];
  drawing.barcode.birth.forEach((birth, bar) => {
    const distance = (drawing.x(birth) - x) ** 2 + (drawing.y(drawing.barcode.death[bar] ?? 0) - y) ** 2;
    if (distance < best) [nearest, best] = [bar, distance];
  });
  return nearest;
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
