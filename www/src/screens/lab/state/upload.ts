// Files that a visitor gives: decoded in the worker, brought to [0, 1], one slice at a time.

import type { Decoded, Grid, MapOptions, ModelRecord, Square, TopologyClient } from "bettiscope";

import { coordinates } from "../../../model/coordinates";
import { isAbort, messageOf } from "../../../model/errors";
import { fileWords, oneAxis, READINGS, sliceName, unusable, usedAsItIs } from "../../../words/files";

/** A file that was decoded. */
export interface OpenFile {
  readonly name: string;
  /** "PNG, uint16, 512 × 512" */
  readonly description: string;
  readonly decoded: Decoded;
  readonly slices: number;
  /** The slice that is used, from 0. */
  readonly slice: number;
  /** What its values are taken for. */
  readonly reading: Reading;
}

/** What values are taken for, as a choice among others. */
export interface Reading {
  /** Such as "labels: 1 alone". */
  readonly text: string;
  readonly options: Omit<MapOptions, "index">;
}

/** What they look like. */
export const AUTOMATIC: Reading = { text: READINGS.automatic, options: {} };

const isAutomatic = ({ options }: Reading) => Object.keys(options).length === 0;

/** What is always to be chosen from. */
const CHOICES: readonly Reading[] = [
  { text: READINGS.mask, options: { meaning: "mask" } },
  { text: READINGS.labels, options: { meaning: "labels" } },
  { text: READINGS.map, options: { meaning: "map" } },
  { text: READINGS.clamped, options: { meaning: "map", beyond: "clamp" } },
  { text: READINGS.stretched, options: { normalisation: "minmax" } },
  { text: READINGS.logits, options: { sigmoid: true } },
];
/** So many labels are to be chosen from, one by one. */
const MOST_LABELS = 200;

/** A slice of a file as it is used. */
export interface Upload {
  readonly file: OpenFile;
  /** Whether it is a map, or a picture of which a network sees a part. */
  readonly use: Use;
  readonly name: string;
  /** In [0, 1]. */
  readonly slice: Grid;
  /** Whether it is a mask, labels or a map in [0, 1] already, which no network needs to see. */
  readonly isSegmented: boolean;
  /** What the values could be taken for, the likeliest first. */
  readonly readings: readonly Reading[];
  /** What was done to its values. */
  readonly note: string;
}

/** What a slice is for. */
export type Use = "map" | "picture";

/** What a network sees of a slice. */
export interface PreparedSlice {
  readonly image: Grid;
  /** The square that was taken, if it is not all. */
  readonly square: Square | undefined;
  /** What was done to the values. */
  readonly note: string;
}

/** What a visitor has given, at one moment. */
export interface Given {
  /** The file that is open, at the slice that is used. */
  readonly file: OpenFile | undefined;
  readonly upload: Upload | undefined;
  /** The square of the slice that is used, if one was chosen. */
  readonly square: Square | undefined;
  readonly drawing: Grid | undefined;
}

/** Decodes a file. Rejects with a sentence that names the file, says what is wrong and what is accepted. */
export async function openFile(
  topology: TopologyClient,
  file: Blob,
  name: string,
  signal: AbortSignal,
): Promise<OpenFile> {
  const decoded = await topology.decode(file, { signal }).catch((error: unknown) => {
    throw isAbort(error) ? error : refused(name, error);
  });
  const { shape } = decoded;
  if (shape.length < 2) {
    decoded.dispose();
    throw new Error(oneAxis(name));
  }
  const slices = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { name, description: fileWords(decoded), decoded, slices, slice: Math.floor(slices / 2), reading: AUTOMATIC };
}

function refused(name: string, cause: unknown): Error {
  return new Error(unusable(name, messageOf(cause)), { cause });
}

/**
 * The selected slice in [0, 1]: as a mask or a map by the rule of the command line, or as a picture to look at. Of what
 * nobody has chosen, pixels without a number become background, and values that do not fit are stretched from the
 * smallest to the largest.
 */
export async function takeSlice(file: OpenFile, use: Use, signal: AbortSignal): Promise<Upload> {
  const { decoded, slice, reading } = file;
  const stretched = { meaning: "map", normalisation: "minmax", nanIsBackground: true } as const;
  const map = (options: object) => decoded.map({ ...options, ...placeOf(file), signal });
  const notes: string[] = [...decoded.notes];
  let isStretched = use === "picture";
  const otherwise = (options: object, isLast: boolean) => (error: unknown) => {
    if (isAbort(error) || (use === "map" && !isAutomatic(reading))) throw error;
    if (isLast) {
      notes.push(messageOf(error));
      isStretched = true;
    }
    return map(options);
  };
  const { values, shape, description, remarks, kind, scale, labels } = await map(
    use === "map" ? reading.options : stretched,
  )
    .catch(otherwise({ nanIsBackground: true }, false))
    .catch(otherwise(stretched, true))
    .catch((error: unknown) => Promise.reject(isAbort(error) ? error : refused(file.name, error)));
  notes.push(...remarks.map(({ text }) => text));
  const each = labels.length > 1 ? labels.slice(0, MOST_LABELS) : [];
  const alone = each.map((label): Reading => ({ text: READINGS.alone(label), options: { labels: [label] } }));
  const automatic = isAutomatic(reading) ? { ...AUTOMATIC, text: READINGS.looksLike[kind] } : AUTOMATIC;
  const likely = remarks.flatMap(({ remedies }) => remedies);
  return {
    file,
    use,
    name: sliceName(file.name, slice, file.slices),
    slice: { values, shape },
    isSegmented: !isStretched && (kind !== "map" || scale.kind === "asInFile"),
    readings: different([automatic, reading, ...likely, ...CHOICES, ...alone]),
    note: [use === "map" ? usedAsItIs(description) : description]
      .concat(use === "map" ? notes : decoded.notes)
      .join("; "),
  };
}

/**
 * What a network sees of the selected slice, prepared as its record says. Values that do not fit are stretched from the
 * smallest to the largest.
 */
export async function prepareSlice(
  file: OpenFile,
  record: Pick<ModelRecord, "normalisation" | "preparation" | "size"> | undefined,
  square: Square | undefined,
  signal: AbortSignal,
): Promise<PreparedSlice> {
  const { normalisation = "type", preparation, size } = record ?? {};
  const prepare = (normalisation: string) =>
    file.decoded.prepare({ normalisation, preparation, size, square, ...placeOf(file), signal });
  const prepared = await prepare(normalisation)
    .catch((error: unknown) => (isAbort(error) ? Promise.reject(error) : prepare("minmax")))
    .catch((error: unknown) => Promise.reject(isAbort(error) ? error : refused(file.name, error)));
  const { values, shape, description } = prepared;
  return { image: { values, shape }, square: prepared.square, note: description };
}

/** Of readings that do the same the first. */
function different(readings: readonly Reading[]): Reading[] {
  const known = new Map<string, Reading>();
  for (const { text, options } of readings) {
    const key = JSON.stringify(options);
    if (!known.has(key)) known.set(key, { text, options });
  }
  return [...known.values()];
}

function placeOf({ decoded, slice }: OpenFile): { index?: number[] } {
  const index = coordinates(slice, decoded.shape.slice(0, -2));
  return index.length > 0 ? { index } : {};
}
