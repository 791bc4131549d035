import type { Barcode } from "bettiscope";
import { expect, test } from "vitest";

import { ROLE } from "../model/frame";
import { layOut } from "./rows";

test("a wanted bar has a row though equally long ones come before it and are folded", () => {
  const count = 40;
  const barcode: Barcode = {
    shape: [40, 40],
    connectivity: "T",
    filtration: "superlevel",
    starts: [0, count, count],
    dimension: new Uint8Array(count),
    birth: new Float32Array(count).fill(1),
    death: new Float32Array(count),
    birthIndex: Uint32Array.from({ length: count }, (_, bar) => bar),
    deathIndex: new Int32Array(count).fill(1599),
  };
  const role = new Uint8Array(count).fill(ROLE.unwanted);
  role[count - 1] = ROLE.wanted;
  const { rows, folds } = layOut(barcode, role, [0, 0], 140, false);
  expect(rows[0]?.bar).toBe(count - 1);
  expect(rows.length).toBeGreaterThan(1);
  expect(folds).toMatchObject([{ dimension: 0, count: count - rows.length, longest: 1 }]);
});
