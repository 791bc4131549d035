// A Chromium for the tests, and pages for it.

import { accessSync, constants, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { delimiter, extname, join, normalize } from "node:path";

import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

// WebGPU on a machine without a GPU, by an adapter in software.
const SOFTWARE_WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--disable-vulkan-surface",
];

const ARGUMENTS = { off: ["--disable-gpu"], software: SOFTWARE_WEBGPU, hardware: ["--enable-unsafe-webgpu"] };

/**
 * Starts the Chromium of the machine, the one that CHROMIUM names or the first in PATH. `webgpu` is "off", "software" or
 * "hardware".
 */
export function launchChromium({ webgpu = "off" } = {}) {
  const inPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const candidates = process.env.CHROMIUM ? [process.env.CHROMIUM] : inPath;
  const executablePath = candidates.find(isExecutable);
  if (!executablePath) {
    const looked = process.env.CHROMIUM ? `at CHROMIUM=${process.env.CHROMIUM}` : `in PATH as ${NAMES.join(", ")}`;
    throw new Error(
      `There is no Chromium ${looked}. Install one (on Debian: apt-get install chromium), or name it in CHROMIUM.`,
    );
  }
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", ...ARGUMENTS[webgpu]],
  });
}

/** Serves a folder, and `pages`, which are texts by path, on a free port of this machine. */
export async function serve(folder, pages) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    try {
      const content = pages[path] ?? readFileSync(join(folder, normalize(path)));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
