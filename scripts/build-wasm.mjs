// npm run build:wasm: makes the WebAssembly modules in pkg/ with their JavaScript and TypeScript.
//
//   pkg/topology   barcodes, Betti numbers, priors, the loss: what a page loads first
//   pkg/masks      features, topological errors and repair of masks
//   pkg/images     reading and writing image files
//   pkg/synthesis  samples, corruption in k-space, resampling, closing
//   pkg/learner-cpu     networks and post-processing, on the CPU
//   pkg/learner-webgpu  the same on WebGPU, much larger
//
// It needs Rust and the npm packages of this repository. The first time takes up to half an hour on two cores; a module
// whose sources have not changed since is left as it is. `--force` makes all of them anew; names make only those.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { digest } from "./digest.mjs";
import { root, run } from "./run.mjs";
import { ensureTarget, TARGET } from "./tools.mjs";

const RUSTFLAGS = "-C target-feature=+simd128";
const TOPOLOGY = {
  crate: "topology-wasm",
  takes: "half a minute",
  sources: ["crates/persistence", "crates/topoloss", "crates/imaging", "crates/topology-wasm"],
};
const LEARNER = {
  crate: "learner-wasm",
  sources: ["crates/persistence", "crates/topoloss", "crates/learner", "crates/topology-wasm", "crates/learner-wasm"],
};
const MODULES = [
  { name: "topology", feature: "barcodes", ...TOPOLOGY },
  { name: "masks", feature: "masks", ...TOPOLOGY },
  { name: "images", feature: "decoders", ...TOPOLOGY },
  { name: "synthesis", feature: "synthesis", ...TOPOLOGY },
  { name: "learner-cpu", feature: "cpu", ...LEARNER, takes: "ten minutes" },
  { name: "learner-webgpu", feature: "webgpu", profile: "wasm-webgpu", ...LEARNER, takes: "ten minutes" },
];
const COMMON_SOURCES = ["Cargo.toml", "Cargo.lock", "scripts/bindgen", "scripts/build-wasm.mjs"];
// Named one by one: with --all-features wasm-opt makes modules that browsers refuse.
const FEATURES = [
  "simd",
  "bulk-memory",
  "sign-ext",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "multivalue",
].map((feature) => `--enable-${feature}`);

const stampOf = ({ sources }) => digest([...COMMON_SOURCES, ...sources]);
const isBuilt = (module) => read(join(root, "pkg", module.name, ".sources")) === stampOf(module);
const force = process.argv.includes("--force");
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = names.find((name) => !MODULES.some((module) => module.name === name));
if (unknown) {
  console.error(`There is no module ${unknown}; there are ${MODULES.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
const wanted = MODULES.filter(({ name }) => names.length === 0 || names.includes(name));
const outdated = wanted.filter((module) => force || !isBuilt(module));

if (outdated.length === 0) {
  console.log(`Up to date: ${wanted.map(({ name }) => `pkg/${name}`).join(", ")}.`);
} else {
  ensureTarget();
  const targetFolder = cargoTargetFolder();
  run("Build bindgen (the first time takes about a minute)", "cargo", [
    "build",
    "--locked",
    "--profile",
    "tool",
    "--package",
    "bindgen",
  ]);
  for (const module of outdated) build(module, targetFolder);
}
for (const { name } of wanted) {
  const file = readFileSync(join(root, "pkg", name, `${name}_bg.wasm`));
  console.log(`pkg/${name}: ${kilobytes(file.length)}, gzipped ${kilobytes(gzipSync(file, { level: 9 }).length)}`);
}

function build(module, targetFolder) {
  const { name, crate, feature, profile = "wasm", takes } = module;
  const folder = join(root, "pkg", name);
  const output = join(folder, `${name}_bg.wasm`);
  const features = ["--no-default-features", "--features", feature];
  const what = ["--locked", "--profile", profile, "--target", TARGET, "--package", crate, "--lib"];
  run(`Build the module ${name} (the first time about ${takes})`, "cargo", ["build", ...what, ...features], {
    RUSTFLAGS,
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const built = join(targetFolder, TARGET, profile, `${crate.replaceAll("-", "_")}.wasm`);
  const bindgen = join(targetFolder, "tool", process.platform === "win32" ? "bindgen.exe" : "bindgen");
  run("Make its JavaScript and TypeScript", bindgen, [built, folder, name]);
  run("Make it smaller", process.execPath, [wasmOpt(), "-O1", ...FEATURES, output, "-o", output]);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(name), null, 2)}\n`);
  // So that a page can say how much of a download is there, whatever the server compresses.
  writeFileSync(join(folder, "size.json"), `${JSON.stringify({ size: statSync(output).size })}\n`);
  writeFileSync(join(folder, ".sources"), stampOf(module));
}

/** What makes a folder of pkg/ a package that Node and bundlers understand. */
function manifest(name) {
  return { name, private: true, type: "module", main: `${name}.js`, types: `${name}.d.ts`, sideEffects: false };
}

function cargoTargetFolder() {
  const { stdout } = spawnSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout).target_directory;
}

function wasmOpt() {
  const require = createRequire(import.meta.url);
  try {
    return join(require.resolve("binaryen/package.json"), "..", "bin", "wasm-opt");
  } catch {
    console.error("The npm package binaryen is missing: run npm ci first.");
    process.exit(1);
  }
}

function read(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
