// `window.bettiscope`: what the buttons do, for scripts.

import { textOf } from "../../../model/prior";
import { SCRIPTS_VERSION } from "../../../services/site";
import type { Automation, LabState, Pixels } from "./automation-types";
import type { Lab } from "./lab.svelte";
import { valuesOf } from "./setting";
import { LARGEST } from "./sizes";

/** The interface of a Lab for scripts. */
export function automate(lab: Lab): Automation {
  return {
    version: SCRIPTS_VERSION,
    load: (image) => load(lab, image),
    set: async (values) => lab.set(values),
    run: () => lab.runner.run(),
    pause: () => lab.runner.pause(),
    step: () => lab.runner.step(),
    reset: () => lab.runner.reset(),
    undo: async () => lab.undo(),
    redo: async () => lab.redo(),
    state: () => stateOf(lab),
    events: lab.events,
  };
}

async function load(lab: Lab, image: Blob | string | URL | Pixels): Promise<void> {
  const open = async (file: Blob, name?: string) => {
    if (await lab.input.open(file, name)) return;
    const { problem } = lab.input;
    throw new Error(problem ?? (lab.notice?.kind === "error" ? lab.notice.text : "Another image came instead."));
  };
  if (image instanceof Blob) await open(image);
  else if (typeof image === "string" || image instanceof URL) {
    const response = await fetch(image);
    if (!response.ok) throw new Error(`${image} answers with ${response.status} ${response.statusText}.`);
    await open(await response.blob(), String(image).split("/").at(-1) ?? "image");
  } else await open(await npy(lab, image), `${image.width} x ${image.height} pixels`);
}

/** Pixels as a file, so that they go the way of all others. */
async function npy(lab: Lab, { data, width, height }: Pixels): Promise<Blob> {
  const isWhole = (length: number) => Number.isInteger(length) && length >= 1 && length <= 16 * LARGEST;
  if (!isWhole(width) || !isWhole(height) || data.length !== width * height) {
    throw new RangeError(
      `${data.length} values were given for ${width} x ${height} pixels; accepted are width times height values.`,
    );
  }
  const grid = { values: Float32Array.from(data), shape: [height, width] };
  return new Blob([await lab.topology.encode(grid, { format: "npy", sampleType: "float32" })]);
}

function stateOf(lab: Lab): LabState {
  const { frame, setting, status, analyser, learner } = lab;
  const backend = learner.status.backend;
  return {
    step: frame?.number ?? 0,
    steps: lab.history.length,
    backend: backend && { kind: backend.kind, adapter: backend.adapter },
    losses: {
      total: frame?.total ?? 0,
      similarity: frame?.similarity ?? 0,
      topological: frame?.topological ?? [],
    },
    betti: analyser.analysis?.frame === frame ? (analyser.analysis?.betti ?? []) : (frame?.betti ?? []),
    bars: frame?.barcode,
    prior: textOf(setting.prior),
    priorHolds: frame?.priorHolds ?? false,
    status,
    error: lab.input.problem ?? (lab.notice?.kind === "error" ? lab.notice.text : undefined),
    setting: valuesOf(setting),
    map: frame?.map,
    shape: lab.shape,
  };
}
