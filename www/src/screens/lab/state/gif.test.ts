import { expect, test } from "vitest";

import { type Animation, encodeGif } from "./gif";

/** Decodes the pixels of all frames, each drawn over the one before. */
function decode(bytes: Uint8Array, { width, height }: Animation): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 13 + 3 * 256;
  let screen = new Uint8Array(width * height);
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      at += 2;
      while (bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
      at += 1;
      continue;
    }
    at += 11;
    const data: number[] = [];
    while (bytes[at] !== 0) {
      data.push(...bytes.subarray(at + 1, at + 1 + (bytes[at] ?? 0)));
      at += 1 + (bytes[at] ?? 0);
    }
    at += 1;
    screen = screen.slice();
    unpack(data).forEach((index, pixel) => {
      if (index !== 255) screen[pixel] = index;
    });
    frames.push(screen);
  }
  return frames;
}

function unpack(data: number[]): number[] {
  const out: number[] = [];
  let table: number[][] = [];
  let [bits, count, size, at] = [0, 0, 9, 0];
  let before: number[] | undefined;
  for (;;) {
    while (count < size) {
      bits |= (data[at] ?? 0) << count;
      at += 1;
      count += 8;
    }
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    count -= size;
    if (code === 257) return out;
    if (code === 256) {
      table = Array.from({ length: 258 }, (_, index) => [index]);
      [size, before] = [9, undefined];
      continue;
    }
    const entry: number[] = table[code] ?? [...(before ?? []), before?.[0] ?? 0];
    out.push(...entry);
    if (before && table.length < 4096) table.push([...before, entry[0] ?? 0]);
    if (table.length === 1 << size && size < 12) size += 1;
    before = entry;
  }
}

test("what is encoded is what is decoded, frame by frame", () => {
  const [width, height] = [120, 90];
  const palette = Array.from({ length: 255 }, (_, index) => [index, 0, 0] as const);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  const noise = Uint8Array.from({ length: width * height }, () => random() % 255);
  const ramp = Uint8Array.from({ length: width * height }, (_, pixel) => Math.floor(pixel / 50) % 255);
  const touched = ramp.map((value, pixel) => (pixel % 97 === 0 ? 7 : value));
  const animation: Animation = { width, height, palette, frames: [noise, ramp, touched], delays: [10, 20, 30] };
  const bytes = encodeGif(animation);
  expect(decode(bytes, animation)).toEqual(animation.frames);
  // The colours are those of the palette, the delays are there, and what stays is not written again.
  expect([...bytes.subarray(13, 13 + 3 * 255)]).toEqual(palette.flat());
  expect(delaysOf(bytes)).toEqual(animation.delays);
  expect(bytes.length).toBeLessThan(encodeGif({ ...animation, frames: [noise, ramp, noise] }).length - 5000);
});

/** The delays in the graphic control extensions. */
function delaysOf(bytes: Uint8Array): number[] {
  const delays: number[] = [];
  bytes.forEach((byte, at) => {
    if (byte === 0x21 && bytes[at + 1] === 0xf9 && bytes[at + 2] === 4) {
      delays.push((bytes[at + 4] ?? 0) | ((bytes[at + 5] ?? 0) << 8));
    }
  });
  return delays;
}
