import { expect, test } from "vitest";
import { recent } from "../model/recent";
import { contour } from "./contour";

const sorted = (segments: Float32Array) =>
  Array.from({ length: segments.length / 4 }, (_, at) => [...segments.subarray(4 * at, 4 * at + 4)].join()).sort();

test("the contour goes around the pixels at or above the threshold, along their edges", () => {
  // A pair of pixels in the middle of four by three.
  const values = Float32Array.of(0, 0, 0, 0, 0, 0.5, 0.7, 0.4, 0, 0, 0, 0);
  expect(sorted(contour(values, [3, 4], 0.5))).toEqual(["1,1,1,2", "1,1,3,1", "1,2,3,2", "3,1,3,2"]);
});

test("the contour closes along the rim of the image", () => {
  expect(sorted(contour(Float32Array.of(1), [1, 1], 0.5))).toEqual(["0,0,0,1", "0,0,1,0", "0,1,1,1", "1,0,1,1"]);
  expect(contour(Float32Array.of(0.4), [1, 1], 0.5)).toHaveLength(0);
});

test("a hole has a contour of its own", () => {
  const values = Float32Array.from({ length: 9 }, (_, pixel) => (pixel === 4 ? 0 : 1));
  expect(sorted(contour(values, [3, 3], 0.5))).toHaveLength(8);
});

test("recent results are kept, and no more than asked for", () => {
  let calls = 0;
  const twice = recent(2, (value: number) => {
    calls += 1;
    return 2 * value;
  });
  expect([twice(1), twice(2), twice(1)]).toEqual([2, 4, 2]);
  expect(calls).toBe(2);
  // 2 is the older one now.
  expect([twice(3), twice(1), twice(2)]).toEqual([6, 2, 4]);
  expect(calls).toBe(4);
});
