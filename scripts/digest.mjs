// What was built from which sources, so that what is up to date is left as it is.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { root } from "./run.mjs";

/** Folders that have no part in what is built. */
const SKIPPED = new Set(["tests", "benches", "examples", "target", "node_modules", "dist"]);

/** A digest of the names and contents of all files in these paths of the repository. Paths that do not exist count. */
export function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((path) => files(join(root, path)))) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
}

function files(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((entry) => !SKIPPED.has(entry))
    .sort()
    .flatMap((entry) => files(join(path, entry)));
}
