// Draws a barcode: solid bars are wanted, hollow ones are not; arrows say which way the loss pushes their ends.

import type { Barcode } from "bettiscope";
import { ROLE } from "../model/frame";
import type { Palette } from "../services/palette";
import { DIMENSIONS } from "../words/features";
import { HEADING, type Rows } from "./rows";
import { type Scale, TICKS } from "./scale";

/** What a drawing of a barcode shows. */
export interface BarcodeDrawing {
  readonly barcode: Barcode;
  readonly role: Uint8Array;
  readonly term: Float64Array;
  readonly rows: Rows;
  /** The top of each bar as it moves there, by its number; without one, that of its row. */
  readonly tops: ReadonlyMap<number, number>;
  /** From thresholds to CSS pixels. */
  readonly x: Scale;
  readonly threshold: number;
  /** Where the drawing is scrolled to. */
  readonly scroll: number;
  readonly height: number;
  readonly hovered: number | undefined;
  readonly pinned: number | undefined;
}

const PUSHED = 1e-4;

/** Draws the axis, with its numbers below it. */
export function drawAxis(context: CanvasRenderingContext2D, x: Scale, top: number, palette: Palette) {
  const [left, right] = x.range();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, top + 0.5);
  context.lineTo(right, top + 0.5);
  context.stroke();
  context.fillStyle = palette.muted;
  context.font = `11px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of TICKS) context.fillText(String(tick), x(tick), top + 4);
  context.textAlign = "left";
}

/** Draws everything but the axis. */
export function drawBarcode(context: CanvasRenderingContext2D, drawing: BarcodeDrawing, palette: Palette) {
  const { rows, x, height, scroll, threshold } = drawing;
  const [left, right] = x.range();
  context.save();
  context.beginPath();
  context.rect(0, 0, right + 40, height);
  context.clip();
  drawGrid(context, x, height, palette);
  context.translate(0, -scroll);
  for (const heading of rows.headings) drawHeading(context, heading, left, right, palette);
  for (const row of rows.rows) {
    const top = row.bar < 0 ? row.top : (drawing.tops.get(row.bar) ?? row.top);
    if (top + rows.thickness < scroll || top > scroll + height) continue;
    if (row.bar < 0) drawMissing(context, row.dimension, top, drawing, palette);
    else drawBar(context, row.bar, top, drawing, palette);
  }
  for (const fold of rows.folds) {
    context.fillStyle = palette.muted;
    context.font = `11px ${palette.font}`;
    context.textBaseline = "middle";
    const text = `+ ${fold.count} shorter, up to ${fold.longest.toFixed(2)}`;
    context.fillText(text, left + 2, fold.top + 8);
  }
  context.restore();
  drawThreshold(context, x(threshold), height, palette);
}

function drawGrid(context: CanvasRenderingContext2D, x: Scale, height: number, palette: Palette) {
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of TICKS) {
    const at = Math.round(x(tick)) + 0.5;
    context.moveTo(at, 0);
    context.lineTo(at, height);
  }
  context.stroke();
}

function drawHeading(
  context: CanvasRenderingContext2D,
  { dimension, count, top }: Rows["headings"][number],
  left: number,
  right: number,
  palette: Palette,
) {
  context.font = `600 11.5px ${palette.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const text = DIMENSIONS[dimension] ?? "";
  const middle = top + HEADING / 2;
  const width = context.measureText(text).width;
  context.fillStyle = palette.surface;
  context.fillRect(left - 1, top + 1, width + 8, HEADING - 3);
  context.fillStyle = palette.text[dimension] ?? palette.ink;
  context.fillText(text, left + 1, middle);
  context.font = `11px ${palette.font}`;
  const bars = `${count} ${count === 1 ? "bar" : "bars"}`;
  const barsWidth = context.measureText(bars).width;
  context.fillStyle = palette.surface;
  context.fillRect(right - barsWidth - 4, top + 1, barsWidth + 5, HEADING - 3);
  context.fillStyle = palette.muted;
  context.textAlign = "right";
  context.fillText(bars, right - 1, middle);
  context.textAlign = "left";
}

function drawBar(
  context: CanvasRenderingContext2D,
  bar: number,
  top: number,
  drawing: BarcodeDrawing,
  palette: Palette,
) {
  const { barcode, role, x } = drawing;
  const dimension = barcode.dimension[bar] ?? 0;
  const colour = palette.features[dimension] ?? palette.ink;
  const thickness = drawing.rows.thickness;
  const [start, end] = [x(barcode.birth[bar] ?? 0), x(barcode.death[bar] ?? 0)];
  const width = Math.max(2, end - start);
  const isMarked = bar === drawing.hovered || bar === drawing.pinned;
  if (isMarked) {
    const [left, right] = x.range();
    context.fillStyle = palette.line;
    context.fillRect(left, top - 2, right - left, thickness + 4);
  }
  const isDimmed = drawing.hovered !== undefined && !isMarked;
  context.save();
  context.globalAlpha = isDimmed ? 0.45 : 1;
  if (role[bar] === ROLE.unwanted) {
    context.strokeStyle = colour;
    context.lineWidth = thickness > 6 ? 1.5 : 1;
    const inset = context.lineWidth / 2;
    context.fillStyle = palette.surface;
    context.fillRect(start, top, width, thickness);
    context.strokeRect(start + inset, top + inset, Math.max(1, width - 2 * inset), thickness - 2 * inset);
  } else {
    context.fillStyle = colour;
    context.fillRect(start, top, width, thickness);
    if (dimension === 1 && thickness > 5) hatch(context, start, top, width, thickness);
    if (role[bar] === ROLE.free) {
      context.globalAlpha *= 0.6;
      context.fillStyle = palette.surface;
      context.fillRect(start + 1, top + 1, Math.max(0, width - 2), thickness - 2);
    }
  }
  if (barcode.deathIndex[bar] === -1) openEnd(context, end, top + thickness / 2, thickness, colour);
  if (thickness > 5) drawPushes(context, bar, start, end, top + thickness / 2, drawing, palette);
  context.restore();
}

/** Fine diagonal lines, so that loops differ from components without colour too. */
function hatch(context: CanvasRenderingContext2D, left: number, top: number, width: number, height: number) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = "#ffffff66";
  context.lineWidth = 1;
  context.beginPath();
  for (let at = left - height; at < left + width; at += 6) {
    context.moveTo(at, top + height);
    context.lineTo(at + height, top);
  }
  context.stroke();
  context.restore();
}

/** The tip of the essential bar, which nothing ends. */
function openEnd(context: CanvasRenderingContext2D, x: number, middle: number, thickness: number, colour: string) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, middle - thickness / 2 - 1.5);
  context.lineTo(x + thickness * 0.55, middle);
  context.lineTo(x, middle + thickness / 2 + 1.5);
  context.fill();
}

/** Where a term is left, chevrons outside the ends: away from a bar that should grow, towards one that should shrink. */
function drawPushes(
  context: CanvasRenderingContext2D,
  bar: number,
  start: number,
  end: number,
  middle: number,
  { role, term, barcode, x }: BarcodeDrawing,
  palette: Palette,
) {
  if (role[bar] === ROLE.free || (term[bar] ?? 0) < PUSHED) return;
  const outward = role[bar] === ROLE.wanted ? 1 : -1;
  const [left, right] = x.range();
  context.strokeStyle = palette.ink;
  if (start - left > 9) chevron(context, start - 6, middle, -outward);
  if (barcode.deathIndex[bar] !== -1 && right - end > 9) chevron(context, end + 6, middle, outward);
}

function chevron(context: CanvasRenderingContext2D, x: number, y: number, direction: number) {
  context.lineWidth = 1.4;
  context.beginPath();
  context.moveTo(x - 2 * direction, y - 3.5);
  context.lineTo(x + 2 * direction, y);
  context.lineTo(x - 2 * direction, y + 3.5);
  context.stroke();
}

/** A bar that the prior asks for and that does not exist. */
function drawMissing(
  context: CanvasRenderingContext2D,
  dimension: number,
  top: number,
  { x, rows }: BarcodeDrawing,
  palette: Palette,
) {
  const [left, right] = x.range();
  context.save();
  context.strokeStyle = palette.features[dimension] ?? palette.ink;
  context.setLineDash([2, 4]);
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, rows.thickness - 1);
  context.restore();
  if (rows.thickness < 9) return;
  context.fillStyle = palette.text[dimension] ?? palette.ink;
  context.font = `10.5px ${palette.font}`;
  context.textBaseline = "middle";
  context.fillText("missing", left + 5, top + rows.thickness / 2 + 0.5);
}

function drawThreshold(context: CanvasRenderingContext2D, x: number, height: number, palette: Palette) {
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
}
