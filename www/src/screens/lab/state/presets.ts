// Settings worth a name.

/** A prior with a name. */
export interface Preset {
  readonly name: string;
  readonly components: string;
  readonly loops: string;
}

/** The priors that people ask for. */
export const PRIORS: readonly Preset[] = [
  { name: "One piece, no holes", components: "1", loops: "0" },
  { name: "Ring (myocardium)", components: "1", loops: "1" },
  { name: "Figure eight", components: "1", loops: "2" },
  { name: "5 cells", components: "5", loops: "0" },
  { name: "Any number of pieces, no holes", components: "*", loops: "0" },
];

/** The three priors of the paper's figure 6. */
export const FIGURE_6: readonly Preset[] = [
  { name: "1 piece, 0 holes", components: "1", loops: "0" },
  { name: "1 piece, 1 hole", components: "1", loops: "1" },
  { name: "1 piece, 2 holes", components: "1", loops: "2" },
];
