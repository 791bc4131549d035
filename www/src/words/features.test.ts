import { expect, test } from "vitest";

import { features, short } from "./features";
import { answer, comparison, verdict } from "./headline";

test("a verdict says what is wrong, and only that", () => {
  expect(verdict([1, 0], ["1", "1"], [0, 1])).toEqual({ found: "1 piece, 0 holes", rest: ": it should have 1 hole." });
  expect(verdict([3, 2], ["1", "0-1"], [2, 1]).rest).toBe(": it should have 1 piece and 0 to 1 holes.");
  expect(verdict([3, 2], ["*", "2"], [0, 0]).rest).toBe(", as it should be.");
});

test("numbers agree with their nouns", () => {
  expect(features([1, 0])).toBe("1 piece");
  expect(features([2, 1])).toBe("2 pieces and 1 hole");
  expect(comparison(0, 0).rest).toBe(": none of them holds before a run.");
  expect(comparison(1, 1).rest).toBe(": 1 of 3 holds after 1 step.");
  expect(comparison(3, 7).rest).toBe(": 3 of 3 hold after 7 steps.");
  expect(answer([1, 0], [1, 0])).toBe("Right: 1 piece, 0 holes.");
  expect(answer([2, 1], [1, 0])).toBe("You said 2 pieces, 1 hole. It is 1 piece, 0 holes.");
});

test("numbers are short", () => {
  expect([0, 0.04123, 12.345, 0.0000123, 123456].map(short)).toEqual(["0", "0.0412", "12.3", "1.2e-5", "1.2e5"]);
});
