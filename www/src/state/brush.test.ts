import { expect, test } from "vitest";

import { paintStroke } from "./brush";

const rowsOf = (map: Float32Array, columns: number) =>
  Array.from({ length: map.length / columns }, (_, row) =>
    [...map.subarray(row * columns, (row + 1) * columns)].map((value) => (value >= 0.5 ? "#" : ".")).join(""),
  );

test("a fast stroke has no gaps", () => {
  const painted = paintStroke(new Float32Array(5 * 12), [5, 12], 2 * 12 + 2, 2 * 12 + 9, { radius: 1, value: 1 });
  expect(rowsOf(painted, 12)).toEqual(["............", "..########..", ".##########.", "..########..", "............"]);
});

test("a stroke stays inside the map, and leaves the one that it was given alone", () => {
  const map = new Float32Array(9).fill(1);
  const painted = paintStroke(map, [3, 3], 0, 0, { radius: 0.5, value: 0 });
  expect(rowsOf(painted, 3)).toEqual([".##", "###", "###"]);
  expect([...map]).toEqual(Array.from({ length: 9 }, () => 1));
});
