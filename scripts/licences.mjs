// npm run licences: writes www/src/screens/about/licences.json, the software that the site is built with by its
// licences: the crates that
// go into the WebAssembly modules, and the npm packages that go into the page. To be run when one is added.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root, run } from "./run.mjs";

const MODULES = [
  ["--package", "topology-wasm"],
  ["--package", "learner-wasm", "--no-default-features", "--features", "cpu"],
  ["--package", "learner-wasm", "--no-default-features", "--features", "webgpu"],
];
/** Those of svelte's own dependencies are for its compiler. */
const PACKAGES = ["svelte", "comlink", "gifenc", "uplot"];

const licences = new Map([...PACKAGES.map(packageEntry), ...MODULES.flatMap(cratesOf)]);
const groups = grouped(licences);
const sorted = [...groups]
  .map(([licence, names]) => ({ licence, names: names.toSorted((a, b) => a.localeCompare(b, "en")) }))
  .toSorted((a, b) => b.names.length - a.names.length || a.licence.localeCompare(b.licence, "en"));
writeFileSync(join(root, "www", "src", "screens", "about", "licences.json"), JSON.stringify(sorted));
run("Format the list", "npx", ["biome", "format", "--write", "www/src/screens/about/licences.json"]);
console.log(`${licences.size} pieces of software, ${sorted.length} licences: www/src/screens/about/licences.json`);

/** What a module depends on other than for building and testing, without the project's own crates. */
function cratesOf(options) {
  const edges = ["--edges", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown"];
  const format = ["--prefix", "none", "--format", "{p}|{l}"];
  const { stdout, status, stderr } = spawnSync("cargo", ["tree", "--locked", ...options, ...edges, ...format], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(stderr);
    process.exit(1);
  }
  const lines = stdout.split("\n").map((line) => line.replace(/ \(\*\)$/, ""));
  // A folder behind the version is one of this repository.
  return lines
    .filter((line) => line !== "" && !line.includes(" ("))
    .map((line) => {
      const [crate, licence] = line.split("|");
      return [crate.split(" ")[0], ordered(licence)];
    });
}

function packageEntry(name) {
  return [name, ordered(manifestOf(name).license)];
}

function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
}

/** A choice of licences in the order of the alphabet: "A/B" and "B OR A" are the same. */
function ordered(licence) {
  const isChoice = /^[^()]+$/.test(licence) && !licence.includes(" AND ");
  return isChoice
    ? licence
        .split(/ OR |\//)
        .map((part) => part.trim())
        .toSorted()
        .join(" or ")
    : licence;
}

function grouped(entries) {
  const groups = new Map();
  for (const [name, licence] of entries) groups.set(licence, [...(groups.get(licence) ?? []), name]);
  return groups;
}
