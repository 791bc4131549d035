import { expect, test } from "vitest";

import { thresholdAt } from "./grip";
import { scale } from "./scale";

test("a scale goes from the place of one value to that of the other, and back", () => {
  const x = scale([1, 0], [12, 212]);
  expect([x(1), x(0.5), x(0)]).toEqual([12, 112, 212]);
  expect([x.invert(12), x.invert(62), x.invert(212)]).toEqual([1, 0.75, 0]);
  expect(x.range()).toEqual([12, 212]);
});

test("a threshold that is dragged is in hundredths and between 0 and 1", () => {
  const x = scale([1, 0], [12, 212]);
  expect([-50, 12, 61.4, 113.1, 212, 999].map((place) => thresholdAt(x, place))).toEqual([1, 1, 0.75, 0.49, 0, 0]);
});
