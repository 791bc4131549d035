// What can be taken away, as files.

import { coordinates } from "../../../model/coordinates";
import { ROLE } from "../../../model/frame";
import { textOf } from "../../../model/prior";
import type { SavedFile } from "../../../services/download";
import { inputOf } from "./command";
import type { Lab } from "./lab.svelte";
import { linkOf } from "./link";
import { valuesOf } from "./setting";

const ROLES = { [ROLE.wanted]: "wanted", [ROLE.free]: "free", [ROLE.unwanted]: "unwanted" } as Record<number, string>;

/** The name of what is on the screen, for files: that of the visitor's file without its ending. */
export function stemOf({ source }: Lab): string {
  const name = source?.name ?? "";
  const stem = name.replace(/\.(png|jpe?g|webp|tiff?|np[yz]|nii(\.gz)?)(?=$|, slice \d+$)/i, "");
  return stem.replace(/[^\p{L}\p{N}._]+/gu, "-").replace(/^-|-$/g, "") || "image";
}

/** The same, with what the map is of where there are several classes. */
function partOf(lab: Lab): string {
  return [stemOf(lab), ...(lab.part ? [lab.part.replaceAll(" ", "")] : [])].join("-");
}

/** The mask at the threshold with all pixels of the visitor's file, 0 and 1 (NPY) or 0 and 255 (PNG). */
export async function saveMask(lab: Lab, format: "png" | "npy"): Promise<SavedFile> {
  const { frame, setting, whole } = need(lab);
  const one = format === "png" ? 255 : 1;
  const values = Uint8Array.from(whole.values, (value) => (value >= setting.threshold ? one : 0));
  return file(
    `${partOf(lab)}-mask-step-${frame.number}.${format}`,
    await lab.topology.encode({ values, shape: whole.shape }, { format }),
  );
}

/** The probability map as it is on the screen: 16 bit (PNG) or 32-bit floats (NPY). */
export async function saveMap(lab: Lab, format: "png" | "npy"): Promise<SavedFile> {
  const { frame, shape } = need(lab);
  const sampleType = format === "png" ? "uint16" : "float32";
  const bytes = await lab.topology.encode({ values: frame.map, shape }, { format, sampleType });
  const reduced = lab.course?.origin.whole ? `-reduced-to-${shape.join("x")}` : "";
  return file(`${partOf(lab)}-map-step-${frame.number}${reduced}.${format}`, bytes);
}

/** The class of each pixel, 0 for the background, where there are several. */
export async function saveLabels(lab: Lab): Promise<SavedFile> {
  const { frame, shape } = need(lab);
  if (!frame.labels) throw new Error("The network has one class.");
  const bytes = await lab.topology.encode({ values: frame.labels, shape }, { format: "png" });
  return file(`${stemOf(lab)}-labels-step-${frame.number}.png`, bytes);
}

/** What a run begins with, as 32-bit floats: what the network sees, or the map that has none or was painted. */
export async function saveInput(lab: Lab): Promise<SavedFile> {
  if (!lab.course) throw new Error("There is no image yet.");
  const bytes = await lab.topology.encode(inputOf(lab.course.origin), { format: "npy", sampleType: "float32" });
  return file(inputName(lab), bytes);
}

/** The name of that file. */
export function inputName(lab: Lab): string {
  return `${stemOf(lab)}-input.npy`;
}

/** One line per bar. */
export function saveBarcodeCsv(lab: Lab): SavedFile {
  const head = "dimension,birth,death,birth_row,birth_column,death_row,death_column,role,term";
  const lines = bars(lab).map(({ dimension, birth, death, birthPixel, deathPixel, role, term }) =>
    [dimension, birth, death, ...birthPixel, ...(deathPixel ?? ["", ""]), role, term].join(","),
  );
  return text(`${partOf(lab)}-barcode-step-${need(lab).frame.number}.csv`, [head, ...lines, ""].join("\n"), "text/csv");
}

/** The bars with what they were computed with. */
export function saveBarcodeJson(lab: Lab): SavedFile {
  const { frame, setting, shape } = need(lab);
  const { connectivity, filtration } = frame.barcode;
  const record = {
    step: frame.number,
    shape,
    connectivity,
    filtration,
    ...(lab.part ? { classes: lab.part } : {}),
    prior: textOf(setting.prior),
    threshold: setting.threshold,
    bars: bars(lab),
  };
  return json(`${partOf(lab)}-barcode-step-${frame.number}.json`, record);
}

/** The setting and every step's numbers, without maps. */
export function saveRun(lab: Lab): SavedFile {
  need(lab);
  const { status } = lab.learner;
  return json(`${stemOf(lab)}-run.json`, {
    link: linkOf(lab),
    source: lab.source?.name,
    notes: lab.source?.notes,
    setting: valuesOf(lab.setting),
    backend: status.backend,
    steps: lab.history,
  });
}

function need(lab: Lab) {
  const { frame, setting, shape, whole } = lab;
  if (!frame || !whole) throw new Error("There is no map yet.");
  return { frame, setting, shape, whole };
}

function bars(lab: Lab) {
  const { frame } = need(lab);
  const { barcode, role, term } = frame;
  const pixel = (index: number) => coordinates(index, barcode.shape);
  return Array.from(barcode.birth, (birth, bar) => {
    const deathIndex = barcode.deathIndex[bar] ?? -1;
    return {
      dimension: barcode.dimension[bar] ?? 0,
      birth,
      death: barcode.death[bar] ?? 0,
      birthPixel: pixel(barcode.birthIndex[bar] ?? 0),
      deathPixel: deathIndex < 0 ? null : pixel(deathIndex),
      role: ROLES[role[bar] ?? ROLE.free],
      term: term[bar] ?? 0,
    };
  });
}

function file(name: string, bytes: Uint8Array<ArrayBuffer>): SavedFile {
  return { name, blob: new Blob([bytes], { type: name.endsWith("png") ? "image/png" : "application/octet-stream" }) };
}

function text(name: string, content: string, type: string): SavedFile {
  return { name, blob: new Blob([content], { type }) };
}

function json(name: string, record: unknown): SavedFile {
  return text(name, `${JSON.stringify(record, null, 2)}\n`, "application/json");
}
