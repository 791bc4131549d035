// The browsers of this machine, for the tests and for pictures of the page.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FIREFOX = ["firefox-esr", "firefox"];

/** The Chromium that CHROMIUM names, or the first in PATH, or the one that Playwright has installed; or undefined. */
export async function lookForChromium() {
  const found = named("CHROMIUM") ?? inPath(...CHROMIUM);
  return found ?? [await ofPlaywright()].find(isExecutable);
}

/** The same; it is an error if there is none. */
export async function findChromium() {
  const found = await lookForChromium();
  if (found) return found;
  throw new Error(
    `There is no Chromium in PATH as ${CHROMIUM.join(", ")}. \`npm test\` installs one; CHROMIUM names one.`,
  );
}

/** The Firefox that FIREFOX names, or the first in PATH; or undefined. */
export function lookForFirefox() {
  return named("FIREFOX") ?? inPath(...FIREFOX);
}

/** The first of these programs in PATH; or undefined. */
export function inPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/** What a variable of the environment names. */
function named(variable) {
  const path = process.env[variable];
  if (!path || isExecutable(path)) return path || undefined;
  throw new Error(`${variable}=${path} is no program.`);
}

/** Where Playwright's own Chromium is, or would be. */
async function ofPlaywright() {
  try {
    const { chromium } = await import("playwright-core");
    return chromium.executablePath();
  } catch {
    // The npm packages are not there yet, or Playwright has none for this system.
    return undefined;
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
