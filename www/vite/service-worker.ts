import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { type Plugin, type ResolvedConfig, transformWithOxc } from "vite";

/** Large, and of use only where there is WebGPU: kept when it has been loaded, not before. */
const ON_DEMAND = /learner-webgpu/;

/** Writes `sw.js` beside the built page, with the list of all files and a name that changes whenever one of them does. */
export function serviceWorker(source: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: "bettiscope:service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const folder = join(config.root, config.build.outDir);
      const files = filesIn(folder).filter((file) => file !== "sw.js" && !file.endsWith(".map"));
      const hash = createHash("sha256");
      for (const file of files)
        hash
          .update(`${file}\0`)
          .update(readFileSync(join(folder, file)))
          .update("\0");
      const version = hash.digest("hex").slice(0, 16);
      const { code } = await transformWithOxc(readFileSync(source, "utf8"), source);
      // A classic script, since not all browsers have service workers that are modules.
      const script = code.replace(/^export \{\};?$/m, "");
      const values = `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files.filter((file) => !ON_DEMAND.test(file)))};\n`;
      writeFileSync(join(folder, "sw.js"), values + script);
    },
  };
}

function filesIn(folder: string, base = folder): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path, base) : [relative(base, path).split(sep).join("/")];
    });
}
