// npm test: everything that has to hold. The first time it builds for half an hour on two cores, later for minutes.

import { run } from "./run.mjs";
import { ensureTools } from "./tools.mjs";

await ensureTools();
run("Formatting", "cargo", ["fmt", "--all", "--check"]);
run("Formatting of the fuzz targets", "cargo", ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]);
run("Formatting and lints of TypeScript, Svelte and JavaScript", "npm", ["run", "--silent", "lint"]);
run("Lints", "cargo", ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
run("Documentation", "cargo", ["doc", "--locked", "--workspace", "--no-deps"], {
  RUSTDOCFLAGS: "-D warnings",
});
run("Tests in Rust", "cargo", ["test", "--locked", "--workspace"]);
const PUBLISHED = ["persistence", "topoloss", "imaging"].flatMap((name) => ["--package", `bettiscope-${name}`]);
run("Packages as the registry would get them", "cargo", [
  ..."publish --dry-run --locked --allow-dirty --quiet".split(" "),
  ...PUBLISHED,
]);
run("Build the WebAssembly module", "npm", ["run", "--silent", "build:wasm"]);
run("Tests of the WebAssembly module", "npm", ["run", "--silent", "test:wasm"]);
run("Types of the WebAssembly module", "npx", ["tsc", "--noEmit", "--project", "tests/wasm"]);
run("Types of the package", "npm", ["run", "--silent", "check", "--workspace", "web"]);
run("Types of the site", "npm", ["run", "--silent", "check", "--workspace", "www"]);
run("Types of the tests", "npx", ["tsc", "--noEmit", "--project", "tests/e2e"]);
run("Tests of the package", "npm", ["run", "--silent", "test", "--workspace", "web"]);
run("Tests of the site's parts", "npm", ["run", "--silent", "test", "--workspace", "www"]);
run("Tests of the package as it is published", "npm", ["run", "--silent", "test:package"]);
run("Tests of the site in Chromium", "npm", ["run", "--silent", "test:e2e"]);
run("Tests of the site in Firefox, if there is one", "npm", ["run", "--silent", "test:firefox"]);
for (const target of ["barcode", "decode"]) {
  run(`Fuzz ${target} for a bounded time`, "sh", ["fuzz/run.sh", target, "-runs=20000", "-max_total_time=30"]);
}
console.log("\nEverything holds.");
