// The client of barcodes, masks, files and samples, in a real worker.

import { crash, expect, test } from "./client-page.js";

test("barcodes, losses, verdicts, repairs and files come from one client", async ({ client }) => {
  const answer = await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    const { truth, betti } = await topology.sample({ kind: "heart", seed: 1 });
    const barcode = await topology.barcode(truth);
    const lost = { values: truth.values.map((value, pixel) => (pixel % 80 < 40 ? value : 0)), shape: truth.shape };
    const { correct, missing } = await topology.check(lost, "1,1");
    const repair = await topology.repair(lost, "1,1");
    const file = await topology.encode(lost, { format: "png", sampleType: "uint8" });
    const decoded = await topology.decode(new Blob([file]));
    const mask = await decoded.mask();
    const closed = await topology.closing(lost, 3);
    const crossed = await topology.bettiNumbers(barcode, 0.5);
    const { counts } = await topology.parsePrior("1,0-2");
    const loss = await topology.loss(lost, "1,1");
    return {
      betti,
      crossed,
      correct,
      missing,
      reached: repair.reached,
      after: repair.bettiAfter,
      file: { format: decoded.format, shape: decoded.shape, kind: (await decoded.map()).kind },
      sameMask: mask.values.every((value, pixel) => value === lost.values[pixel]),
      dice: await topology.dice(truth, truth),
      closed: closed.shape,
      counts,
      loss: loss.total,
      untouched: truth.values.length === 6400,
    };
  });
  expect(answer).toMatchObject({
    betti: [1, 1],
    crossed: [1, 1],
    correct: false,
    reached: true,
    after: [1, 1],
    file: { format: "png", shape: [80, 80], kind: "mask" },
    sameMask: true,
    dice: 1,
    closed: [80, 80],
    counts: [
      { least: 1, most: 1 },
      { least: 0, most: 2 },
    ],
    untouched: true,
    missing: [0, 1],
  });
  expect(answer.loss).toBeGreaterThan(0.9);
});

test("an assessment is the Betti numbers, their distance from the prior and the margin at once", async ({ client }) => {
  const { apart, together, mapped, loss } = await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    const { image } = await topology.sample({ kind: "heart", seed: 1 });
    const barcode = await topology.barcode(image);
    const apart = await Promise.all(
      [0.3, 0.6].map(async (threshold) => {
        const betti = await topology.bettiNumbers(barcode, threshold);
        const error = await topology.bettiError("1,1", betti);
        return { threshold, betti, error, margin: await topology.margin(barcode, "1,1", threshold) };
      }),
    );
    const together = await topology.assess(barcode, "1,1", [0.3, 0.6]);
    const { loss, assessments: mapped } = await topology.assessMap(image, "1,1", [0.3, 0.6]);
    return { apart, together, mapped, loss: [loss.total, (await topology.loss(image, "1,1")).total] };
  });
  expect(together).toEqual(apart);
  expect(mapped).toEqual(apart);
  expect(apart[0]?.betti).not.toEqual(apart[1]?.betti);
  expect(loss[0]).toBe(loss[1]);
});

test("an error says what is wrong, with a code", async ({ client }) => {
  const error = await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    const error = await topology.decode(new TextEncoder().encode("GIF89a")).catch((error) => error);
    return {
      isOurs: error instanceof bettiscope.BettiscopeError,
      code: error.code,
      message: error.message,
      stillWorks: (await topology.bettiError("1,1", [3, 1])).join(),
    };
  });
  expect(error).toMatchObject({ isOurs: true, code: "unsupported-format", stillWorks: "2,0" });
  expect(error.message).toMatch(/GIF/);
});

test("a long call is cancelled at once and the next is answered", async ({ client }) => {
  const answer = await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    await topology.ready;
    const side = 160;
    const values = Float32Array.from({ length: side ** 3 }, (_, voxel) => (Math.sin(voxel * voxel) + 1) / 2);
    const controller = new AbortController();
    const long = topology.barcode({ values, shape: [side, side, side] }, { signal: controller.signal });
    await new Promise((later) => setTimeout(later, 100));
    const start = performance.now();
    controller.abort();
    const name = await long.catch((error) => error.name);
    const cancelled = performance.now() - start;
    const { birth } = await topology.barcode({ values: Float32Array.of(0.5), shape: [1, 1] });
    return { name, cancelled, birth: [...birth] };
  });
  expect(answer).toMatchObject({ name: "AbortError", birth: [0.5] });
  expect(answer.cancelled).toBeLessThan(100);
});

test("a worker that crashes is replaced without a download, and decoded files outlive it", async ({
  client,
  problems,
}) => {
  await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    const ring = { values: Float32Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), shape: [3, 3] };
    const decoded = await topology.decode(await topology.encode(ring, { format: "npy" }));
    Object.assign(globalThis, { topology, decoded });
  });
  const requests: string[] = [];
  client.on("request", (request) => requests.push(request.url()));
  await crash(client, "topology-worker");
  const answer = await client.evaluate(async () => {
    const { topology, decoded } = globalThis as unknown as {
      topology: import("../../web/src/index.js").TopologyClient;
      decoded: import("../../web/src/index.js").Decoded;
    };
    // It may be the crash that is heard of first.
    const grid = await decoded.grey().catch(() => decoded.grey());
    return { values: [...grid.values], bars: (await topology.barcode(grid)).birth.length };
  });
  expect(answer).toEqual({ values: [1, 1, 1, 1, 0, 1, 1, 1, 1], bars: 2 });
  expect(requests.filter((url) => url.endsWith(".wasm"))).toEqual([]);
  expect(problems.filter((problem) => !problem.includes("thrown by the test"))).toEqual([]);
  problems.length = 0;
});

test("what is wanted now is answered while a folder is worked on, by a second worker without a download", async ({
  client,
}) => {
  await client.evaluate(async () => {
    const topology = bettiscope.createTopology({ workers: 2 });
    await topology.ready;
    Object.assign(globalThis, { topology });
  });
  const requests: string[] = [];
  client.on("request", (request) => requests.push(request.url()));
  const { done, births } = await client.evaluate(async () => {
    const { topology } = globalThis as unknown as { topology: import("../../web/src/index.js").TopologyClient };
    const side = 96;
    const values = Float32Array.from({ length: side ** 3 }, (_, voxel) => (Math.sin(voxel * voxel) + 1) / 2);
    let done = 0;
    const folder = Array.from({ length: 4 }, async () => {
      await topology.barcode({ values, shape: [side, side, side] }, { priority: "later" });
      done += 1;
    });
    const { birth } = await topology.barcode({ values: Float32Array.of(0.5), shape: [1, 1] }, { priority: "now" });
    const before = done;
    await Promise.all(folder);
    return { done: before, births: [...birth] };
  });
  expect(births).toEqual([0.5]);
  expect(done).toBe(0);
  expect(client.workers()).toHaveLength(2);
  expect(requests.filter((url) => url.endsWith(".wasm"))).toEqual([]);
});

test("a file is read by the worker, and again by the one that takes its place", async ({ client, problems }) => {
  await client.evaluate(async () => {
    const topology = bettiscope.createTopology();
    const ring = { values: Float32Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), shape: [3, 3] };
    const file = new File([await topology.encode(ring, { format: "npy" })], "ring.npy");
    // The page reads nothing of it.
    file.arrayBuffer = () => Promise.reject(new Error("the page has read the file"));
    const decoded = await topology.decode(file);
    Object.assign(globalThis, { topology, decoded });
  });
  await crash(client, "topology-worker");
  const values = await client.evaluate(async () => {
    const { decoded } = globalThis as unknown as { decoded: import("../../web/src/index.js").Decoded };
    const grid = await decoded.mask().catch(() => decoded.mask());
    const { kind } = await decoded.map({ priority: "later" });
    return { values: [...grid.values], shape: grid.shape, kind };
  });
  expect(values).toEqual({ values: [1, 1, 1, 1, 0, 1, 1, 1, 1], shape: [3, 3], kind: "mask" });
  problems.length = 0;
});

test("an idle worker is let go, and comes back without a download", async ({ client }) => {
  await client.evaluate(async () => {
    const topology = bettiscope.createTopology({ idleAfter: 200 });
    await topology.ready;
    Object.assign(globalThis, { topology });
  });
  await expect.poll(() => client.workers().length).toBe(0);
  const requests: string[] = [];
  client.on("request", (request) => requests.push(request.url()));
  const bars = await client.evaluate(async () => {
    const { topology } = globalThis as unknown as { topology: import("../../web/src/index.js").TopologyClient };
    return (await topology.barcode({ values: Float32Array.of(0.5), shape: [1, 1] })).birth.length;
  });
  expect(bars).toBe(1);
  expect(requests.filter((url) => url.endsWith(".wasm"))).toEqual([]);
});

test("downloads are told in bytes, up to the whole", async ({ client }) => {
  const downloads = await client.evaluate(async () => {
    const downloads: { what: string; loaded: number; total: number }[] = [];
    const topology = bettiscope.createTopology({ onDownload: (download) => downloads.push(download) });
    await topology.sample({ kind: "digit", seed: 3 });
    return downloads;
  });
  for (const name of ["topology", "synthesis"]) {
    const last = downloads.filter(({ what }) => what === name).at(-1);
    expect(last?.total).toBeGreaterThan(100_000);
    expect(last?.loaded).toBe(last?.total);
  }
});
