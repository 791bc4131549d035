import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { Plugin } from "vite";

const PREFIX = "\0not-built:";

/**
 * Stands in for the modules of `pkg/` that have not been built yet: whoever needs one gets an error with the code
 * `"not-built"`, and everything else works.
 */
export function modulesNotBuilt(): Plugin {
  return {
    name: "bettiscope:modules-not-built",
    enforce: "pre",
    resolveId(source, importer) {
      const name = /\/pkg\/([\w-]+)\/(?:\1\.js|size\.json)$/.exec(source)?.[1];
      if (!name || !importer || existsSync(resolve(dirname(importer), source))) return null;
      this.warn(`pkg/${name} has not been built`);
      return `${PREFIX}${name}/${source.endsWith(".js") ? "script.js" : "size.js"}`;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      if (id.endsWith("/size.js")) return "export const size = 0;";
      const name = id.slice(PREFIX.length, id.lastIndexOf("/"));
      const message = `the module ${name} is not part of this build`;
      return `throw Object.assign(new Error(${JSON.stringify(message)}), { code: "not-built" });`;
    },
  };
}
