// How large images are.

/** The sizes that the networks take. */
export const MODEL_SIZES = { digits: 28, heart: 80, shapes: 80 } as const;

/** The largest map that is followed step by step as it is, in pixels of a side; of a larger one a copy is. */
export const LARGEST = 512;
