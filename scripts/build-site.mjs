// node scripts/build-site.mjs: makes the site, www/dist, from what is there of pkg/ and models/. Takes seconds.
//
// The folder is static and works from any path. It is replaced when the new one is complete, so that a server that is
// running never serves half of it. A site whose sources have not changed is left as it is.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { digest } from "./digest.mjs";
import { root, run } from "./run.mjs";

/** What is served. */
export const site = join(root, "www", "dist");

const SOURCES = [
  "package-lock.json",
  "web/src",
  "web/vite",
  "www/index.html",
  "www/service",
  "www/src",
  "www/svelte.config.js",
  "www/vite",
  "www/vite.config.ts",
  "models",
  "pkg",
];
const STAMP = join(root, "www", ".dist-sources");

/** Builds the site unless it is up to date. Says whether it was built. */
export function buildSite() {
  const sources = digest(SOURCES);
  if (existsSync(site) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources) return false;
  const next = join(root, "www", "dist-next");
  run("Build the site (a few seconds)", "npm", [
    ..."run --silent build --workspace www -- --logLevel warn --emptyOutDir --outDir".split(" "),
    "dist-next",
  ]);
  rmSync(site, { recursive: true, force: true });
  renameSync(next, site);
  writeFileSync(STAMP, sources);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href && !buildSite()) {
  console.log("The site in www/dist is up to date.");
}
