// What a network sees of an upload.

import type { Decoded, Grid, Square, TopologyClient } from "bettiscope";
import { expect, test, vi } from "vitest";

import { defaultSetting, withValues } from "./setting";
import { type Giver, makeSource } from "./source";
import { AUTOMATIC, type OpenFile, prepareSlice } from "./upload";

const { signal } = new AbortController();

function grid(side: number): Grid {
  return { values: new Float32Array(side * side), shape: [side, side] };
}

function decoded(prepare: (options: { readonly normalisation: string }) => unknown): OpenFile {
  const file = { shape: [7, 30, 40], prepare: async (options: never) => prepare(options) };
  const decoded = file as unknown as Decoded;
  return { name: "scan", description: "", decoded, slices: 7, slice: 3, reading: AUTOMATIC };
}

test("the record of the network says how a slice is prepared", async () => {
  const prepare = vi.fn(() => ({ ...grid(80), square: undefined, description: "stretched" }));
  const record = { size: 80, normalisation: "percentile:1,99", preparation: "crop, resample, normalise" };
  const square: Square = { row: 1, column: 2, side: 20 };
  const prepared = await prepareSlice(decoded(prepare), record, square, signal);
  expect(prepare).toHaveBeenCalledExactlyOnceWith({ ...record, square, index: [3], signal });
  expect(prepared).toEqual({ image: grid(80), square: undefined, note: "stretched" });
});

test("values that do not fit are stretched, and what does not fit even so is said", async () => {
  const ways: string[] = [];
  const file = decoded(({ normalisation }) => {
    ways.push(normalisation);
    if (normalisation === "type") throw new Error("the values range from -1 to 2");
    return { ...grid(8), square: undefined, description: normalisation };
  });
  expect((await prepareSlice(file, undefined, undefined, signal)).note).toBe("minmax");
  expect(ways).toEqual(["type", "minmax"]);
  const damaged = decoded(() => {
    throw new Error("one value is NaN");
  });
  await expect(prepareSlice(damaged, undefined, undefined, signal)).rejects.toThrow("scan cannot be used: one value");
});

test("lines of k-space are taken from what the network sees", async () => {
  const square = { row: 0, column: 5, side: 30 };
  const giver: Giver = {
    given: { square: undefined, drawing: undefined },
    upload: async () => ({ name: "scan", slice: { values: new Float32Array(1200), shape: [30, 40] }, note: "whole" }),
    prepared: async () => ({ image: grid(80), square, note: "stretched" }),
  };
  const corrupt = vi.fn(async (image: Grid) => ({ image, rows: [], columns: [] }));
  const topology = { corrupt } as unknown as TopologyClient;
  const setting = withValues(defaultSetting(), { source: "upload", model: "heart", lines: 60 });
  const { image, notes } = await makeSource(topology, setting, giver, signal);
  expect(image.shape).toEqual([80, 80]);
  expect(corrupt).toHaveBeenCalledExactlyOnceWith(grid(80), expect.objectContaining({ m: 60 }), { signal });
  expect(notes).toEqual([
    "stretched",
    expect.stringContaining("left ventricle"),
    "cropped to 30 × 30 pixels from row 0, column 5",
    expect.stringMatching(/^enlarged 2.67 times to 80 × 80 pixels/),
    "60 rows of k-space removed",
  ]);
});

test("a map is the slice, or a square of it", async () => {
  const crop = vi.fn(async () => grid(4));
  const giver = (square: Square | undefined): Giver => ({
    given: { square, drawing: undefined },
    upload: async () => ({ name: "map", slice: grid(8), note: "as it is" }),
    prepared: async () => {
      throw new Error("there is no network");
    },
  });
  const setting = withValues(defaultSetting(), { source: "upload", model: "none" });
  const topology = { crop } as unknown as TopologyClient;
  expect(await makeSource(topology, setting, giver(undefined), signal)).toMatchObject({
    image: grid(8),
    notes: ["as it is"],
  });
  const square = { row: 1, column: 1, side: 4 };
  expect((await makeSource(topology, setting, giver(square), signal)).image).toEqual(grid(4));
  expect(crop).toHaveBeenCalledExactlyOnceWith(grid(8), square, { signal });
});
