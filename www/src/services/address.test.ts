import { expect, test } from "vitest";

import { readAddress, writeAddress } from "./address";

test("an address names a screen and its fields", () => {
  expect(readAddress("#/lab?b1=0&lambda=0.5")).toEqual({ screen: "lab", fields: "b1=0&lambda=0.5" });
  expect(readAddress("#/check?rule=a?b")).toEqual({ screen: "check", fields: "rule=a?b" });
  expect(readAddress("#/about")).toEqual({ screen: "about", fields: "" });
});

test("the bare address is the Lab's, and so are links without a screen", () => {
  for (const hash of ["", "#", "#/"]) expect(readAddress(hash)).toEqual({ screen: "lab", fields: "" });
  expect(readAddress("#source=digit&label=3")).toEqual({ screen: "lab", fields: "source=digit&label=3" });
  expect(readAddress("#about")).toEqual({ screen: "about", fields: "" });
});

test("what is written is read again", () => {
  for (const hash of ["", "#/lab?b1=0", "#/about", "#/check?rule=1,1"])
    expect(writeAddress(readAddress(hash))).toBe(hash);
});
