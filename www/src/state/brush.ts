// The brush that paints on a map.

/** What a brush does. */
export interface Brush {
  /** In pixels. */
  readonly radius: number;
  /** What it paints, in [0, 1]. */
  readonly value: number;
}

/** The map with a disc around `pixel` painted, softly at its rim. */
export function dab(
  map: Float32Array,
  shape: readonly number[],
  pixel: number,
  { radius, value }: Brush,
): Float32Array<ArrayBuffer> {
  const painted = Float32Array.from(map);
  const [rows = 0, columns = 0] = shape;
  const [row, column] = [Math.floor(pixel / columns), pixel % columns];
  const reach = Math.ceil(radius);
  for (let r = Math.max(0, row - reach); r <= Math.min(rows - 1, row + reach); r += 1) {
    for (let c = Math.max(0, column - reach); c <= Math.min(columns - 1, column + reach); c += 1) {
      const weight = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(r - row, c - column)));
      const at = r * columns + c;
      painted[at] = (map[at] ?? 0) * (1 - weight) + value * weight;
    }
  }
  return painted;
}
