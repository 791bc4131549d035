import { expect, test } from "vitest";

import { shortcutOf } from "./shortcuts";

const none = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };
const of = (key: string, held: Partial<typeof none> = {}, hasCharacters = true) =>
  shortcutOf({ key, ...none, ...held }, hasCharacters);

test("brackets move the threshold on keyboards that have them with AltGr or Option", () => {
  expect(of("[")).toBe("lower");
  expect(of("]", { ctrlKey: true, altKey: true })).toBe("raise");
  expect(of("[", { altKey: true })).toBe("lower");
});

test("combinations that belong to the browser are left to it", () => {
  expect(of("[", { metaKey: true })).toBeUndefined();
  expect(of("]", { ctrlKey: true })).toBeUndefined();
  expect(of("r", { ctrlKey: true })).toBeUndefined();
  expect(of("R", { metaKey: true })).toBeUndefined();
  expect(of("ArrowLeft", { altKey: true })).toBeUndefined();
  expect(of("r", { ctrlKey: true, altKey: true })).toBeUndefined();
});

test("keys that are characters can be switched off, the others stay", () => {
  expect([of("r"), of("R"), of("]")]).toEqual(["reset", "reset", "raise"]);
  for (const key of ["r", "R", "[", "]"]) expect(of(key, {}, false)).toBeUndefined();
  expect([of(" ", {}, false), of("ArrowRight", {}, false)]).toEqual(["toggle", "forward"]);
});

test("no other key asks for anything", () => {
  for (const key of ["x", "Enter", "constructor", "toString"]) expect(of(key)).toBeUndefined();
});

test("Ctrl or Command with Z undo, and with Shift, or with Y, redo", () => {
  expect([of("z", { ctrlKey: true }), of("z", { metaKey: true })]).toEqual(["undo", "undo"]);
  expect([of("Z", { ctrlKey: true, shiftKey: true }), of("y", { ctrlKey: true })]).toEqual(["redo", "redo"]);
  expect([of("z"), of("z", { ctrlKey: true, altKey: true }), of("y")]).toEqual([undefined, undefined, undefined]);
});
