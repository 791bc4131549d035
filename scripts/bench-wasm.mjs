// npm run bench:wasm -- [--batch] [--connectivity t|v] FILE.npy...: the barcode in WebAssembly and natively, in turns.
//
// Each file is an image or a volume of float32; of a file of three axes after --batch each slice is an image. Times are
// the least CPU time of one whole call, as `bettiscope bench persistence` measures it; the module runs in this Node.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { root, run } from "./run.mjs";

const LEAST_MILLISECONDS = 3000;
const LEAST_CALLS = 5;

const { values: options, positionals: files } = parseArgs({
  options: { batch: { type: "boolean", default: false }, connectivity: { type: "string", default: "t" } },
  allowPositionals: true,
});
if (files.length === 0) {
  console.error("usage: npm run bench:wasm -- [--batch] [--connectivity t|v] FILE.npy...");
  process.exit(2);
}

run("Build the module", process.execPath, ["scripts/build-wasm.mjs", "topology"]);
run("Build the command line", "cargo", ["build", "--release", "--locked", "--package", "bettiscope"]);
const { Topology, initSync } = await import("../pkg/topology/topology.js");
const { memory } = initSync({ module: readFileSync(join(root, "pkg", "topology", "topology_bg.wasm")) });

console.log(
  `\nNode ${process.version}, V8 ${process.versions.v8}, connectivity ${options.connectivity.toUpperCase()}\n`,
);
console.log("| file | bars | native | WASM | ratio |\n|---|---|---|---|---|");
for (const file of files) {
  const native = measureNative(file);
  const module = measureModule(readNpy(file));
  const again = measureNative(file);
  const nativeSeconds = Math.min(native.cpu_s, again.cpu_s);
  // The native report leaves out the essential bar of each image.
  const bars = native.bars.reduce((sum, count) => sum + count, 0);
  if (bars + module.images !== module.bars) {
    throw new Error(`${file}: ${bars} bars of finite length natively, ${module.bars - module.images} here`);
  }
  const cells = [basename(file), bars, milliseconds(nativeSeconds), milliseconds(module.seconds)];
  console.log(`| ${cells.join(" | ")} | ${(module.seconds / nativeSeconds).toFixed(2)} |`);
}
console.log(`\nMemory of the module at the end: ${(memory.buffer.byteLength / 1e6).toFixed(0)} MB`);

function measureNative(file) {
  const args = ["bench", "persistence", "--connectivity", options.connectivity, ...(options.batch ? ["--batch"] : [])];
  const command = ["run", "--quiet", "--release", "--locked", "--package", "bettiscope", "--", ...args, resolve(file)];
  const { status, stdout, stderr } = spawnSync("cargo", command, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A new Topology for every whole call, as the native side has a new workspace. */
function measureModule({ shape, values }) {
  const images = options.batch ? slices(shape, values) : [{ shape, values }];
  const settings = { connectivity: options.connectivity.toUpperCase() };
  let best = Infinity;
  let bars = 0;
  const start = performance.now();
  for (let call = 0; call < LEAST_CALLS || performance.now() - start < LEAST_MILLISECONDS; call++) {
    const timer = process.cpuUsage();
    const topology = new Topology();
    bars = 0;
    for (const image of images) bars += topology.barcode(image.values, image.shape, settings).birth.length;
    topology.free();
    const { user, system } = process.cpuUsage(timer);
    best = Math.min(best, (user + system) / 1e6);
  }
  return { seconds: best, bars, images: images.length };
}

function slices([count, ...shape], values) {
  const length = shape.reduce((product, axis) => product * axis, 1);
  return Array.from({ length: count }, (_, image) => ({
    shape,
    values: values.subarray(image * length, (image + 1) * length),
  }));
}

/** Little-endian float32 in C order, version 1: what the benchmarks' inputs are. */
function readNpy(file) {
  const bytes = readFileSync(file);
  const header = bytes.toString("latin1", 10, 10 + bytes.readUInt16LE(8));
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False")) {
    throw new Error(`${file} is not an NPY file of float32 in C order: ${header}`);
  }
  const shape = /\(([\d, ]+)\)/
    .exec(header)[1]
    .split(",")
    .filter((axis) => axis.trim())
    .map(Number);
  const start = bytes.byteOffset + 10 + header.length;
  return { shape, values: new Float32Array(bytes.buffer.slice(start, bytes.byteOffset + bytes.length)) };
}

function milliseconds(seconds) {
  return `${(1000 * seconds).toFixed(1)} ms`;
}
