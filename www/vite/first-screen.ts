import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

/**
 * Has the page load, beside its own script, the screen that its bare address opens: without this the browser would hear
 * of that only when the script runs.
 */
export function firstScreen(component: string): Plugin {
  return {
    name: "bettiscope:first-screen",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const screen = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(component));
        if (!screen) throw new Error(`the build has no ${component}`);
        const { scripts, styles } = needed(screen, bundle);
        const link = (attrs: Record<string, string | boolean>): HtmlTagDescriptor => ({
          tag: "link",
          attrs,
          injectTo: "head",
        });
        const isNew = (file: string) => !html.includes(file);
        return [
          ...scripts.filter(isNew).map((href) => link({ rel: "modulepreload", crossorigin: true, href: `./${href}` })),
          ...styles
            .filter(isNew)
            .map((href) => link({ rel: "preload", as: "style", crossorigin: true, href: `./${href}` })),
        ];
      },
    },
  };
}

/** What a chunk cannot begin without. */
function needed(chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): { scripts: string[]; styles: string[] } {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const waiting = [chunk];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    // The page's own script is there already.
    if (next.isEntry || scripts.has(next.fileName)) continue;
    scripts.add(next.fileName);
    for (const style of next.viteMetadata?.importedCss ?? []) styles.add(style);
    for (const name of next.imports) {
      const imported = bundle[name];
      if (imported?.type === "chunk") waiting.push(imported);
    }
  }
  return { scripts: [...scripts], styles: [...styles] };
}
