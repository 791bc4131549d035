// npm run bench:step -- [--backend cpu,webgpu] [--model digits] [--size 28,80,128] [--steps 20]: how much time a step of
// post-processing takes in a browser. The twin of `bettiscope bench step`: the same image, the same prior.
//
// Both builds run in a worker of the Chromium of this machine. Without --software, WebGPU is that of its GPU, if it has
// one; with it, an adapter in software.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { launchChromium, serve } from "../tests/wasm/chromium.mjs";
import { root, run } from "./run.mjs";

const { values: options } = parseArgs({
  options: {
    backend: { type: "string", default: "cpu,webgpu" },
    model: { type: "string", default: "digits" },
    size: { type: "string", default: "28,80,128" },
    steps: { type: "string", default: "20" },
    software: { type: "boolean", default: false },
  },
});
const backends = options.backend.split(",");
const sizes = options.size.split(",").map(Number);
const steps = Number(options.steps);
if (
  ![...sizes, steps].every((number) => Number.isInteger(number) && number > 0) ||
  !backends.every((backend) => ["cpu", "webgpu"].includes(backend))
) {
  console.error(
    "usage: npm run bench:step -- [--backend cpu,webgpu] [--model NAME] [--size PIXELS,...] [--steps N] [--software]",
  );
  process.exit(2);
}
const { width } = JSON.parse(readFileSync(join(root, "models", `${options.model}.json`), "utf8"));

run("Build the modules", process.execPath, [
  "scripts/build-wasm.mjs",
  ...backends.map((backend) => `learner-${backend}`),
]);
const server = await serve(root, {
  "/index.html": "<!doctype html><title>Steps</title>",
  "/worker.js": `onmessage = ${measure};`,
});
const browser = await launchChromium({ webgpu: options.software ? "software" : "hardware" });
try {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/index.html`);
  console.log(`\nChromium ${browser.version()}, model ${options.model}\n`);
  console.log("| backend | adapter | width | image | least ms | median ms |\n|---|---|--:|--:|--:|--:|");
  for (const backend of backends) {
    for (const size of sizes) {
      const answer = await page.evaluate(
        (request) =>
          new Promise((resolve) => {
            const worker = new Worker("/worker.js", { type: "module" });
            worker.onmessage = ({ data }) => {
              worker.terminate();
              resolve(data);
            };
            worker.postMessage(request);
          }),
        { backend, size, steps, model: options.model },
      );
      if (answer.problem) {
        console.log(`| ${backend} | ${answer.problem} | ${width} | ${size} x ${size} | | |`);
        continue;
      }
      const [least, median] = [answer.times[0], answer.times[answer.times.length >> 1]].map((time) => time.toFixed(1));
      console.log(`| ${backend} | ${answer.adapter} | ${width} | ${size} x ${size} | ${least} | ${median} |`);
    }
  }
} finally {
  await browser.close();
  server.close();
}

/** Runs in the worker: the times of steps after three, sorted, in milliseconds. */
async function measure({ data: { backend, size, steps, model } }) {
  try {
    const module = await import(`/pkg/learner-${backend}/learner-${backend}.js`);
    await module.default();
    const learner = await module.Learner.create();
    const bytes = new Uint8Array(await (await fetch(`/models/${model}.bpk`)).arrayBuffer());
    const middle = (size - 1) / 2;
    const ring = Float32Array.from({ length: size * size }, (_, pixel) => {
      const [row, column] = [Math.floor(pixel / size), pixel % size];
      const radius = Math.hypot(row - middle, column - middle) / size;
      return (0.3 * ((row * 31 + column * 17) % 29)) / 29 + (radius >= 0.2 && radius < 0.35 ? 0.7 : 0);
    });
    const run = await module.PostProcess.ofModel(learner, learner.loadModel(bytes), ring, [size, size], "1,1");
    const times = [];
    for (let step = 0; step < 3 + steps; step++) {
      const start = performance.now();
      await run.step();
      times.push(performance.now() - start);
    }
    postMessage({
      adapter: learner.backend.adapter,
      times: times.slice(3).sort((a, b) => a - b),
    });
  } catch (error) {
    postMessage({ problem: `${error.code ?? ""} ${error.message ?? error}` });
  }
}
