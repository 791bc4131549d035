// Values as places.

/** Places of values in [0, 1] on a line, in CSS pixels. */
export interface Scale {
  (value: number): number;
  /** The value at a place. */
  invert(place: number): number;
  /** Where the line begins, and where it ends. */
  range(): readonly [number, number];
}

/** The line from the place of one value to that of another. */
export function scale(values: readonly [number, number], places: readonly [number, number]): Scale {
  const [first, last] = values;
  const [start, end] = places;
  const step = (end - start) / (last - first);
  return Object.assign((value: number) => start + (value - first) * step, {
    invert: (place: number) => first + (place - start) / step,
    range: () => places,
  });
}

/** The values that axes have numbers at. */
export const TICKS = [1, 0.8, 0.6, 0.4, 0.2, 0] as const;
