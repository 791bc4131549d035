import type { Remote } from "comlink";

import { handOn } from "./calls.js";
import type { CallOptions } from "./options.js";
import type { DecodeOptions } from "./records.js";
import type { TopologyWorker } from "./topology-worker.js";
import type { Decoded, TopologyCalls, TopologyClient, TopologyOptions } from "./types.js";
import { WorkerPool } from "./worker-pool.js";

const IDLE_AFTER = 300_000;

/** The most workers that are started unasked. */
const MOST_WORKERS = 4;

type Pool = WorkerPool<TopologyWorker>;

/** Starts a worker for barcodes, masks, files and samples, and loads the module of barcodes in it. */
export function createTopology(options: TopologyOptions = {}): TopologyClient {
  const pool: Pool = new WorkerPool<TopologyWorker>({
    spawn: () => new Worker(new URL("./topology-worker.js", import.meta.url), { type: "module" }),
    size: options.workers ?? Math.min(MOST_WORKERS, Math.max(2, (navigator.hardwareConcurrency ?? 2) - 1)),
    idleAfter: options.idleAfter ?? IDLE_AFTER,
    onAbort: "end",
    onDownload: options.onDownload,
  });
  const ready = pool.call((worker) => worker.load());
  // Whoever makes a call hears of it there.
  ready.catch(() => {});
  let files = 0;
  const calls = handOn<TopologyCalls>((name, given, options) =>
    pool.call((worker) => named(worker, name, given), options),
  );
  return Object.assign(calls, {
    ready,
    decode: (file: Uint8Array | ArrayBuffer | Blob, options?: DecodeOptions & CallOptions) =>
      decode(
        pool,
        files++,
        file instanceof Blob ? file : new Blob([file as Uint8Array<ArrayBuffer> | ArrayBuffer]),
        options ?? {},
      ),
    dispose: () => pool.dispose(),
  });
}

/** A file outlives the worker that has decoded it: whichever needs it reads it again. Here it is not in memory. */
async function decode(pool: Pool, id: number, file: Blob, given: DecodeOptions & CallOptions): Promise<Decoded> {
  const { signal, priority, ...settings } = given;
  const about = { ...(signal ? { signal } : {}), ...(priority ? { priority } : {}), holds: id };
  const description = await pool.call((worker) => worker.decode(id, file, settings), about);
  const calls = handOn<Decoded>((name, given, options) =>
    pool.call(
      async (worker) => {
        if (!(await worker.has(id))) await worker.decode(id, file, settings);
        return named(worker, name, [id, ...given]);
      },
      { ...options, holds: id },
    ),
  );
  return Object.assign(calls, {
    ...description,
    dispose: () => {
      pool.letGo(id, (worker) => worker.release(id));
    },
  });
}

function named(worker: Remote<TopologyWorker>, name: string, given: unknown[]): Promise<unknown> {
  return (worker as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>)[name]?.(
    ...given,
  ) as Promise<unknown>;
}
