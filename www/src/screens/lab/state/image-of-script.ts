// Images that a script gives.

import type { Pixels } from "./automation-types";
import type { Lab } from "./lab.svelte";
import { LARGEST } from "./sizes";

/** Opens a file, what an address of this site gives, or pixels. Rejects if it cannot be used. */
export async function load(lab: Lab, image: Blob | string | URL | Pixels): Promise<void> {
  const open = async (file: Blob, name?: string) => {
    if (await lab.input.open(file, name)) return;
    const { problem } = lab.input;
    throw new Error(problem ?? (lab.notice?.kind === "error" ? lab.notice.text : "Another image came instead."));
  };
  if (image instanceof Blob) await open(image);
  else if (typeof image === "string" || image instanceof URL) {
    const response = await fetch(image);
    if (!response.ok) throw new Error(`${image} answers with ${response.status} ${response.statusText}.`);
    await open(await response.blob(), String(image).split("/").at(-1) ?? "image");
  } else await open(await npy(lab, image), `${image.width} x ${image.height} pixels`);
}

/** Pixels as a file, so that they go the way of all others. */
async function npy(lab: Lab, { data, width, height }: Pixels): Promise<Blob> {
  const isWhole = (length: number) => Number.isInteger(length) && length >= 1 && length <= 16 * LARGEST;
  if (!isWhole(width) || !isWhole(height) || data.length !== width * height) {
    throw new RangeError(
      `${data.length} values were given for ${width} x ${height} pixels; accepted are width times height values.`,
    );
  }
  const grid = { values: Float32Array.from(data), shape: [height, width] };
  return new Blob([await lab.topology.encode(grid, { format: "npy", sampleType: "float32" })]);
}
