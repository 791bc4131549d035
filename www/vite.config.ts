import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

import { modulesNotBuilt } from "../web/vite/modules-not-built.js";
import { contentSecurityPolicy } from "./vite/content-security-policy.js";
import { firstScreen } from "./vite/first-screen.js";
import { models } from "./vite/models.js";
import { serviceWorker } from "./vite/service-worker.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  base: "./",
  plugins: [
    modulesNotBuilt(),
    svelte(),
    models(path("../models")),
    contentSecurityPolicy(),
    firstScreen("/src/screens/lab/Lab.svelte"),
    serviceWorker(path("./service/worker.ts")),
  ],
  // The package's sources: what is changed there is seen here at once.
  resolve: {
    alias: { bettiscope: path("../web/src/index.ts") },
    // The tests of the state run in Node: Svelte as a browser has it, or nothing is reactive.
    ...(process.env.VITEST ? { conditions: ["browser"] } : {}),
  },
  worker: { format: "es", plugins: () => [modulesNotBuilt()] },
  server: { fs: { allow: [".."] } },
  build: {
    target: "es2022",
    // Inline scripts and data addresses are what the policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // What several parts use is one file, and not a dozen of some hundred bytes; but for what no first screen needs.
      output: {
        codeSplitting: { groups: [{ name: "shared", test: /\/src\/(?!screens|words\/images)/, minShareCount: 2 }] },
      },
    },
  },
});
