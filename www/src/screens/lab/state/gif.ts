// Writes an animated GIF: pixels that stay as they are are transparent, which keeps it small.

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

/** The bytes of a GIF that repeats for ever. */
export function encodeGif({ width, height, palette, frames, delays }: Animation): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.text("GIF89a");
  out.short(width).short(height).byte(0xf7).byte(0).byte(0);
  for (let index = 0; index < 256; index += 1) for (const part of palette[index] ?? [0, 0, 0]) out.byte(part);
  out.byte(0x21).byte(0xff).byte(11).text("NETSCAPE2.0").byte(3).byte(1).short(0).byte(0);
  frames.forEach((frame, number) => {
    const before = frames[number - 1];
    const changed = before ? frame.map((index, at) => (index === before[at] ? TRANSPARENT : index)) : frame;
    // Graphic control: leave the frame before as it is, index 255 is transparent.
    out
      .byte(0x21)
      .byte(0xf9)
      .byte(4)
      .byte(0b0000_0101)
      .short(delays[number] ?? 10)
      .byte(TRANSPARENT)
      .byte(0);
    out.byte(0x2c).short(0).short(0).short(width).short(height).byte(0);
    out.byte(8);
    compress(changed, out);
  });
  out.byte(0x3b);
  return out.take();
}

/** Variable-length LZW with 8-bit symbols, in blocks of at most 255 bytes. */
function compress(indices: Uint8Array, out: Bytes) {
  const [clear, end] = [256, 257];
  let block: number[] = [];
  let [bits, count, size, next] = [0, 0, 9, 258];
  let table = new Map<number, number>();
  const flush = () => {
    out.byte(block.length);
    for (const byte of block) out.byte(byte);
    block = [];
  };
  const write = (code: number) => {
    bits |= code << count;
    count += size;
    while (count >= 8) {
      block.push(bits & 255);
      bits >>>= 8;
      count -= 8;
      if (block.length === 255) flush();
    }
  };
  write(clear);
  let prefix = indices[0] ?? 0;
  for (let at = 1; at < indices.length; at += 1) {
    const symbol = indices[at] ?? 0;
    const key = (prefix << 8) | symbol;
    const known = table.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    write(prefix);
    if (next === 4096) {
      write(clear);
      table = new Map();
      [size, next] = [9, 258];
    } else {
      if (next === 1 << size) size += 1;
      table.set(key, next);
      next += 1;
    }
    prefix = symbol;
  }
  write(prefix);
  write(end);
  if (count > 0) block.push(bits & 255);
  if (block.length > 0) flush();
  out.byte(0);
}

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  byte(value: number): this {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  short(value: number): this {
    return this.byte(value & 255).byte(value >> 8);
  }

  text(text: string): this {
    for (const letter of text) this.byte(letter.charCodeAt(0));
    return this;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
