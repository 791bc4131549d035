import { expect, test, vi } from "vitest";

import { handOn } from "../src/calls.js";
import type { CallOptions } from "../src/types.js";

interface Client {
  add(a: number, b: number, options?: CallOptions): Promise<number>;
  crop(grid: object, square?: object, options?: { deep?: boolean } & CallOptions): Promise<void>;
}

test("a call is handed on by its name, without what is for this side", () => {
  const call = vi.fn();
  const client = handOn<Client>(call);
  const { signal } = new AbortController();
  void client.add(1, 2);
  expect(call).toHaveBeenLastCalledWith("add", [1, 2], {});
  void client.add(1, 2, { signal });
  expect(call).toHaveBeenLastCalledWith("add", [1, 2, {}], { signal });
  void client.crop({ shape: [1] }, undefined, { deep: true, priority: "now" });
  expect(call).toHaveBeenLastCalledWith("crop", [{ shape: [1] }, undefined, { deep: true }], { priority: "now" });
  void client.crop({ shape: [1] }, { side: 3 });
  expect(call).toHaveBeenLastCalledWith("crop", [{ shape: [1] }, { side: 3 }], {});
});

test("what a client has itself is its own, and it is no promise", async () => {
  const call = vi.fn();
  const client = Object.assign(handOn<Client>(call), { ready: 7 });
  expect(client.ready).toBe(7);
  expect(await client).toBe(client);
  expect(call).not.toHaveBeenCalled();
});
