import { expect, test } from "vitest";

import { cellOf, coordinates } from "./coordinates";

test("an index has a position along every axis, the last one the fastest", () => {
  expect(coordinates(0, [3, 4])).toEqual([0, 0]);
  expect(coordinates(7, [3, 4])).toEqual([1, 3]);
  expect(coordinates(31, [2, 4, 5])).toEqual([1, 2, 1]);
  expect(coordinates(0, [])).toEqual([]);
});

test("the cell of a pixel is the end of its position", () => {
  for (const index of [0, 3, 4, 11]) {
    const [row, column] = coordinates(index, [3, 4]);
    expect(cellOf(index, [3, 4])).toEqual({ row, column });
  }
});
