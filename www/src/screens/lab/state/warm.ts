// What the page loads by itself once the first barcode is on the screen.

import { marked, markOnce } from "../../../services/marks";
import { LOADED } from "../../../services/offline.svelte";
import { EXAMPLES } from "./examples";
import type { Lab } from "./lab.svelte";
import { defaultSetting, withValues } from "./setting";

/** Loads what computes, and makes the pictures of the gallery. */
export async function warm(lab: Lab): Promise<void> {
  // Where the barcode is hidden there is no mark.
  const { chart, hide, predict, view } = lab.setting;
  const isBarcodeShown = chart === "barcode" && view === "pictures" && predict === "no" && !hide.includes("barcode");
  if (isBarcodeShown && lab.frame) await marked("bettiscope: first barcode");
  lab.isWarm = true;
  const parts = [
    import("../../../charts/BarTable.svelte"),
    import("../../../charts/DiagramChart.svelte"),
    import("../ComparePanel.svelte"),
    import("../Corruption.svelte"),
    import("../DrawingPad.svelte"),
    import("../ExportFiles.svelte"),
    import("../../../charts/LossChart.svelte"),
    import("../OptimisationPanel.svelte"),
    import("../PixelPanel.svelte"),
    import("../PredictCard.svelte"),
    import("../ThreePriors.svelte"),
    import("../TricksPanel.svelte"),
    import("../TrioHeadline.svelte"),
    import("../UploadCard.svelte"),
    import("./image-of-script"),
    import("./replay"),
    import("./upload"),
  ];
  // What is missing is said when it is asked for: the status of the learner, the notice of an example.
  await Promise.allSettled([lab.learner.client.prepare(), makePictures(lab), ...parts]);
  markOnce(LOADED);
}

async function makePictures(lab: Lab): Promise<void> {
  const { makeSource } = await import("./source");
  for (const { values } of EXAMPLES) {
    const setting = withValues(defaultSetting(), { ...values, lines: 0, model: "none" });
    const source = await makeSource(lab.topology, setting, lab.input, new AbortController().signal);
    lab.pictures = [...lab.pictures, source.image];
  }
}
