import { defineConfig } from "vite";

import { modulesNotBuilt } from "./vite/modules-not-built.js";

/** The package: plain modules, workers and WebAssembly files, each found relative to the file that needs it. */
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [modulesNotBuilt()],
  worker: {
    format: "es",
    plugins: () => [modulesNotBuilt()],
    rolldownOptions: {
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
  build: {
    target: "es2022",
    assetsDir: ".",
    assetsInlineLimit: 0,
    modulePreload: false,
    minify: false,
    rolldownOptions: {
      input: "src/index.ts",
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
