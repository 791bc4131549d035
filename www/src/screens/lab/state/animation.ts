// The run as an animation: the map with its contour, the barcode below the sentence.

import { drawBarcode } from "../../../charts/barcode";
import { layOut } from "../../../charts/rows";
import { scale } from "../../../charts/scale";
import type { Frame } from "../../../model/frame";
import type { Palette } from "../../../services/palette";
import { greyBitmap } from "../../../viewer/bitmap";
import { contour } from "../../../viewer/contour";
import { drawContour } from "../../../viewer/marks";
import { counts } from "../../../words/features";
import type { Animation } from "./gif";

/** So many frames at most: more steps are thinned out. */
const MOST = 60;
const SIDE = 240;
const WIDTH = 2 * SIDE + 16;
const HEIGHT = SIDE + 30;
const HOLD = 150;

/**
 * A GIF of a run up to its last step. `frameOf` gives a step, or undefined if the animation is not wanted any more.
 * Drawing yields to the page after each frame; encoding is in a worker.
 */
export async function animate(
  last: number,
  frameOf: (number: number) => Promise<Frame | undefined>,
  shape: readonly number[],
  threshold: number,
  palette: Palette,
  signal: AbortSignal,
): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser gives no 2D drawing context.");
  const shown = thin(last);
  const frames: Uint8Array[] = [];
  for (const number of shown) {
    const frame = await frameOf(number);
    if (!frame) throw new Error("Another map has come in between.");
    draw(context, frame, shape, threshold, palette);
    frames.push(indices(context.getImageData(0, 0, WIDTH, HEIGHT).data));
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
  const delays = shown.map((_, number) => (number === 0 || number === shown.length - 1 ? HOLD : 8));
  return new Blob([await encode({ width: WIDTH, height: HEIGHT, palette: COLOURS, frames, delays }, signal)], {
    type: "image/gif",
  });
}

/** The numbers of the steps that are shown. */
function thin(last: number): readonly number[] {
  const count = Math.min(MOST, last + 1);
  return Array.from({ length: count }, (_, at) => (count === 1 ? 0 : Math.round((at * last) / (count - 1))));
}

function draw(
  context: CanvasRenderingContext2D,
  frame: Frame,
  shape: readonly number[],
  threshold: number,
  palette: Palette,
) {
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const size = SIDE / Math.max(...shape);
  const at = { left: 0, top: 0, size };
  context.imageSmoothingEnabled = false;
  const image = greyBitmap(frame.map, shape);
  context.drawImage(image, 0, 0, image.width * size, image.height * size);
  drawContour(context, contour(frame.map, shape, threshold), at, palette.contour);
  context.save();
  context.translate(SIDE + 8, 0);
  const { barcode, role, term } = frame;
  const rows = layOut(barcode, role, [], SIDE - 8, false);
  const x = scale([1, 0], [4, SIDE - 12]);
  const still = { tops: new Map(), scroll: 0, height: SIDE, hovered: undefined, pinned: undefined };
  drawBarcode(context, { barcode, role, term, rows, x, threshold, ...still }, palette);
  context.restore();
  context.fillStyle = palette.ink;
  context.font = `600 13px ${palette.font}`;
  context.textBaseline = "middle";
  const found = counts(frame.betti);
  context.fillText(`Step ${frame.number}: ${found} at 0.5`, 8, SIDE + 16);
}

function encode(animation: Animation, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const worker = new Worker(new URL("./gif-worker.ts", import.meta.url), { type: "module" });
  return new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => resolve(data);
    worker.onerror = () =>
      reject(new Error("What makes the animation did not load or stopped; try again when there is a connection."));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.postMessage(animation);
  }).finally(() => worker.terminate());
}

const GREYS = 39;
const LEVELS = 6;

/** 39 greys, then a colour cube of 6 x 6 x 6: 255 colours. */
const COLOURS = [
  ...Array.from({ length: GREYS }, (_, grey) => Array(3).fill(Math.round((255 * grey) / (GREYS - 1)))),
  ...Array.from({ length: LEVELS ** 3 }, (_, colour) =>
    [LEVELS ** 2, LEVELS, 1].map((place) => Math.round((255 * (Math.floor(colour / place) % LEVELS)) / (LEVELS - 1))),
  ),
] as [number, number, number][];

/** The nearest colours of the palette. */
function indices(pixels: Uint8ClampedArray): Uint8Array {
  const level = (value: number, most: number) => Math.round((value / 255) * (most - 1));
  return Uint8Array.from({ length: pixels.length / 4 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = [pixels[4 * at], pixels[4 * at + 1], pixels[4 * at + 2]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) < 14) return level(green, GREYS);
    return GREYS + (level(red, LEVELS) * LEVELS + level(green, LEVELS)) * LEVELS + level(blue, LEVELS);
  });
}
