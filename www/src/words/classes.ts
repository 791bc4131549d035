// What the classes of a network are called.

/** "cavity", "cavity + muscle": a set of classes, written `1` or `1+2`, by their names. */
export function setName(set: string, names: readonly string[]): string {
  return set
    .split("+")
    .map((number) => names[Number(number)] ?? `class ${number}`)
    .join(" + ");
}

/** With a capital, as a sentence begins. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a row of the list says of a class: what there is, and whether that is what there should be. */
export function foundWords(found: string, holds: boolean): string {
  return `${found}: ${holds ? "right" : "wrong"}`;
}

/** Where the map at the threshold looks otherwise than the classes do. */
export const CLASSES_NOTE = "✓ ✗ by the most probable class.";

/** Where a map of classes was painted. */
export const PAINTED_NOTE = "Painted: the map of one class alone. Undo brings back the others.";
