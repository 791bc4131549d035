import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium of this machine: the one that CHROMIUM names, or the first in PATH. */
export function findChromium(): string {
  const named = process.env.CHROMIUM;
  const inPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = (named ? [named] : inPath).find(isExecutable);
  if (found) return found;
  const looked = named ? `at CHROMIUM=${named}` : `in PATH as ${NAMES.join(", ")}`;
  throw new Error(
    `There is no Chromium ${looked}. Install one (on Debian: apt-get install chromium), or name it in CHROMIUM.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
