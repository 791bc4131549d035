/** The built site for the tests, at a path of its own as on GitHub Pages, and what is wrong on a page. */
import { test as base, expect, type Page } from "@playwright/test";

import { site } from "../../scripts/build-site.mjs";
import { serve } from "../../scripts/serve.mjs";

export interface Site {
  /** The address of the page, ending in "/". */
  readonly url: string;
  /** Takes the network away: nothing is answered any more. */
  stop(): void;
}

interface Fixtures {
  /** A server of the site, for this test alone. */
  site: Site;
  /** Errors, violations of the Content-Security-Policy and failed requests of the page. A test fails if there are any. */
  problems: string[];
}

export const test = base.extend<Fixtures>({
  site: async ({ browserName: _ }, use) => {
    const server = await serve(site, { base: "/some/path/" });
    await use({ url: server.url, stop: server.close });
    server.close();
  },
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      watch(page, problems);
      await use(problems);
      expect(problems, "errors on the page").toEqual([]);
    },
    { auto: true },
  ],
});

function watch(page: Page, problems: string[]): void {
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  // Violations of the policy come this way too.
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
}

export { expect };
