// "Reproduce" gives a command that the program runs to the same steps.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import type { Page } from "@playwright/test";

import { EXAMPLES } from "../../www/src/screens/lab/state/examples.js";
import { root } from "../wasm/modules.mjs";
import { openLab } from "./lab-page.js";
import { expect, test } from "./site.js";

// Where the program has to be built first, that takes minutes.
test.describe.configure({ timeout: 900_000 });

let programs = "";
let folder = "";

test.beforeAll(() => {
  const options = { cwd: root, encoding: "utf8" } as const;
  // As the tests in Rust build it, and it is there after these: for one crate alone cargo would choose other features of
  // the dependencies and build all of them once more.
  execFileSync("cargo", ["test", "--quiet", "--locked", "--workspace", "--no-run"], options);
  const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], {
    ...options,
    maxBuffer: 1 << 26,
  });
  programs = join(JSON.parse(metadata).target_directory, "debug");
});

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bettiscope-"));
});

test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A step as page and program have it. */
interface Made {
  readonly number: number;
  readonly total: number;
  /** Of each prior. */
  readonly betti: readonly (readonly number[])[];
}

/** A step in the program's report: of several classes it has an entry for each prior. */
interface Written extends Omit<Made, "betti"> {
  readonly betti?: readonly number[];
  readonly entries?: readonly { readonly betti: readonly number[] }[];
}

/** What the page has made: its steps, and its map at step 0 and at the end. */
async function madeBy(page: Page) {
  const [steps, before, after] = await page.evaluate(async () => {
    const { events, state } = window.bettiscope;
    const steps: Made[] = [];
    let before: number[] = [];
    events.addEventListener("step", ({ detail }: CustomEventInit) => {
      const { number, total, betti, map, sets } = detail;
      if (number === 0) before = [...map];
      steps.push({ number, total, betti: (sets ?? [{ betti }]).map((of: { betti: number[] }) => of.betti) });
    });
    await window.bettiscope.run();
    await window.bettiscope.run();
    return [steps, before, [...(state().map ?? [])]] as const;
  });
  return { steps, before, after };
}

/** Exports the input and runs the command that is to reproduce what the page has made. */
async function reproduce(page: Page) {
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Input (NPY)", exact: true }).click(),
  ]);
  await download.saveAs(join(folder, download.suggestedFilename()));
  await page.getByRole("button", { name: "Reproduce" }).click();
  const text = await page.getByLabel("What was copied").inputValue();
  writeFileSync(join(folder, "command.sh"), `${text}\n`);
  const path = `${programs}${delimiter}${process.env.PATH}`;
  const run = spawnSync("sh", ["command.sh"], { cwd: folder, encoding: "utf8", env: { ...process.env, PATH: path } });
  // 0: the prior holds in the end; 1: it does not.
  expect([0, 1], run.stderr).toContain(run.status);
  const written = JSON.parse(readFileSync(join(folder, "out", "steps.json"), "utf8")) as { steps: Written[] };
  const steps = written.steps.map(({ number, total, betti = [], entries = [{ betti }] }): Made => {
    return { number, total, betti: entries.map(({ betti }) => betti) };
  });
  const input = values(download.suggestedFilename());
  const hash = /SHA-256 of its values.*: ([0-9a-f]{64})/.exec(text)?.[1];
  expect(createHash("sha256").update(new Uint8Array(input.buffer)).digest("hex")).toBe(hash);
  return { steps, before: values("out/before.npy"), after: values("out/after.npy") };
}

/** The values of an NPY file of 32-bit floats. */
function values(name: string): Float32Array<ArrayBuffer> {
  const bytes = readFileSync(join(folder, name));
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
}

/** By how much two maps differ: at most, and on average. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): { largest: number; mean: number } {
  expect(a.length).toBe(b.length);
  const all = Array.from(a, (value, at) => Math.abs(value - (b[at] ?? Number.NaN)));
  return { largest: Math.max(...all), mean: all.reduce((sum, value) => sum + value, 0) / all.length };
}

/**
 * A network on wider vectors is rounded otherwise: step 0 differs in the last digits, which grow from step to step, until of
 * two bars that are as good as equally long another one is moved. So few steps are made with networks.
 */
const OF_WEIGHTS = { steps: 3, atFirst: 1e-5, total: 0.01, largest: 0.05, mean: 1e-3 };

/**
 * The page's steps and the program's are the same: to the last bit where pixels are optimised. Of several classes the page
 * shows the map of this one.
 */
async function expectSame(page: Page, target: "weights" | "pixels", shown = 0) {
  const made = await madeBy(page);
  const all = await reproduce(page);
  const ofShown = (maps: Float32Array) => maps.subarray(shown * made.before.length, (shown + 1) * made.before.length);
  const again = { ...all, before: ofShown(all.before), after: ofShown(all.after) };
  const withoutMaps = ({ number, betti }: Made) => ({ number, betti });
  expect(again.steps.map(withoutMaps)).toEqual(made.steps.map(withoutMaps));
  const totals = (steps: readonly Made[]) => steps.map(({ total }) => total);
  if (target === "pixels") {
    expect(totals(again.steps)).toEqual(totals(made.steps));
    expect(differences(made.before, again.before).largest).toBe(0);
    expect(differences(made.after, again.after).largest).toBe(0);
    return;
  }
  expect(differences(made.before, again.before).largest).toBeLessThan(OF_WEIGHTS.atFirst);
  const [first = 1] = totals(made.steps);
  expect(differences(totals(made.steps), totals(again.steps)).largest / first).toBeLessThan(OF_WEIGHTS.total);
  const { largest, mean } = differences(made.after, again.after);
  expect(largest).toBeLessThan(OF_WEIGHTS.largest);
  expect(mean).toBeLessThan(OF_WEIGHTS.mean);
}

for (const { name, values: setting } of EXAMPLES) {
  test(`the run of ${name}, gone on with once, is the program's`, async ({ page, site }) => {
    await openLab(page, site.url);
    await page.getByRole("button", { name, exact: true }).click();
    await page.waitForFunction(() => window.bettiscope.state().status === "ready");
    const target = setting.target ?? "pixels";
    await page.evaluate((steps) => window.bettiscope.set({ steps }), target === "weights" ? OF_WEIGHTS.steps : 10);
    await expectSame(page, target, setting.model === "heart-classes" ? 2 : 0);
  });
}

test("a painted map under a weighted prior and V is the program's", async ({ page, site }) => {
  await openLab(page, site.url, "#w0=0.5&w1=2&connectivity=V&steps=10&holds=0");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const map = page.getByRole("application", { name: /^Probability map/ });
  await map.press("ArrowLeft");
  await map.press(" ");
  await expect(page.getByRole("button", { name: "Undo painting" })).toBeVisible();
  await expectSame(page, "pixels");
});
