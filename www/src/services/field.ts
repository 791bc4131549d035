// One entry of the setting: how it is written in a link, and read from one.

import { readNumber } from "./number";

/** A value of the setting that has a name in the link. */
export interface Field<Value> {
  /** Its name in the link. */
  readonly key: string;
  /** Its value where a link does not say. Values equal to it are not written. */
  readonly fallback: Value;
  /** What is accepted, for messages. */
  readonly accepted: string;
  /** The value that a text stands for; undefined if it stands for none. */
  read(text: string): Value | undefined;
  /** The text of a value. */
  write(value: Value): string;
}

/** One of a few words. */
export function choice<const Word extends string>(
  key: string,
  words: readonly Word[],
  fallback: NoInfer<Word>,
): Field<Word> {
  return {
    key,
    fallback,
    accepted: words.join(", "),
    read: (text) => words.find((word) => word === text),
    write: (word) => word,
  };
}

/** A whole number in a range. */
export function whole(key: string, least: number, most: number, fallback: number): Field<number> {
  return {
    key,
    fallback,
    accepted: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
    },
    write: String,
  };
}

/** A finite number in a range, with a point or a comma. */
export function real(key: string, least: number, most: number, fallback: number): Field<number> {
  return {
    key,
    fallback,
    accepted: `a number from ${least} to ${most}`,
    read: (text) => {
      const value = readNumber(text);
      return value !== undefined && value >= least && value <= most ? value : undefined;
    },
    write: String,
  };
}

/** A count of a prior: `1`, `0-2` or `*`. */
export function count(key: string, fallback: string): Field<string> {
  return {
    key,
    fallback,
    accepted: "1 (exactly one), 0-2 (none to two) or * (any)",
    read: (text) => (isCount(text) ? text : undefined),
    write: (text) => text,
  };
}

/** Priors of sets of classes: `1:1,0;1+2:1,0`; of none, those that the network brings along. */
export function priors(key: string): Field<string> {
  return {
    key,
    fallback: "",
    accepted: "different sets of classes with their counts, as in 1:1,0;2:1,1;1+2:1,0",
    read: (text) => {
      // In a link that nobody has encoded a plus is a space.
      const entries = text === "" ? [] : text.split(";").map((entry) => entry.trim().replace(/(\d) +(?=\d)/g, "$1+"));
      const isEntry = (entry: string) => {
        const [set = "", counts = "", ...more] = entry.split(":");
        const numbers = counts.split(",");
        return /^\d{1,3}(\+\d{1,3})*$/.test(set) && numbers.length === 2 && numbers.every(isCount) && more.length === 0;
      };
      const sets = entries.map((entry) => entry.replace(/:.*/, "").split("+").map(Number));
      const areDifferent = isWithoutRepeats(sets.map((set) => set.toSorted((a, b) => a - b).join("+")));
      return entries.every(isEntry) && sets.every(isWithoutRepeats) && areDifferent ? entries.join(";") : undefined;
    },
    write: (text) => text,
  };
}

function isWithoutRepeats(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

function isCount(text: string): boolean {
  const range = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text);
  return text === "*" || (range !== null && Number(range[2] ?? range[1]) >= Number(range[1]));
}

/** Some of a few words. */
export function several<const Word extends string>(key: string, words: readonly Word[]): Field<readonly Word[]> {
  return {
    key,
    fallback: [],
    accepted: words.join(", "),
    read: (text) => {
      const parts = text.split(",").filter((part) => part !== "");
      const known = words.filter((word) => parts.includes(word));
      return known.length === new Set(parts).size ? known : undefined;
    },
    write: (chosen) => chosen.join(","),
  };
}
