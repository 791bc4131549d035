// What the tests need besides git, Node and the npm packages. Looked for at once, so that nothing that is missing is found
// out after half an hour; what can be installed is, and for the rest the command is said.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { inPath, lookForChromium } from "./browsers.mjs";
import { root, run } from "./run.mjs";

/** What the modules are built for. */
export const TARGET = "wasm32-unknown-unknown";
const isRoot = process.getuid?.() === 0;
const system = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
/** Whether packages can be installed without asking anybody. */
const hasApt = isRoot && inPath("apt-get") !== undefined;
/** Ubuntu's package of Chromium is no browser, but asks for a snap. */
const isUbuntu = /^ID=ubuntu$/m.test(system);

/** Looks for everything, and installs what is missing. Ends this process where that cannot be done. */
export async function ensureTools() {
  const hopeless = [];
  const packages = [];
  if (!inPath("cargo", "cargo.exe")) hopeless.push("Rust: https://rustup.rs says how to install it");
  const rust = missingOfRust();
  if (rust.length > 0 && !inPath("rustup")) hopeless.push(`${rust.join(", ")}: rustup ${rust.join(" && rustup ")}`);
  if (!inPath("c++", "clang++", "g++")) {
    if (hasApt) packages.push("g++");
    else hopeless.push("a C++ compiler for the fuzzer: sudo apt-get install g++, or xcode-select --install");
  }
  const hasChromium = await lookForChromium().catch((error) => hopeless.push(error.message));
  if (!hasChromium && hasApt && !isUbuntu) packages.push("chromium");
  if (hopeless.length > 0) {
    console.error(`What the tests need and this machine lacks:\n${hopeless.map((line) => `  - ${line}`).join("\n")}`);
    process.exit(1);
  }

  for (const what of rust) run(`Add to Rust: ${what}`, "rustup", what.split(" "));
  if (packages.length > 0) {
    const quiet = { DEBIAN_FRONTEND: "noninteractive" };
    run("Look for packages", "apt-get", ["update", "-qq"], quiet);
    run(
      `Install ${packages.join(" and ")}`,
      "apt-get",
      ["install", "-yqq", "--no-install-recommends", ...packages],
      quiet,
    );
  }
  if (!existsSync(join(root, "node_modules"))) {
    run("Install the packages of package-lock.json (half a minute)", "npm", ["ci"]);
  }
  if (await lookForChromium()) return;
  const dependencies = hasApt ? ["--with-deps"] : [];
  run("Install a Chromium for the tests", "npx", ["playwright", "install", ...dependencies, "chromium"]);
}

/** Adds the target of WebAssembly to Rust if it is not there. */
export function ensureTarget() {
  const add = `target add ${TARGET}`;
  if (!missingOfRust().includes(add)) return;
  run(`Add the Rust target ${TARGET} (a download of about 20 MB)`, "rustup", add.split(" "));
}

/** What rustup has to do. */
function missingOfRust() {
  const sysroot = spawnSync("rustc", ["--print", "sysroot"], { cwd: root, encoding: "utf8" }).stdout?.trim();
  if (!sysroot) return [];
  const has = (...path) =>
    existsSync(join(sysroot, ...path)) || existsSync(join(sysroot, ...path.with(-1, `${path.at(-1)}.exe`)));
  const missing = [];
  if (!has("lib", "rustlib", TARGET)) missing.push(`target add ${TARGET}`);
  if (!has("bin", "cargo-clippy")) missing.push("component add clippy");
  if (!has("bin", "rustfmt")) missing.push("component add rustfmt");
  return missing;
}
