// An animated GIF: pixels that stay as they are are transparent, which keeps it small.

import { GIFEncoder } from "gifenc";

/** An animation of palette indices. */
export interface Animation {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of up to 255 colours. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Row by row. */
  readonly frames: readonly Uint8Array[];
  /** How long each frame is shown, in hundredths of a second. */
  readonly delays: readonly number[];
}

const TRANSPARENT = 255;

/** What becomes of a frame when the next one comes: it stays below it. */
const KEPT = 1;

/** The bytes of a GIF that repeats for ever. */
export function encodeGif({ width, height, palette, frames, delays }: Animation): Uint8Array<ArrayBuffer> {
  const gif = GIFEncoder();
  frames.forEach((frame, number) => {
    const before = frames[number - 1];
    const changed = before ? frame.map((index, at) => (index === before[at] ? TRANSPARENT : index)) : frame;
    gif.writeFrame(changed, width, height, {
      // That of the first frame is the palette of all.
      ...(before ? {} : { palette }),
      transparent: true,
      transparentIndex: TRANSPARENT,
      dispose: KEPT,
      delay: 10 * (delays[number] ?? 10),
    });
  });
  gif.finish();
  return gif.bytes();
}
