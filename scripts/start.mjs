// npm start: builds what is missing, serves the site on this machine and opens a browser. `npm start -- --no-open` opens
// none, and neither does a machine without a screen.
//
// The first time needs Rust and takes several minutes; the page can be opened as soon as the modules that it always needs
// are there. The WebGPU build follows, and is used from the next time on that the page is opened. Later starts take a second.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { buildSite, site } from "./build-site.mjs";
import { root, run } from "./run.mjs";
import { serve } from "./serve.mjs";

const PORT = 4173;
const FIRST = ["topology", "masks", "images", "synthesis", "learner-cpu"];

if (!existsSync(join(root, "node_modules"))) {
  run("Install the packages of package-lock.json (half a minute)", "npm", ["ci"]);
}
run("Bring the WebAssembly modules up to date", process.execPath, ["scripts/build-wasm.mjs", ...FIRST]);
buildSite();

const { url } = await listen();
console.log(`\nBettiscope is at ${url} (end with Ctrl-C)\n`);
if (hasScreen() && !process.argv.includes("--no-open")) open(url);

const later = spawn(process.execPath, ["scripts/build-wasm.mjs"], { cwd: root, stdio: "inherit" });
process.on("exit", () => later.kill());
later.on("exit", (code) => {
  if (code !== 0) return console.error("A build failed, see above; the site goes on with the CPU.");
  if (buildSite()) console.log(`\nAll builds are ready: reload ${url} to use WebGPU.\n`);
});

function hasScreen() {
  if (process.env.CI) return false;
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** In the visitor's browser. Where that fails, the address has been said. */
function open(address) {
  const [program, ...options] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform] ?? [
    "xdg-open",
  ];
  const browser = spawn(program, [...options, address], { stdio: "ignore", detached: true });
  browser.on("error", () => {});
  browser.unref();
}

/** At the usual port, or the one that PORT names; at any free one if the usual port is taken. */
async function listen() {
  if (process.env.PORT) return serve(site, { port: Number(process.env.PORT) });
  return serve(site, { port: PORT }).catch((error) => {
    if (error.code !== "EADDRINUSE") throw error;
    return serve(site);
  });
}
