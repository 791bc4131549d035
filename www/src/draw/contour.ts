// The border of a superlevel set, along the edges of pixels.

/**
 * The border between pixels with a value of at least `threshold` and the others, and that of the image where it cuts
 * the set, as line segments `[x0, y0, x1, y1, ...]` in units of pixels. Runs of edges in a row are one segment.
 */
export function contour(values: Float32Array, shape: readonly number[], threshold: number): Float32Array {
  const [rows = 0, columns = 0] = shape;
  const isInside = (row: number, column: number) =>
    row >= 0 && row < rows && column >= 0 && column < columns && (values[row * columns + column] ?? 0) >= threshold;
  const segments: number[] = [];
  for (let row = 0; row <= rows; row += 1) {
    runs(
      columns,
      (column) => isInside(row - 1, column) !== isInside(row, column),
      (from, to) => segments.push(from, row, to, row),
    );
  }
  for (let column = 0; column <= columns; column += 1) {
    runs(
      rows,
      (row) => isInside(row, column - 1) !== isInside(row, column),
      (from, to) => segments.push(column, from, column, to),
    );
  }
  return Float32Array.from(segments);
}

function runs(length: number, isEdge: (position: number) => boolean, found: (from: number, to: number) => void) {
  let start = -1;
  for (let position = 0; position <= length; position += 1) {
    const edge = position < length && isEdge(position);
    if (edge && start < 0) start = position;
    if (!edge && start >= 0) {
      found(start, position);
      start = -1;
    }
  }
}
