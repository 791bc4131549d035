import { expect, test } from "vitest";

import { paintStroke } from "./brush";

const rowsOf = (map: Float32Array, columns: number) =>
  Array.from({ length: map.length / columns }, (_, row) =>
    [...map.subarray(row * columns, (row + 1) * columns)].map((value) => (value >= 0.5 ? "#" : ".")).join(""),
  );

const cell = (row: number, column: number) => ({ row, column });

test("a fast stroke has no gaps", () => {
  const painted = paintStroke(new Float32Array(5 * 12), [5, 12], cell(2, 2), cell(2, 9), { radius: 1, value: 1 });
  expect(rowsOf(painted, 12)).toEqual(["............", "..########..", ".##########.", "..########..", "............"]);
});

test("a stroke stays inside the map, and leaves the one that it was given alone", () => {
  const map = new Float32Array(9).fill(1);
  const painted = paintStroke(map, [3, 3], cell(0, 0), cell(0, 0), { radius: 0.5, value: 0 });
  expect(rowsOf(painted, 3)).toEqual([".##", "###", "###"]);
  expect([...map]).toEqual(Array.from({ length: 9 }, () => 1));
});

test("a stroke that leaves the map is painted up to the rim, and outside nothing is", () => {
  const brush = { radius: 0.5, value: 1 };
  const left = paintStroke(new Float32Array(5 * 6), [5, 6], cell(1, 3), cell(1, 40), brush);
  expect(rowsOf(left, 6)).toEqual(["......", "...###", "......", "......", "......"]);
  const outside = paintStroke(left, [5, 6], cell(1, 40), cell(3, 40), brush);
  expect(rowsOf(outside, 6)).toEqual(rowsOf(left, 6));
  const back = paintStroke(outside, [5, 6], cell(3, 40), cell(3, 2), brush);
  expect(rowsOf(back, 6)).toEqual(["......", "...###", "......", "..####", "......"]);
});
