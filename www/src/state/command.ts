// Reproduce: the command line that does what the page does.

import type { Frame } from "./frame";
import type { Setting } from "./setting";

/** SHA-256 of an array's bytes, in hexadecimal. */
export async function digest(values: Float32Array): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", Float32Array.from(values));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The command line, with the link that makes its input and the hashes of what goes in and comes out first. */
export async function commandLine(
  setting: Setting,
  link: string,
  image: Float32Array,
  first: Frame | undefined,
): Promise<string> {
  const isMap = setting.model === "none";
  const options = [
    ...(isMap ? [] : [`--model ${setting.model}`, `--target ${setting.target}`]),
    `--betti '${setting.components},${setting.loops}'`,
    `--lambda ${setting.lambda}`,
    `--rate ${setting.rate}`,
    `--steps ${setting.steps}`,
    ...(setting.holds > 0 ? [`--stop prior:${setting.holds}`] : []),
    ...(setting.connectivity === "T" ? [] : ["--connectivity V"]),
    "-o out",
  ];
  const notes = [
    "# input.npy: Export, Input (NPY), of this page:",
    `# ${link}`,
    `# SHA-256 of its values, float32 in row-major order: ${await digest(image)}`,
  ];
  if (first) notes.push(`# SHA-256 of the map of step 0: ${await digest(first.map)}`);
  return [...notes, `bettiscope postprocess input.npy ${options.join(" ")}`].join("\n");
}
