/** A page that has nothing but the package, as it is published, under the policy that its README names. */
import { fileURLToPath } from "node:url";

import type { Page } from "@playwright/test";

import { serve } from "../../scripts/serve.mjs";
import type * as Package from "../../web/src/index.js";
import { expect, test as site } from "./site.js";

declare global {
  /** The package, in the page. */
  var bettiscope: typeof Package;
}

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:";
const PAGES = {
  "/index.html": `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <link rel="icon" href="data:," /><title>Test</title><script type="module" src="start.js"></script>`,
  "/start.js": `import * as bettiscope from "./index.js"; globalThis.bettiscope = bettiscope;`,
};

export const test = site.extend<{ client: Page }>({
  client: async ({ page }, use) => {
    const server = await serve(fileURLToPath(new URL("../../web/dist", import.meta.url)), { pages: PAGES });
    await page.goto(`${server.url}index.html`);
    await page.waitForFunction(() => "bettiscope" in globalThis);
    await use(page);
    server.close();
  },
});

/** What a browser does when something is thrown in a worker and nobody catches it. */
export async function crash(page: Page, name: string): Promise<void> {
  const worker = page.workers().find((worker) => worker.url().includes(name));
  if (!worker) throw new Error(`there is no worker ${name}: ${page.workers().map((worker) => worker.url())}`);
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("thrown by the test");
    });
  });
}

export { expect };
