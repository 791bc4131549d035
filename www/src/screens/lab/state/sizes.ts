// What is known of the networks before they are loaded, as their records have it, and how large maps are.

import { size as digits } from "../../../../../models/digits.json";
import { size as heart } from "../../../../../models/heart.json";
import { classes, size as heartClasses, prior } from "../../../../../models/heart-classes.json";
import { size as shapes } from "../../../../../models/shapes.json";

/** The sizes that the networks take. */
export const MODEL_SIZES = { digits, heart, "heart-classes": heartClasses, shapes } as const;

/** The names of the classes of networks that have several, that of the background first, and the priors of these. */
export const CLASSES: Readonly<Record<string, { readonly names: readonly string[]; readonly priors: string }>> = {
  "heart-classes": { names: classes, priors: prior },
};

/** The largest map that is followed step by step as it is, in pixels of a side; of a larger one a copy is. */
export const LARGEST = 512;
