import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { type Plugin, type ResolvedConfig, type Rolldown, transformWithOxc } from "vite";

/** Large, and of use only where there is WebGPU: kept when it has been loaded, or everything is asked for. */
const ON_DEMAND = /learner-webgpu/;

/** The component that is a screen: `src/screens/NAME/`. */
const SCREEN = /\/src\/screens\/([a-z]+)\/\w+\.svelte$/;

/**
 * Writes `sw.js` beside the built page: with a name that changes whenever a file does, the files that every screen needs,
 * and those that each screen needs besides.
 */
export function serviceWorker(source: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: "bettiscope:service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async writeBundle(_, bundle) {
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
      const screens = screensOf(bundle);
      const ofScreens = new Set(Object.values(screens).flat());
      const values = {
        VERSION: version,
        FILES: files.filter((file) => !ofScreens.has(file) && !ON_DEMAND.test(file)),
        SCREENS: Object.fromEntries(
          Object.entries(screens).map(([name, own]) => [name, own.filter((file) => !ON_DEMAND.test(file))]),
        ),
        ON_DEMAND: files.filter((file) => ON_DEMAND.test(file)),
      };
      const lines = Object.entries(values).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
      writeFileSync(join(folder, "sw.js"), lines.join("") + script);
    },
  };
}

/** For each screen the files that are loaded with it or by it, and not with the page itself. */
function screensOf(bundle: Rolldown.OutputBundle): Record<string, string[]> {
  const graph = new Graph(bundle);
  const screens = new Map<string, string>();
  for (const chunk of Object.values(bundle)) {
    const name = chunk.type === "chunk" && SCREEN.exec(chunk.facadeModuleId ?? "")?.[1];
    // The parts of a screen are loaded by it; the screen itself by the page.
    if (name && graph.isLoadedByPage(chunk.fileName)) screens.set(name, chunk.fileName);
  }
  const entries = new Set(screens.values());
  const page = graph.reach(graph.entries, entries);
  return Object.fromEntries(
    [...screens].map(([name, entry]) => {
      const others = new Set([...entries].filter((other) => other !== entry));
      return [name, [...graph.reach([entry], others)].filter((file) => !page.has(file)).sort()];
    }),
  );
}

/** Which file of a build is loaded by which other. */
class Graph {
  readonly #bundle: Rolldown.OutputBundle;
  readonly #assets: readonly string[];

  constructor(bundle: Rolldown.OutputBundle) {
    this.#bundle = bundle;
    this.#assets = Object.keys(bundle).filter((name) => bundle[name]?.type === "asset");
  }

  /** What the page itself begins with. */
  get entries(): string[] {
    return Object.values(this.#bundle).flatMap((file) =>
      file.type === "chunk" && file.isEntry ? [file.fileName] : [],
    );
  }

  isLoadedByPage(file: string): boolean {
    return this.entries.some((entry) => {
      const chunk = this.#bundle[entry];
      return chunk?.type === "chunk" && chunk.dynamicImports.includes(file);
    });
  }

  /** Everything that is loaded from here on, without what is behind the files of `end`. */
  reach(from: readonly string[], end: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const waiting = [...from];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (found.has(file) || end.has(file)) continue;
      found.add(file);
      waiting.push(...this.#loadedBy(file));
    }
    return found;
  }

  #loadedBy(file: string): string[] {
    const output = this.#bundle[file];
    if (output === undefined) return [];
    if (output.type === "asset") return /\.m?js$/.test(file) ? this.#namedIn(textOf(output.source)) : [];
    const { imports, dynamicImports, viteMetadata, code } = output;
    return [...imports, ...dynamicImports, ...(viteMetadata?.importedCss ?? []), ...this.#namedIn(code)];
  }

  /**
   * Workers, modules and models are addresses in the code; their names have their content in them, or are in a folder
   * that has. Styles are in it too, of every screen: each chunk knows its own.
   */
  #namedIn(code: string): string[] {
    return this.#assets.filter((asset) => {
      if (asset.endsWith(".css")) return false;
      const [folder = "", name = ""] = [asset.slice(0, asset.lastIndexOf("/") + 1), asset.split("/").at(-1)];
      return code.includes(name) || (folder !== "assets/" && folder !== "" && code.includes(folder));
    });
  }
}

function textOf(source: string | Uint8Array): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}

function filesIn(folder: string, base = folder): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path, base) : [relative(base, path).split(sep).join("/")];
    });
}
