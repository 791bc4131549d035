/**
 * An image or a volume: values in row-major order and the lengths of the axes, `[rows, columns]` or
 * `[slices, rows, columns]`. What is passed in is copied, never changed or detached; what comes back is the caller's.
 */
export interface Grid {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}
