// Reproduce: the command line that does what the page has done.

import type { Grid } from "bettiscope";

import { textOf, textOfSets } from "../../../model/prior";
import type { Course, Origin } from "./course.svelte";

/** SHA-256 of an array's bytes, in hexadecimal. */
export async function digest(values: Float32Array): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", Float32Array.from(values));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a run begins with: what the network sees, or the map that has none or was painted. */
export function inputOf({ setting, source, map, isPainted }: Origin): Grid {
  return setting.model === "none" || isPainted ? map : source.image;
}

/**
 * The command line for a course: as many steps as its run has made, or if it has made none, as the setting says. Before
 * it, what makes its input and the hash of that. `input`: the name of the exported file.
 */
export async function commandLine(course: Course, link: string, input: string): Promise<string> {
  const { origin, outlines } = course;
  const { setting, isPainted } = origin;
  const made = outlines.length - 1;
  const isMap = setting.model === "none" || isPainted;
  const { prior, sets } = setting;
  const options = [
    isMap ? "--as map" : `--model ${setting.model} --target ${setting.target}`,
    // The exported values are those that the run begins with.
    "--normalise none",
    `--betti '${isMap || sets.length === 0 ? textOf(prior) : textOfSets(sets)}'`,
    ...(prior.weights.every((weight) => weight === 1) ? [] : [`--weights ${prior.weights.join()}`]),
    `--lambda ${setting.lambda}`,
    `--rate ${setting.rate}`,
    `--steps ${made > 0 ? made : setting.steps}`,
    `--stop ${made === 0 && setting.holds > 0 ? `prior:${setting.holds}` : "never"}`,
    ...(setting.connectivity === "T" ? [] : ["--connectivity V"]),
    "-o out",
  ];
  const notes = [
    `# ${input}: Export, Input (NPY), of this page${isPainted ? ", with what was painted" : ""}:`,
    `# ${link}`,
    `# SHA-256 of its values, float32 in row-major order: ${await digest(inputOf(origin).values)}`,
    ...(made > 0
      ? [
          `# Betti numbers ${isMap || sets.length === 0 ? "at 0.5" : `of ${sets.map(({ set }) => set).join("; ")}`}: ${betti(course, 0)} at first, ${betti(course, made)} after ${made} steps`,
        ]
      : []),
    ...DIFFERENCES,
  ];
  return [...notes, `bettiscope postprocess ${quoted(input)} ${options.join(" ")}`].join("\n");
}

/** Measured with the program on 64-bit Linux; the end-to-end test of Reproduce has the bounds. */
const DIFFERENCES = [
  "# The barcode and the loss of a map are the same here and there, bit by bit. Its values are not: exp and ln have another",
  "# last digit. A network's map agrees to about 0.00001 after 60 steps; where pixels are optimised, a few of them drift apart",
  "# by some hundredths within 100 steps, and in a long run on a noisy map a Betti number can differ.",
];

function betti({ outlines }: Course, number: number): string {
  const outline = outlines[number];
  const { sets = outline ? [outline] : [] } = outline ?? {};
  return sets.map(({ betti }) => betti.join(",")).join("; ");
}

/** A file's name as a shell takes it. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
