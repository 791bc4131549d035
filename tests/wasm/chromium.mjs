// A Chromium for the tests, and pages for it.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import { chromium } from "playwright-core";

import { findChromium } from "../../scripts/browsers.mjs";

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

/** Starts the Chromium of this machine. `webgpu` is "off", "software" or "hardware". */
export async function launchChromium({ webgpu = "off" } = {}) {
  return chromium.launch({ executablePath: await findChromium(), args: ["--no-sandbox", ...ARGUMENTS[webgpu]] });
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
