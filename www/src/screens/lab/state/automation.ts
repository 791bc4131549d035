// `window.bettiscope`: what the buttons do, for scripts.

import { textOf, textOfSets } from "../../../model/prior";
import { loading } from "../../../services/load";
import { SCRIPTS_VERSION } from "../../../services/site";
import type { Automation, LabState } from "./automation-types";
import type { Lab } from "./lab.svelte";
import { valuesOf } from "./setting";

/** The interface of a Lab for scripts. */
export function automate(lab: Lab): Automation {
  return {
    version: SCRIPTS_VERSION,
    load: async (image) => (await loading("what reads images", import("./image-of-script"))).load(lab, image),
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
    prior: lab.sets.length > 0 ? textOfSets(lab.sets) : textOf(setting.prior),
    classes: lab.sets.flatMap(({ set }, place) => {
      const found = frame?.sets?.[place];
      return found ? [{ set, ...found }] : [];
    }),
    priorHolds: frame?.priorHolds ?? false,
    status,
    error: lab.input.problem ?? (lab.notice?.kind === "error" ? lab.notice.text : undefined),
    setting: valuesOf(setting),
    map: frame?.map,
    shape: lab.shape,
  };
}
