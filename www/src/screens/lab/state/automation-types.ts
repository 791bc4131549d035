// The types of `window.bettiscope`.

import type { BackendKind, Barcode } from "bettiscope";

import type { SCRIPTS_VERSION } from "../../../services/site";
import type { Values } from "./setting";

/** An image or a map that is there already. */
export interface Pixels {
  /** Row by row, in [0, 1]. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** What is on the screen. */
export interface LabState {
  /** How many updates have been made at the selected step. */
  readonly step: number;
  /** How many steps there are. */
  readonly steps: number;
  readonly backend: { readonly kind: BackendKind; readonly adapter: string } | undefined;
  /** Equation 5 and its terms at the selected step. */
  readonly losses: { readonly total: number; readonly similarity: number; readonly topological: readonly number[] };
  /** At the threshold of the setting. */
  readonly betti: readonly number[];
  readonly bars: Barcode | undefined;
  /** Such as "1,1", or where there are several classes "1:1,0; 2:1,1". */
  readonly prior: string;
  /** What there is of each prior, where several classes have one. */
  readonly classes: readonly {
    readonly set: string;
    readonly betti: readonly number[];
    readonly priorHolds: boolean;
  }[];
  /** Whether the prior holds at 0.5; where there are several classes, whether all do. */
  readonly priorHolds: boolean;
  readonly status: "empty" | "loading" | "ready" | "running" | "stopped";
  readonly error: string | undefined;
  readonly setting: Values;
  /** The map of the selected step, row by row, and its shape. */
  readonly map: Float32Array | undefined;
  readonly shape: readonly number[];
}

/** The Lab for scripts. Its functions are those of the buttons. */
export interface Automation {
  readonly version: typeof SCRIPTS_VERSION;
  /** Opens a file, what an address of this site gives, or pixels. Rejects if it cannot be used. */
  load(image: Blob | string | URL | Pixels): Promise<void>;
  /** Changes the setting; resolves when what depends on it is there. Rejects if a value is not accepted. */
  set(values: Partial<Values>): Promise<void>;
  /** Runs; resolves when the run has stopped. */
  run(): Promise<void>;
  pause(): void;
  /** Makes one update. */
  step(): Promise<void>;
  /** Back to step 0. */
  reset(): Promise<void>;
  /** Takes back what was done last: a stroke, a change of the setting, another image, a reset. */
  undo(): Promise<void>;
  /** Does again what was taken back. */
  redo(): Promise<void>;
  state(): LabState;
  /** Events `change` (the setting), `step` (a frame), `stop` (which rule held) and `error` (a sentence), in `detail`. */
  readonly events: EventTarget;
}

declare global {
  interface Window {
    /** The Lab for scripts. */
    bettiscope: Automation;
  }
}
