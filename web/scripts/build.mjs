// npm run build --workspace web: makes dist/, which is what is published. The modules in pkg/ have to be there.
//
// In dist/ scripts, workers and WebAssembly files lie side by side; the types of the modules are in dist/pkg/.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(web);
const dist = join(web, "dist");
const MODULES = ["topology", "masks", "images", "synthesis", "learner-cpu", "learner-webgpu"];

const missing = MODULES.filter((name) => !existsSync(join(root, "pkg", name, "size.json")));
if (missing.length > 0) {
  console.error(`Missing: ${missing.map((name) => `pkg/${name}`).join(", ")}. Run npm run build:wasm first.`);
  process.exit(1);
}

await build({ root: web, configFile: join(web, "vite.config.ts"), logLevel: "warn" });
emitTypes();
for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, name), join(dist, name));

function emitTypes() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const folder = join(dist, "types");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder];
  const { status } = spawnSync(process.execPath, [tsc, "-p", web, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const emitted = join(folder, "web", "src");
  for (const file of readdirSync(emitted)) {
    writeFileSync(join(dist, file), readFileSync(join(emitted, file), "utf8").replaceAll("../../pkg/", "./pkg/"));
  }
  rmSync(folder, { recursive: true });
  for (const name of MODULES) {
    mkdirSync(join(dist, "pkg", name), { recursive: true });
    cpSync(join(root, "pkg", name, `${name}.d.ts`), join(dist, "pkg", name, `${name}.d.ts`));
  }
}
