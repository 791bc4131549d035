// The names of the files that are saved.

import { expect, test } from "vitest";

import { saveBarcodeCsv, saveBarcodeJson, stemOf } from "./exports";
import { fakeFile, fakeLab } from "./fake-clients";

test("what is saved has the name of the visitor's file", async () => {
  for (const [name, stem] of [
    ["scan.nii.gz", "scan"],
    ["my cell (2).PNG", "my-cell-2"],
    ["Größe.v1.npy", "Größe.v1"],
    ["nothing", "nothing"],
    [".png", "image"],
  ] as const) {
    const { lab } = fakeLab();
    await lab.maker.make({});
    await lab.input.open(fakeFile(name));
    expect(stemOf(lab), name).toBe(stem);
  }
});

test("a sample's files are named after it, and say which step they are of", async () => {
  const { lab } = fakeLab();
  await lab.maker.make({});
  expect(saveBarcodeCsv(lab).name).toBe("A-broken-ring-barcode-step-0.csv");
  expect(saveBarcodeJson(lab).name).toBe("A-broken-ring-barcode-step-0.json");
});
