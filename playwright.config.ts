import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

import { findChromium } from "./scripts/browsers.mjs";

const executablePath = await findChromium();

/** WebGPU without a GPU. */
const SOFTWARE_WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--disable-vulkan-surface",
];

const webgpu = {
  name: "webgpu",
  testMatch: "**/*.webgpu.test.ts",
  use: { launchOptions: { executablePath, args: ["--no-sandbox", ...SOFTWARE_WEBGPU] } },
};

/**
 * The end-to-end tests: the built site in the machine's Chromium. Those named *.webgpu.test.ts have WebGPU, and are run
 * where pkg/ has the build for it.
 */
export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.test.ts",
  // They share two cores with the workers of the page.
  workers: 1,
  timeout: 180_000,
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  use: {
    launchOptions: { executablePath, args: ["--no-sandbox"] },
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
  },
  projects: [
    {
      name: "chromium",
      testIgnore: "**/*.webgpu.test.ts",
      use: { launchOptions: { executablePath, args: ["--no-sandbox", "--disable-gpu"] } },
    },
    ...(existsSync(new URL("./pkg/learner-webgpu/size.json", import.meta.url)) ? [webgpu] : []),
  ],
});
