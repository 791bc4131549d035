// What the visitor should know, in whole sentences.

import { features } from "./features";

/** Features that are asked for and do not exist, where each pixel is moved on its own: no new bar is born. */
export function missingInPixels(missing: readonly number[]): string {
  return (
    `The prior asks for ${features(missing)} more than the map has, at any threshold, and the loss cannot lengthen a ` +
    "bar that does not exist: with any lambda. Paint it on the map, or take the exact repair, which changes the fewest " +
    "pixels."
  );
}

/** The same where a network moves them together. */
export function missingInWeights(missing: readonly number[]): string {
  return (
    `The prior asks for ${features(missing)} more than the map has, at any threshold, and the loss cannot lengthen a ` +
    "bar that does not exist. Raise lambda so that new bars are born on the way, or optimise “Pixels” and paint it on " +
    "the map."
  );
}

/** A run that does not get on. */
export function stalled(steps: number): string {
  return (
    `The loss has not fallen for ${steps} steps and the prior does not hold. With a larger lambda topology weighs more ` +
    "against similarity; with a larger rate each step goes further."
  );
}

/** A run that has ended before its prior holds. */
export function notReached(steps: number): string {
  return `${steps} steps are done and the prior does not hold yet. Run goes on for as many again.`;
}

/** What is being downloaded, after what is being waited for. */
export function downloading(what: string, loaded: number, total: number): string {
  return `: ${what}, ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
}

/** Of several files one is open. */
export function oneOf(number: number, name: string): string {
  return `${number} files were given, and ${name} is open: the Lab takes one at a time. “bettiscope check FOLDER” on the command line checks many.`;
}

/** Instead of a file a folder was given. */
export function isFolder(name: string): string {
  return `${name} is a folder, and the Lab takes one file at a time: drop one of the files in it. “bettiscope check ${name}” on the command line checks all of them.`;
}

/** Of what was asked for with a link. */
export const FILE_NOT_IN_LINK =
  "The link was made with an uploaded file, and files are not in links: open the file again.";
export const DRAWING_NOT_IN_LINK = "The link was made with a drawing, and drawings are not in links: draw it again.";
