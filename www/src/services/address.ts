// The address: which screen is open, and its fields.

/** The part of an address after `#`. */
export interface Address {
  /** The name of a screen, which there may be or not. */
  readonly screen: string;
  /** Its fields, as `URLSearchParams` reads them. */
  readonly fields: string;
}

/** What the bare address opens. */
const HOME = "lab";

/** Reads `#/lab?b1=0`; of older links `#b1=0`, which are all of the Lab, and `#about`. */
export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/, "");
  if (text === "about") return { screen: "about", fields: "" };
  if (!text.startsWith("/")) return { screen: HOME, fields: text };
  const [path = "", ...rest] = text.slice(1).split("?");
  return { screen: path || HOME, fields: rest.join("?") };
}

/** The address with its `#`; empty for the screen that the bare address opens, as it is at first. */
export function writeAddress({ screen, fields }: Address): string {
  if (fields === "") return screen === HOME ? "" : `#/${screen}`;
  return `#/${screen}?${fields}`;
}
