// Flat indices as positions, and back: the one place that knows that arrays are row by row.

/** The position of a flat index along each axis of an array of this shape. */
export function coordinates(index: number, shape: readonly number[]): number[] {
  const position: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return position;
}

/** The row and the column of a pixel of an image, or of a slice of a volume. For loops over pixels: it makes no list. */
export function cellOf(index: number, shape: readonly number[]): Cell {
  const columns = shape.at(-1) ?? 1;
  const column = index % columns;
  return { row: (index - column) / columns, column };
}

/** A place on the grid of an image, or around it. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}
