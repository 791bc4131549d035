// The modules in a real browser, in a worker as the site uses them, under a strict Content-Security-Policy.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launchChromium, serve } from "./chromium.mjs";
import { hex, load, root } from "./modules.mjs";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const PAGES = {
  "/index.html": `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><title>Test</title>`,
  "/worker.js": `
    import initTopology, { Topology } from "./topology/topology.js";
    import initMasks, { Masks } from "./masks/masks.js";
    import initImages, { decode } from "./images/images.js";
    function codeOf(call) {
      try {
        call();
      } catch (error) {
        return error.code;
      }
    }
    onmessage = async ({ data: { file, prior } }) => {
      try {
        await Promise.all([initTopology(), initMasks(), initImages()]);
        const image = decode(file);
        const values = image.normalise();
        const barcode = new Topology().barcode(values, image.shape);
        const { reached, values: repaired } = new Masks().repair(values, image.shape, prior);
        const transfer = [barcode.birth.buffer, repaired.buffer];
        postMessage({ barcode, reached, repaired, code: codeOf(() => decode(new Uint8Array(3))) }, transfer);
      } catch (error) {
        postMessage({ problem: String(error.stack ?? error) });
      }
    };`,
};

let browser;
let server;
before(async () => {
  server = await serve(join(root, "pkg"), PAGES);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  server?.close();
});

test("a worker in Chromium decodes a file and gives the barcode and the repair that Node gives", {
  timeout: 60_000,
}, async () => {
  const { Topology } = await load("topology");
  const { Masks } = await load("masks");
  const { decode, encode } = await load("images");
  const map = Float32Array.from({ length: 60 * 80 }, (_, pixel) => (Math.sin(pixel * pixel) + 1) / 2);
  const file = encode(map, [60, 80], { format: "png" });
  const values = decode(file).normalise();
  const barcode = new Topology().barcode(values, [60, 80]);
  const repair = new Masks().repair(values, [60, 80], "1,*");

  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(`${server.origin}/index.html`);
  const answer = await page.evaluate(
    ({ file, prior }) =>
      new Promise((resolve, reject) => {
        const worker = new Worker("./worker.js", { type: "module" });
        worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
        worker.onmessage = ({ data: { barcode, reached, repaired, code, problem } }) => {
          if (problem) return reject(new Error(problem));
          const list = ({ birth, death, birthIndex, deathIndex, dimension }) =>
            [birth, death, birthIndex, deathIndex, dimension].map((array) => Array.from(array));
          resolve({ bars: list(barcode), reached, repaired: Array.from(repaired), code });
        };
        worker.postMessage({ file: Uint8Array.from(file), prior });
      }),
    { file: Array.from(file), prior: "1,*" },
  );

  const { birth, death, birthIndex, deathIndex, dimension } = barcode;
  assert.deepEqual(
    answer.bars,
    [birth, death, birthIndex, deathIndex, dimension].map((array) => Array.from(array)),
  );
  assert.equal(hex(Float32Array.from(answer.repaired)), hex(repair.values));
  assert.equal(answer.reached, repair.reached);
  assert.equal(answer.code, "unsupported-format");
  assert.deepEqual(problems, []);
});
