// What screen readers say by themselves: how something has ended, and not each step on the way there.

/** How long a text has to stay the same before it is spoken, in milliseconds. */
const STILL = 600;

/**
 * A text for a live region. It follows `text` once that has stayed the same for a moment and nothing moves any more. To
 * be called while a component is made.
 */
export function spoken(text: () => string, isMoving: () => boolean): { readonly text: string } {
  let said = $state("");
  $effect(() => {
    const now = text();
    if (isMoving()) return;
    const timer = setTimeout(() => {
      said = now;
    }, STILL);
    return () => clearTimeout(timer);
  });
  return {
    get text() {
      return said;
    },
  };
}
