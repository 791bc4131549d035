// What the pictures show, for those who do not see them.

import type { Change } from "../model/change";
import { counts, editWords } from "./features";

/** The probability map of a step. */
export function mapWords(step: number, betti: readonly number[], threshold: number, isCopy: boolean): string {
  const found = `${counts(betti)} at threshold ${threshold.toFixed(2)}.`;
  return isCopy ? `Step ${step}, reduced copy: ${found}` : `Step ${step}: ${found}`;
}

/** Two maps beside each other: those of two steps, or before and after a change. */
export function comparisonWords(
  step: number,
  change: Change | undefined,
  { gained, lost }: { readonly gained: number; readonly lost: number },
): string {
  if (!change) return `Step 0 on the left, step ${step} on the right. ${gained} pixels gained, ${lost} lost. `;
  const edits = change.edits.map(editWords).join("; ");
  return `The map before on the left, after “${change.name}” on the right. ${gained} pixels gained, ${lost} lost. ${edits}`;
}

/** A barcode, by how many bars each dimension has. */
export function barcodeWords(components: number, loops: number): string {
  return `Barcode: ${components} bars of components, ${loops} of loops. Up and down choose a bar, Enter asks why.`;
}
