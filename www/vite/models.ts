import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

/** Serves the models of the repository's folder `models/` as `models/NAME.bpk` and `models/NAME.json`. */
export function models(folder: string): Plugin {
  const names = () => (existsSync(folder) ? readdirSync(folder).filter((name) => /\.(bpk|json)$/.test(name)) : []);
  return {
    name: "bettiscope:models",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /\/models\/([\w-]+\.(?:bpk|json))$/.exec(request.url ?? "")?.[1];
        if (!name || !names().includes(name)) return next();
        response.end(readFileSync(join(folder, name)));
      });
    },
    generateBundle() {
      for (const name of names()) {
        this.emitFile({ type: "asset", fileName: `models/${name}`, source: readFileSync(join(folder, name)) });
      }
    },
  };
}
