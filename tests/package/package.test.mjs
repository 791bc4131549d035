// What `npm pack` gives works in a page of somebody else: without a bundler, and as the README says.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { serve } from "../../scripts/serve.mjs";
import { launchChromium } from "../wasm/chromium.mjs";
import { root } from "../wasm/modules.mjs";

let folder;
let server;
let browser;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bettiscope-package-"));
  npm(join(root, "web"), "run", "build");
  npm(join(root, "web"), "pack", "--silent", "--pack-destination", folder);
  const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(folder, "install", "--no-audit", "--no-fund", "--offline", `./${packed}`);
  writeFileSync(join(folder, "index.html"), page(example()));
  server = await serve(folder);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test("the example of the README runs in a page without a bundler", { timeout: 120_000 }, async () => {
  const page = await browser.newPage();
  const lines = [];
  const problems = [];
  page.on("console", (message) => (message.type() === "error" ? problems : lines).push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(server.url);
  await page.waitForFunction(() => document.title === "done", undefined, { timeout: 100_000 });
  assert.deepEqual(problems, []);
  const steps = lines.filter((line) => /^\d+ [\d.e-]+ /.test(line));
  assert.ok(steps.length > 50, `it makes steps: ${lines.join("; ")}`);
  const [first, last] = [steps[0], steps.at(-1)].map((line) => Number(line.split(" ")[1]));
  assert.ok(last < first, `the loss falls, from ${first} to ${last}`);
});

test("Vite follows its workers and modules, and the site that it makes works", { timeout: 120_000 }, async () => {
  const source = `import { createTopology } from "bettiscope";
    const { truth } = await createTopology().sample({ kind: "heart", seed: 1 });
    const { birth } = await createTopology().barcode(truth);
    document.title = \`bars: \${birth.length}\`;`;
  writeFileSync(join(folder, "main.js"), source);
  mkdirSync(join(folder, "site"));
  writeFileSync(join(folder, "site", "index.html"), `<script type="module" src="../main.js"></script>`);
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const options = ["--base", "./", "--outDir", join(folder, "built"), "--logLevel", "warn"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, "build", join(folder, "site"), ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout + stderr);
  const built = await serve(join(folder, "built"));
  const page = await browser.newPage();
  await page.goto(built.url);
  await page.waitForFunction(() => document.title.startsWith("bars"), undefined, { timeout: 60_000 });
  assert.equal(await page.title(), "bars: 2");
  built.close();
});

test("the types are there, and those of the modules with them", () => {
  const program = `
    import { createTopology, type Barcode, type Grid } from "bettiscope";
    const grid: Grid = { values: new Float32Array(4), shape: [2, 2] };
    const barcode: Barcode = await createTopology().barcode(grid, { connectivity: "V" });
    const births: Float32Array = barcode.birth;
    // @ts-expect-error There is no such connectivity.
    await createTopology().barcode(grid, { connectivity: "W" });
    export { births };`;
  writeFileSync(join(folder, "types.ts"), program);
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"];
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, "types.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
});

/** The first example of the README. */
function example() {
  const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "web", "README.md"), "utf8"));
  return code;
}

function page(code) {
  const imports = { imports: { bettiscope: "./node_modules/bettiscope/dist/index.js" } };
  return `<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," /><title>Test</title>
    <script type="importmap">${JSON.stringify(imports)}</script>
    <script type="module">${code}\ndocument.title = "done";</script>`;
}

function npm(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `npm ${args.join(" ")}: ${stdout}${stderr}`);
}
