import { afterEach, expect, test, vi } from "vitest";

import { BettiscopeError } from "../src/error.js";
import { WorkerBridge } from "../src/worker-bridge.js";
import { FakeWorker } from "./fake-worker.js";

class Calls {
  #count = 0;
  open(): void {}
  count(): number {
    this.#count += 1;
    return this.#count;
  }
  async slow(milliseconds: number): Promise<string> {
    await new Promise((done) => setTimeout(done, milliseconds));
    return "done";
  }
  fail(code: string): never {
    throw new BettiscopeError(code as "malformed", `the file is ${code}`);
  }
}

function bridge({ idleAfter = Number.POSITIVE_INFINITY, onAbort = "end" as "end" | "wait" } = {}) {
  const workers: FakeWorker[] = [];
  const crashes: string[] = [];
  const bridge = new WorkerBridge<Calls>({
    spawn: () => {
      const worker = new FakeWorker("calls", new Calls());
      workers.push(worker);
      return worker as unknown as Worker;
    },
    idleAfter,
    onAbort,
    onCrash: (error) => crashes.push(error.code),
  });
  living.push(bridge);
  return { bridge, workers, crashes };
}

const living: WorkerBridge<Calls>[] = [];
afterEach(() => {
  for (const bridge of living.splice(0)) bridge.dispose();
});

test("calls are answered in order by one worker, which starts with the first", async () => {
  const { bridge: calls, workers } = bridge();
  expect(workers).toHaveLength(0);
  const answers = await Promise.all([1, 2, 3].map(() => calls.call((remote) => remote.count())));
  expect(answers).toEqual([1, 2, 3]);
  expect(workers).toHaveLength(1);
});

test("an error keeps its code and message on the way", async () => {
  const { bridge: calls, crashes } = bridge();
  const error = await calls.call((remote) => remote.fail("malformed")).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(BettiscopeError);
  expect(error).toMatchObject({ code: "malformed", message: "the file is malformed" });
  expect(await calls.call((remote) => remote.count())).toBe(1);
  expect(crashes).toEqual([]);
});

test("a call that waits is dropped when it is aborted, and the others go on", async () => {
  const { bridge: calls, workers } = bridge();
  const slow = calls.call((remote) => remote.slow(30));
  const controller = new AbortController();
  const waiting = calls.call((remote) => remote.count(), controller.signal);
  const last = calls.call((remote) => remote.count());
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  expect(await slow).toBe("done");
  expect(await last).toBe(1);
  expect(workers).toHaveLength(1);
});

test("a running call that is aborted is rejected at once, and its worker replaced if it goes on", async () => {
  const { bridge: calls, workers, crashes } = bridge();
  const controller = new AbortController();
  const slow = calls.call((remote) => remote.slow(2000), controller.signal);
  await vi.waitFor(() => expect(workers).toHaveLength(1));
  const start = performance.now();
  controller.abort();
  await expect(slow).rejects.toMatchObject({ name: "AbortError" });
  expect(performance.now() - start).toBeLessThan(100);
  expect(await calls.call((remote) => remote.count())).toBe(1);
  expect(performance.now() - start).toBeLessThan(1500);
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  expect(crashes).toEqual([]);
});

test("a worker that may not be ended is waited for after an abort", async () => {
  const { bridge: calls, workers } = bridge({ onAbort: "wait" });
  const controller = new AbortController();
  const slow = calls.call((remote) => remote.slow(400), controller.signal);
  await vi.waitFor(() => expect(workers).toHaveLength(1));
  controller.abort();
  await expect(slow).rejects.toMatchObject({ name: "AbortError" });
  expect(await calls.call((remote) => remote.count())).toBe(1);
  expect(workers).toHaveLength(1);
});

test("a worker that dies is replaced; only its running call is lost", async () => {
  const { bridge: calls, workers, crashes } = bridge();
  expect(await calls.call((remote) => remote.count())).toBe(1);
  const running = calls.call((remote) => remote.slow(2000));
  const waiting = calls.call((remote) => remote.count());
  workers[0]?.crash("unreachable");
  await expect(running).rejects.toMatchObject({ code: "worker-crashed", message: /unreachable/ });
  expect(await waiting).toBe(1);
  expect(workers).toHaveLength(2);
  expect(crashes).toEqual(["worker-crashed"]);
});

test("after a fatal error the worker is not asked again", async () => {
  const { bridge: calls, workers, crashes } = bridge();
  await expect(calls.call((remote) => remote.fail("device-lost"))).rejects.toMatchObject({ code: "device-lost" });
  expect(await calls.call((remote) => remote.count())).toBe(1);
  expect(workers).toHaveLength(2);
  expect(crashes).toEqual(["device-lost"]);
});

test("an idle worker is let go and comes back when it is needed", async () => {
  const { bridge: calls, workers } = bridge({ idleAfter: 20 });
  await calls.call((remote) => remote.count());
  await vi.waitFor(() => expect(calls.isAlive).toBe(false));
  expect(await calls.call((remote) => remote.count())).toBe(1);
  expect(workers).toHaveLength(2);
});

test("after dispose all calls are refused, those that wait too", async () => {
  const { bridge: calls, workers } = bridge();
  const running = calls.call((remote) => remote.slow(2000));
  const waiting = calls.call((remote) => remote.count());
  calls.dispose();
  await expect(running).rejects.toMatchObject({ code: "disposed" });
  await expect(waiting).rejects.toMatchObject({ code: "disposed" });
  await expect(calls.call((remote) => remote.count())).rejects.toMatchObject({ code: "disposed" });
  expect(workers[0]?.isTerminated).toBe(true);
});
