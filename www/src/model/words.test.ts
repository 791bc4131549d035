import { expect, test } from "vitest";

import { short, verdict } from "./words";

test("a verdict says what is wrong, and only that", () => {
  expect(verdict([1, 0], ["1", "1"], [0, 1])).toEqual({ found: "1 piece, 0 holes", wanted: "it should have 1 hole" });
  expect(verdict([3, 2], ["1", "0-1"], [2, 1]).wanted).toBe("it should have 1 piece and 0 to 1 holes");
  expect(verdict([3, 2], ["*", "2"], [0, 0]).wanted).toBe("");
});

test("numbers are short", () => {
  expect([0, 0.04123, 12.345, 0.0000123, 123456].map(short)).toEqual(["0", "0.0412", "12.3", "1.2e-5", "1.2e5"]);
});
