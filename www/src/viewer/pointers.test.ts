import { expect, test } from "vitest";

import { Pointers } from "./pointers";

const at = (x: number, y: number) => ({ x, y });

test("a finger that trembles presses", () => {
  const pointers = new Pointers();
  pointers.down(1, at(10, 10));
  expect(pointers.move(1, at(12, 11))).toBeUndefined();
  expect(pointers.up(1)).toBe(true);
});

test("a finger that goes away drags from where it came down, and is no press", () => {
  const pointers = new Pointers();
  pointers.down(1, at(10, 10));
  expect(pointers.move(1, at(20, 10))).toEqual({ from: at(10, 10), to: at(20, 10), factor: 1 });
  expect(pointers.move(1, at(11, 10))).toEqual({ from: at(20, 10), to: at(11, 10), factor: 1 });
  expect(pointers.up(1)).toBe(false);
});

test("two fingers pinch around their middle", () => {
  const pointers = new Pointers();
  pointers.down(7, at(0, 0));
  pointers.down(9, at(40, 0));
  expect(pointers.move(9, at(80, 0))).toEqual({ from: at(20, 0), to: at(40, 0), factor: 2 });
  expect(pointers.move(7, at(40, 0))).toEqual({ from: at(40, 0), to: at(60, 0), factor: 0.5 });
  expect([pointers.up(7), pointers.up(9)]).toEqual([false, false]);
});

test("the finger that is left after a pinch drags on from where it is", () => {
  const pointers = new Pointers();
  pointers.down(7, at(0, 0));
  pointers.down(9, at(40, 0));
  pointers.up(7);
  expect(pointers.move(9, at(50, 0))).toEqual({ from: at(40, 0), to: at(50, 0), factor: 1 });
});

test("a third finger does nothing, and neither does one that was taken away", () => {
  const pointers = new Pointers();
  pointers.down(1, at(0, 0));
  pointers.down(2, at(40, 0));
  expect(pointers.down(3, at(90, 90))).toBe(false);
  expect(pointers.move(3, at(0, 0))).toBeUndefined();
  pointers.cancel(1);
  pointers.cancel(2);
  expect(pointers.count).toBe(0);
  expect(pointers.move(2, at(50, 0))).toBeUndefined();
});

test("a pointer whose end was missed presses again", () => {
  const pointers = new Pointers();
  pointers.down(1, at(0, 0));
  pointers.move(1, at(50, 0));
  pointers.down(1, at(10, 10));
  expect([pointers.count, pointers.up(1)]).toEqual([1, true]);
});

test("a press that is taken away is none", () => {
  const pointers = new Pointers();
  pointers.down(1, at(0, 0));
  pointers.cancel(1);
  expect(pointers.up(1)).toBe(false);
});
