// npm run build --workspace web: makes dist/, which is what is published. The modules in pkg/ have to be there.
//
// In dist/ scripts, workers and WebAssembly files lie side by side; the types, those of the modules too, are in dist/types/.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(web);
const dist = join(web, "dist");
const NEEDED = ["topology", "masks", "images", "synthesis", "learner-cpu"];
/** Without it the package works, on the CPU. */
const OPTIONAL = ["learner-webgpu"];

const isBuilt = (name) => existsSync(join(root, "pkg", name, "size.json"));
const missing = NEEDED.filter((name) => !isBuilt(name));
if (missing.length > 0) {
  console.error(`Missing: ${missing.map((name) => `pkg/${name}`).join(", ")}. Run npm run build:wasm first.`);
  process.exit(1);
}

await build({ root: web, configFile: join(web, "vite.config.ts"), logLevel: "warn" });
for (const file of readdirSync(dist).filter((name) => name.endsWith(".js"))) writePlainAddresses(join(dist, file));
emitTypes();
for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, name), join(dist, name));

/** Vite wraps an address in an address. Other bundlers follow only the plain form, `new URL("file", import.meta.url)`. */
function writePlainAddresses(file) {
  const wrapped =
    /new URL\(\s*(?:\/\*.*?\*\/\s*)?new URL\(("[^"]+"), import\.meta\.url\)\.href,\s*(?:"" \+ )?import\.meta\.url\s*\)/gs;
  const text = readFileSync(file, "utf8").replaceAll(wrapped, "new URL($1, import.meta.url)");
  if (text.includes(".href, ")) throw new Error(`${file} still has an address in an address`);
  writeFileSync(file, text);
}

function emitTypes() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const emitted = join(dist, "emitted");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", emitted];
  const { status } = spawnSync(process.execPath, [tsc, "-p", web, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  const types = join(dist, "types");
  renameSync(join(emitted, "web", "src"), types);
  rmSync(emitted, { recursive: true });
  for (const file of readdirSync(types)) {
    const text = readFileSync(join(types, file), "utf8").replaceAll("../../pkg/", "./pkg/");
    writeFileSync(join(types, file), text);
  }
  for (const name of [...NEEDED, ...OPTIONAL.filter(isBuilt)]) {
    mkdirSync(join(types, "pkg", name), { recursive: true });
    // Without what only the newest library of TypeScript knows; the clients do not hand out these classes.
    const text = readFileSync(join(root, "pkg", name, `${name}.d.ts`), "utf8");
    writeFileSync(
      join(types, "pkg", name, `${name}.d.ts`),
      text.replaceAll(/^ *\[Symbol\.dispose\]\(\): void;\n/gm, ""),
    );
  }
}
