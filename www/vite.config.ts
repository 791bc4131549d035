import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [svelte()],
  // The package's sources: what is changed there is seen here at once.
  resolve: { alias: { bettiscope: fileURLToPath(new URL("../web/src/index.ts", import.meta.url)) } },
  worker: { format: "es" },
  server: { fs: { allow: [".."] } },
});
