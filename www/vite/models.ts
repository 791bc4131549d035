import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

/**
 * Serves the models of the repository's folder `models/` as `NAME.bpk` and `NAME.json` in the folder that `MODELS` names
 * in the sources of the page. Its name tells what is in it, as the names of all other files do, so that a page that was
 * opened before an update never gets the models of after it.
 */
export function models(folder: string): Plugin {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(bpk|json)$/.test(name)) : [];
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  const path = `models/${hash.digest("hex").slice(0, 8)}/`;
  return {
    name: "bettiscope:models",
    config: () => ({ define: { MODELS: JSON.stringify(path) } }),
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = request.url?.startsWith(`/${path}`) ? request.url.slice(path.length + 1) : undefined;
        if (!name || !names.includes(name)) return next();
        response.end(readFileSync(join(folder, name)));
      });
    },
    generateBundle() {
      for (const name of names) {
        this.emitFile({ type: "asset", fileName: `${path}${name}`, source: readFileSync(join(folder, name)) });
      }
    },
  };
}
