// What this browser remembers for the page. Without storage nothing is remembered, and nothing else goes wrong.

/** A value that was remembered; null: none; undefined: this browser remembers nothing. */
export function remembered(name: string): string | null | undefined {
  try {
    return window.localStorage.getItem(`bettiscope.${name}`);
  } catch {
    return undefined;
  }
}

/** Remembers a value; undefined: forgets it. */
export function remember(name: string, value: string | undefined) {
  try {
    if (value === undefined) window.localStorage.removeItem(`bettiscope.${name}`);
    else window.localStorage.setItem(`bettiscope.${name}`, value);
  } catch {
    // It lasts as long as the page.
  }
}
