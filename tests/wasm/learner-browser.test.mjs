// The learner in a real browser, in workers: on the CPU and on WebGPU, whose adapter is one in software here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launchChromium, serve } from "./chromium.mjs";
import { assertMaps, assertStep, learnerVectors } from "./learner.mjs";
import { root } from "./modules.mjs";

const CPU = "learner-cpu";
const WEBGPU = "learner-webgpu";
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const PAGES = {
  "/index.html": `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Test</title>`,
  "/worker.js": readFileSync(join(root, "tests", "wasm", "learner-worker.js"), "utf8"),
};
const cases = learnerVectors();
const [digit] = cases;

let browser;
let server;
let page;
before(async () => {
  server = await serve(join(root, "pkg"), PAGES);
  browser = await launchChromium({ webgpu: "software" });
  page = await browser.newPage();
  await page.goto(`${server.origin}/index.html`);
});
after(async () => {
  await browser?.close();
  server?.close();
});

for (const name of [CPU, WEBGPU]) {
  test(`${name}: maps and steps are those of native`, { timeout: 300_000 }, async () => {
    for (const { name: label, ...request } of cases) {
      assertMaps(await inWorker(name, "segment", { request }), request.map, `${label}: segment`);
      const { backend, steps } = await inWorker(name, "steps", { request, count: request.steps.length });
      assert.equal(`learner-${backend.kind}`, name);
      for (const [number, step] of steps.entries()) {
        assertStep(step, request.steps[number], `${label}: step ${number}`);
      }
    }
  });
}

test("a run moves from the CPU to WebGPU and back, and its steps stay those of native", {
  timeout: 300_000,
}, async () => {
  const { name: label, ...request } = digit;
  let state;
  let number = 0;
  for (const [name, count] of [
    [CPU, 2],
    [WEBGPU, 2],
    [CPU, 2],
  ]) {
    const part = await inWorker(name, "steps", { request: state ? { state } : request, count });
    for (const step of part.steps)
      assertStep(step, request.steps[number++], `${label}: step ${step.number} on ${name}`);
    state = part.state;
  }
});

test("WebGPU says what the adapter is, and agrees with the CPU in the self-test", { timeout: 120_000 }, async () => {
  const { name: _, ...request } = digit;
  const { backend } = await inWorker(WEBGPU, "steps", { request, count: 0 });
  assert.equal(backend.isFallback, true, backend.adapter);
  assert.match(backend.adapter, /swiftshader/i);
  const { agrees, largestDifference } = await inWorker(WEBGPU, "selfTest", {});
  assert.ok(agrees && largestDifference < 1e-4, `${largestDifference}`);
});

test("without WebGPU, or with an adapter that lacks what is needed, the device is refused with a code", async () => {
  const create = (patch) => inWorker(WEBGPU, "create", { patch });
  assert.equal(await create("noWebGpu"), "no-webgpu");
  assert.equal(await create("noAdapter"), "no-webgpu");
  assert.equal(await create("noTimestamps"), "adapter-unsuitable");
  assert.equal(await create("noDevice"), "adapter-unsuitable");
  assert.equal(await create(undefined), "none");
});

test("a step that is cancelled while the GPU is at work is given by the next call", { timeout: 120_000 }, async () => {
  const { name: label, ...request } = digit;
  const { first, busy, cancelled, next, last } = await inWorker(WEBGPU, "cancel", { request });
  assert.deepEqual([busy, cancelled], ["busy", "cancelled"]);
  for (const [number, step] of [first, next, last].entries()) {
    assertStep(step, request.steps[number], `${label}: step ${number}`);
  }
});

test("a run whose device is lost says so and goes on elsewhere", { timeout: 120_000 }, async () => {
  const { name: label, ...request } = digit;
  const { second, state, codes } = await inWorker(WEBGPU, "loss", { request });
  assertStep(second, request.steps[1], `${label}: before the loss`);
  assert.deepEqual(codes, Array(4).fill("device-lost"));
  const { steps } = await inWorker(CPU, "steps", { request: { state }, count: 2 });
  for (const [index, step] of steps.entries()) {
    assertStep(step, request.steps[2 + index], `${label}: step ${2 + index}`);
  }
});

/** Runs a scenario of learner-worker.js in a worker of its own. */
async function inWorker(name, scenario, rest) {
  const message = { name, scenario, ...rest };
  const { answer, problem } = await page.evaluate(
    (message) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("./worker.js", { type: "module" });
        const finish = (settle, value) => {
          worker.terminate();
          settle(value);
        };
        worker.onerror = (event) => finish(reject, new Error(event.message ?? "the worker did not start"));
        worker.onmessage = ({ data }) => finish(resolve, data);
        worker.postMessage(message);
      }),
    message,
  );
  assert.equal(problem, undefined, `${name}: ${scenario}`);
  return answer;
}
