// What the crates compute natively, now.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { root } from "./modules.mjs";

/** What the program crates/topology-wasm/examples/vectors.rs prints. */
export function nativeVectors() {
  return JSON.parse(
    outputOf("cargo", ["run", "--quiet", "--locked", "--package", "topology-wasm", "--example", "vectors"]),
  );
}

/**
 * What the program crates/learner-wasm/examples/steps.rs prints. It is built as the tests
 * in Rust build it: for its crate or itself alone cargo would choose other features and build burn once more.
 */
export function nativeSteps() {
  outputOf("cargo", ["test", "--quiet", "--locked", "--workspace", "--no-run"]);
  const metadata = outputOf("cargo", ["metadata", "--locked", "--no-deps", "--format-version", "1"]);
  const program = process.platform === "win32" ? "steps.exe" : "steps";
  return JSON.parse(outputOf(join(JSON.parse(metadata).target_directory, "debug", "examples", program), []));
}

function outputOf(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, `${command} ${args.join(" ")}: ${error ?? stderr}`);
  return stdout;
}
