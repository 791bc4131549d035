// Runs the steps of a script one after the other, each with a line that says what it is for.

import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the repository's root; ends this process with its exit code if it fails. */
export function run(title, command, args, environment = {}) {
  console.log(`\n== ${title}\n   ${[command, ...args].join(" ")}`);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  if (error?.code === "ENOENT") {
    console.error(`${command} is not installed; README.md says what this project needs.`);
    process.exit(1);
  }
  if (error || status !== 0) {
    console.error(`\nFailed: ${title}`);
    process.exit(status ?? 1);
  }
}
