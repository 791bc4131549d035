// The keys of the page: which one asks for what.

/** What a key asks for. */
export type Shortcut = "toggle" | "forward" | "back" | "reset" | "lower" | "raise" | "undo" | "redo";

/** Keys that write no character. */
const KEYS = new Map<string, Shortcut>([
  [" ", "toggle"],
  ["ArrowRight", "forward"],
  ["ArrowLeft", "back"],
]);
/** Keys that do. Whoever dictates to the computer "writes" them without wanting to, and can switch them off. */
const CHARACTERS = new Map<string, Shortcut>([
  ["r", "reset"],
  ["R", "reset"],
  ["[", "lower"],
  ["]", "raise"],
]);

/** What of a `KeyboardEvent` decides. */
export type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">;

/**
 * What a key asks for: Ctrl or Command with Z or Y undo and redo, the others come without. Many keyboards have the brackets on a third level: with AltGr, which Windows reports as Ctrl and
 * Alt, or with Option.
 */
export function shortcutOf(
  { key, ctrlKey, altKey, metaKey, shiftKey }: Pressed,
  hasCharacters: boolean,
): Shortcut | undefined {
  if ((ctrlKey || metaKey) && !altKey) {
    const letter = key.toLowerCase();
    if (letter === "y" || (letter === "z" && shiftKey)) return "redo";
    if (letter === "z") return "undo";
  }
  const isBracket = key === "[" || key === "]";
  const isCombination = metaKey || (isBracket ? ctrlKey && !altKey : ctrlKey || altKey);
  if (isCombination) return undefined;
  return KEYS.get(key) ?? (hasCharacters ? CHARACTERS.get(key) : undefined);
}
