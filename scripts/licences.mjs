// npm run licences: writes www/src/licences.json, the software that the site is built with and its licences: the crates
// that go into the WebAssembly modules, and the npm packages that go into the page. To be run when one is added.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./run.mjs";

const CRATES = ["topology-wasm", "learner-wasm"];
const PACKAGES = ["svelte", "comlink", "d3-scale", "uplot"];

const crates = cratesOf(metadata());
const packages = PACKAGES.map((name) => {
  const { license } = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  return { name, licence: license };
});
const known = new Map([...packages, ...crates].map((entry) => [entry.name, entry]));
const sorted = [...known.values()].sort((a, b) => a.name.localeCompare(b.name, "en"));
writeFileSync(join(root, "www", "src", "licences.json"), `${JSON.stringify(sorted, null, 2)}\n`);
console.log(`${sorted.length} pieces of software: www/src/licences.json`);

function metadata() {
  const options = ["metadata", "--locked", "--format-version", "1", "--filter-platform", "wasm32-unknown-unknown"];
  const { stdout, status } = spawnSync("cargo", options, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) process.exit(1);
  return JSON.parse(stdout);
}

/** Everything that the modules depend on other than for building and testing, without the project's own crates. */
function cratesOf({ packages, resolve }) {
  const byId = new Map(packages.map((entry) => [entry.id, entry]));
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const waiting = packages.filter(({ name, source }) => source === null && CRATES.includes(name)).map(({ id }) => id);
  const seen = new Set(waiting);
  while (waiting.length > 0) {
    for (const { pkg, dep_kinds } of nodes.get(waiting.pop()).deps) {
      const isNormal = dep_kinds.some(({ kind }) => kind === null);
      const isMacro = byId.get(pkg).targets.every(({ kind }) => kind.includes("proc-macro"));
      if (!isNormal || isMacro || seen.has(pkg)) continue;
      seen.add(pkg);
      waiting.push(pkg);
    }
  }
  return [...seen]
    .map((id) => byId.get(id))
    .filter(({ source }) => source !== null)
    .map(({ name, license }) => ({ name, licence: license }));
}
