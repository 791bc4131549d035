// The brush that paints on a map.

/** What a brush does. */
export interface Brush {
  /** In pixels. */
  readonly radius: number;
  /** What it paints, in [0, 1]. */
  readonly value: number;
}

/** The map with a stroke from one pixel to another painted, round at its ends and soft at its rim. */
export function paintStroke(
  map: Float32Array,
  shape: readonly number[],
  from: number,
  to: number,
  { radius, value }: Brush,
): Float32Array<ArrayBuffer> {
  const painted = Float32Array.from(map);
  const [rows = 0, columns = 0] = shape;
  const [row, column] = [Math.floor(from / columns), from % columns];
  const [down, right] = [Math.floor(to / columns) - row, (to % columns) - column];
  const squared = down ** 2 + right ** 2;
  const reach = Math.ceil(radius);
  const range = (start: number, way: number, length: number) =>
    [
      Math.max(0, Math.min(start, start + way) - reach),
      Math.min(length - 1, Math.max(start, start + way) + reach),
    ] as const;
  const [top, bottom] = range(row, down, rows);
  const [left, rightmost] = range(column, right, columns);
  for (let r = top; r <= bottom; r += 1) {
    for (let c = left; c <= rightmost; c += 1) {
      // How far along the way the nearest point of the stroke is.
      const along = squared === 0 ? 0 : ((r - row) * down + (c - column) * right) / squared;
      const t = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(r - row - t * down, c - column - t * right);
      const weight = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const at = r * columns + c;
      painted[at] = (map[at] ?? 0) * (1 - weight) + value * weight;
    }
  }
  return painted;
}
