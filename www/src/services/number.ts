// Numbers as people type them.

/**
 * The number that a text stands for: its decimal sign is a point or a comma, whatever the language of the browser.
 * Undefined for everything else, and for what has two such signs: whether `1,000.5` groups or divides is a guess.
 */
export function readNumber(text: string): number | undefined {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}
