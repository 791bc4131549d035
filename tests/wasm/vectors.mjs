// What the crates compute natively: the program examples/vectors.rs of the crate with the surface, run now.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

import { root } from "./modules.mjs";

export function nativeVectors(crate = "topology-wasm") {
  const args = ["run", "--quiet", "--locked", "--package", crate, "--example", "vectors"];
  const { status, stdout, stderr, error } = spawnSync("cargo", args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, `cargo ${args.join(" ")}: ${error ?? stderr}`);
  return JSON.parse(stdout);
}
