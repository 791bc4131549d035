import type { Edit } from "bettiscope";

/** Another mask in the place of a map. */
export interface Change {
  /** Such as "Exact repair". */
  readonly name: string;
  /** The map before, as it was on the screen. */
  readonly before: Float32Array;
  /** What was done, step by step, where that is known. */
  readonly edits: readonly Edit[];
  /** The shape that the pixels of the edits are of. */
  readonly shape: readonly number[];
  /** How many pixels have come above the threshold, and how many below, of all that the file has. */
  readonly gained: number;
  readonly lost: number;
}
