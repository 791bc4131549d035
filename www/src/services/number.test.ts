import { expect, test } from "vitest";

import { readNumber } from "./number";

test("a decimal sign is a point or a comma", () => {
  expect(["0.5", "0,5", " ,25 ", "3", "-1,5", "−2", "1e-3", "1,5E-3"].map(readNumber)).toEqual([
    0.5, 0.5, 0.25, 3, -1.5, -2, 1e-3, 1.5e-3,
  ]);
});

test("what could mean two numbers, or none, is not understood", () => {
  for (const text of ["", " ", ",", "1,000.5", "1.000,5", "1,000,000", "1 000", "two", "0x10", "Infinity", "NaN"]) {
    expect(readNumber(text), text).toBeUndefined();
  }
});
