// What the crates compute natively, now.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { root } from "./modules.mjs";

/** What the program crates/topology-wasm/examples/vectors prints. */
export function nativeVectors() {
  return printedBy("vectors");
}

/** What the program crates/imaging/examples/corpus.rs prints. */
export function nativeCorpus() {
  return printedBy("corpus");
}

/** What the program crates/learner-wasm/examples/steps.rs prints. */
export function nativeSteps() {
  return printedBy("steps");
}

/**
 * The examples are built as the tests in Rust build them, and are there after these: for one crate or one example alone
 * cargo would choose other features of the dependencies and build all of them once more.
 */
function printedBy(example) {
  outputOf("cargo", ["test", "--quiet", "--locked", "--workspace", "--no-run"]);
  const metadata = outputOf("cargo", ["metadata", "--locked", "--no-deps", "--format-version", "1"]);
  const program = process.platform === "win32" ? `${example}.exe` : example;
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
