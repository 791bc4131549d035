// The learner in a real browser, in workers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launchChromium, serve } from "./chromium.mjs";
import { assertMaps, assertStep, learnerVectors } from "./learner.mjs";
import { root } from "./modules.mjs";

const CPU = "learner-cpu";
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
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.origin}/index.html`);
});
after(async () => {
  await browser?.close();
  server?.close();
});

test("maps and steps are those of native", { timeout: 300_000 }, async () => {
  for (const { name: label, ...request } of cases) {
    assertMaps(await inWorker(CPU, "segment", { request }), request.map, `${label}: segment`);
    const { backend, steps } = await inWorker(CPU, "steps", { request, count: request.steps.length });
    assert.equal(`learner-${backend.kind}`, CPU);
    steps.forEach((step, number) => assertStep(step, request.steps[number], `${label}: step ${number}`));
  }
});

test("a run goes on in another worker from its exported state", { timeout: 120_000 }, async () => {
  const { name: label, ...request } = digit;
  const { state } = await inWorker(CPU, "steps", { request, count: 2 });
  const { steps } = await inWorker(CPU, "steps", { request: { state }, count: 2 });
  steps.forEach((step, index) => assertStep(step, request.steps[2 + index], `${label}: step ${2 + index}`));
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
