import { afterEach, expect, test, vi } from "vitest";

import { type About, WorkerPool } from "../src/worker-pool.js";
import { FakeWorker } from "./fake-worker.js";

/** A worker that answers when it is told to, and remembers what it was asked. */
class Calls {
  readonly asked: string[] = [];
  readonly #gates = new Map<string, () => void>();
  open(): void {}
  async work(name: string): Promise<string> {
    this.asked.push(name);
    await new Promise<void>((resolve) => this.#gates.set(name, resolve));
    return name;
  }
  finish(name: string) {
    this.#gates.get(name)?.();
  }
}

const living: { dispose(): void }[] = [];
afterEach(() => {
  for (const pool of living.splice(0)) pool.dispose();
});

function pool(size: number) {
  const workers: { calls: Calls; worker: FakeWorker }[] = [];
  const pool = new WorkerPool<Calls>({
    size,
    spawn: () => {
      const calls = new Calls();
      const worker = new FakeWorker("calls", calls);
      workers.push({ calls, worker });
      return worker as unknown as Worker;
    },
    idleAfter: Number.POSITIVE_INFINITY,
    onAbort: "end",
  });
  living.push(pool);
  const ask = (name: string, about?: About) => pool.call((remote) => remote.work(name), about);
  /** Lets all calls go, as they come, and waits for these. */
  const finish = async (answers: readonly Promise<unknown>[]) => {
    let isDone = false;
    const all = Promise.allSettled(answers).then(() => {
      isDone = true;
    });
    while (!isDone) {
      for (const { calls } of workers) for (const name of calls.asked) calls.finish(name);
      await new Promise((later) => setTimeout(later));
    }
    await all;
  };
  /** What each worker was asked, in the order in which they were started. */
  const asked = () => workers.map(({ calls }) => calls.asked);
  return { pool, ask, finish, asked, workers };
}

test("what is wanted now is not behind two hundred files, with two workers or with one", async () => {
  for (const size of [1, 2]) {
    const { ask, asked, finish } = pool(size);
    const files = Array.from({ length: 200 }, (_, file) => ask(`file ${file}`, { priority: "later" }));
    await vi.waitFor(() => expect(asked().flat()).toEqual(["file 0"]));
    const hover = ask("hover", { priority: "now" });
    if (size === 2) await vi.waitFor(() => expect(asked()).toEqual([["file 0"], ["hover"]]));
    await finish([hover, ...files]);
    if (size === 1) expect(asked()[0]?.slice(0, 3)).toEqual(["file 0", "hover", "file 1"]);
    expect(asked().flat()).toHaveLength(201);
  }
});

test("calls without a priority are answered in order by one worker, after those that are wanted now", async () => {
  const { ask, asked, finish } = pool(3);
  const answers = [ask("a"), ask("b"), ask("c"), ask("hover", { priority: "now" })];
  await finish(answers);
  expect(asked()).toEqual([["a", "hover", "b", "c"]]);
});

test("what can wait is done by all workers but the first, which start one by one", async () => {
  const { ask, asked, finish } = pool(3);
  const answers = ["a", "b", "c"].map((name) => ask(name, { priority: "later" }));
  await vi.waitFor(() => expect(asked()).toEqual([["a"], ["b"]]));
  await finish(answers);
  expect(asked().flat().sort()).toEqual(["a", "b", "c"]);
  expect(asked()).toHaveLength(2);
});

test("calls about the same thing go to the worker that keeps it", async () => {
  const { ask, asked, finish } = pool(3);
  const about = (holds: number): About => ({ priority: "later", holds });
  const first = ask("decode 1", about(1));
  const second = ask("decode 2", about(2));
  await vi.waitFor(() => expect(asked()).toEqual([["decode 1"], ["decode 2"]]));
  // The second worker is free first, and the first file is not its.
  await finish([second]);
  const rest = [ask("map 1", about(1)), ask("map 2", about(2))];
  await finish([first, ...rest]);
  expect(asked()).toEqual([
    ["decode 1", "map 1"],
    ["decode 2", "map 2"],
  ]);
});

test("what somebody waits for is not left to a worker that is busy with a folder, whoever keeps it", async () => {
  const { ask, asked, finish } = pool(2);
  const folder = ask("decode 1", { priority: "later", holds: 1 });
  await vi.waitFor(() => expect(asked()).toEqual([["decode 1"]]));
  const shown = ask("map 1", { holds: 1 });
  await vi.waitFor(() => expect(asked()).toEqual([["decode 1"], ["map 1"]]));
  await finish([folder, shown]);
});

test("a call that waits is dropped when it is aborted, and those that wait are refused after the end", async () => {
  const { pool: calls, ask, asked } = pool(1);
  const running = ask("running");
  const controller = new AbortController();
  const aborted = ask("aborted", { signal: controller.signal });
  const waiting = ask("waiting");
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  await vi.waitFor(() => expect(asked()).toEqual([["running"]]));
  calls.dispose();
  await expect(running).rejects.toMatchObject({ code: "disposed" });
  await expect(waiting).rejects.toMatchObject({ code: "disposed" });
  await expect(ask("late")).rejects.toMatchObject({ code: "disposed" });
});

test("a worker that dies is replaced, and the next call is its again", async () => {
  const { ask, asked, finish, workers } = pool(2);
  const lost = ask("lost");
  await vi.waitFor(() => expect(asked()).toEqual([["lost"]]));
  workers[0]?.worker.crash("memory");
  await expect(lost).rejects.toMatchObject({ code: "worker-crashed" });
  await finish([ask("next")]);
  expect(asked()).toEqual([["lost"], ["next"]]);
});

test("who keeps something lets go of it, if it is still there", async () => {
  const { pool: calls, ask, finish, asked, workers } = pool(2);
  await finish([ask("decode", { holds: 7 })]);
  calls.letGo(7, (remote) => remote.work("release"));
  await vi.waitFor(() => expect(asked()).toEqual([["decode", "release"]]));
  calls.letGo(7, (remote) => remote.work("release"));
  workers[0]?.calls.finish("release");
  await finish([ask("other")]);
  expect(asked()).toEqual([["decode", "release", "other"]]);
});
