// Settings worth a name.

/** A prior with a name. */
export interface Preset {
  readonly name: string;
  readonly counts: readonly string[];
}

/** The priors that people ask for. */
export const PRIORS: readonly Preset[] = [
  { name: "One piece, no holes", counts: ["1", "0"] },
  { name: "Ring (myocardium)", counts: ["1", "1"] },
  { name: "Figure eight", counts: ["1", "2"] },
  { name: "5 cells", counts: ["5", "0"] },
  { name: "Any number of pieces, no holes", counts: ["*", "0"] },
];

/** The three priors of the paper's figure 6. */
export const FIGURE_6: readonly Preset[] = [
  { name: "1 piece, 0 holes", counts: ["1", "0"] },
  { name: "1 piece, 1 hole", counts: ["1", "1"] },
  { name: "1 piece, 2 holes", counts: ["1", "2"] },
];
