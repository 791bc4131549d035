import type { Grid } from "./grid.js";
import type { CallOptions, Download } from "./options.js";
import type { Backend, BackendKind, PostProcessOptions, Prior, Step } from "./records.js";

/** How the learner is, as an event. The last one is {@link LearnerClient.status}. */
export interface LearnerStatus {
  /**
   * - `"idle"`: nothing has been asked for yet.
   * - `"loading"`: a build is downloaded; `download` says how far. `backend` is what runs meanwhile, if anything does.
   * - `"warming"`: the WebGPU build is loaded, compiles its shaders and tests itself.
   * - `"ready"`: `backend` runs.
   * - `"lost"`: `backend` died; runs go on from their last state on what comes next.
   * - `"failed"`: nothing runs; `why` says what happened.
   */
  readonly state: "idle" | "loading" | "warming" | "ready" | "lost" | "failed";
  /** What runs now. */
  readonly backend?: Backend;
  /** The build or the model that is downloaded. */
  readonly download?: Download;
  /** A sentence for people: why this backend and no other, or what went wrong. */
  readonly why: string;
}

/** How to make a {@link LearnerClient}. */
export interface LearnerOptions {
  /**
   * `"auto"` (the default): starts on the CPU build at once and moves to WebGPU when there is a hardware adapter and
   * the WebGPU build is loaded, warm, and agrees with the CPU. `"cpu"` and `"webgpu"` use that build and no other;
   * `"webgpu"` accepts software adapters too, and falls back on the CPU only where WebGPU does not run.
   */
  readonly backend?: "auto" | BackendKind;
  /** Called at every change of the status. */
  readonly onStatus?: (status: LearnerStatus) => void;
  /** The folder with `NAME.bpk` and `NAME.json`. Default: `models/` beside the page. */
  readonly models?: string | URL;
}

/** The record that lies beside a model as `NAME.json`: what the network is for, and how it was made. */
export interface ModelRecord {
  readonly name: string;
  /** What its images show, for people. */
  readonly title: string;
  /** The side of the square images that it was trained on, in pixels. */
  readonly size: number;
  readonly width: number;
  readonly depth: number;
  /** How the values of its images are brought to [0, 1]: `"type"` by their type's range, `"minmax"`, `"percentile"` by 1 to 99 %, or `"percentile:LOW,HIGH"`. */
  readonly normalisation: string;
  /**
   * In which order its images are prepared: `"crop, resample, normalise"`, or `"normalise, crop, resample"`, which is
   * also what a record without it means. See {@link Decoded.prepare}.
   */
  readonly preparation?: string;
  readonly threshold: number;
  /** The names of its classes, that of the background first; undefined where it has the foreground alone. */
  readonly classes?: readonly string[];
  /** The prior that all of its images have, if there is one, such as `"1,1"`, or of classes `"1:1,0; 2:1,1; 1+2:1,0"`. */
  readonly prior?: string;
  /** What is advised for post-processing. */
  readonly lambda: number;
  readonly learning_rate: number;
  readonly steps: number;
  /** For how many steps the prior should hold before a run ends. */
  readonly until_prior_holds?: number;
  /** The command, the data and the figures of its training. */
  readonly [further: string]: unknown;
}

/** A network that is loaded. */
export interface Model {
  /** The name that it was loaded by; "" if it was loaded from bytes. */
  readonly name: string;
  /** What is known of it; undefined if it was loaded from bytes. */
  readonly record: ModelRecord | undefined;
  readonly width: number;
  readonly depth: number;
  /** How many maps it gives: 1, that of the foreground, or one for each of several classes, of which the first is the background. */
  readonly classes: number;
  /** How many weights it has. */
  readonly parameters: number;
  /** Gives back the memory. Runs that were started with it go on. */
  dispose(): void;
}

/** What to post-process. */
export interface RunRequest {
  /** The network whose answer for `image` is post-processed; or else `map`. */
  readonly model?: Model;
  /** What the network sees: values in [0, 1], of the model's size. With `model`. */
  readonly image?: Grid;
  /** A probability map to be optimised itself; no network is needed, and the target is "pixels". */
  readonly map?: Grid;
  /** What the map should look like. A network of several classes takes a list, such as `"1:1,0; 2:1,1; 1+2:1,0"`. */
  readonly prior: string | Prior;
  readonly options?: PostProcessOptions;
  /** Where a run of this very request was: this one goes on from there. */
  readonly from?: SavedRun;
}

/** The state of a run after some steps. On the CPU a run that goes on from it makes the same steps bit by bit. */
export interface SavedRun {
  /** About 16 bytes for each weight or pixel that is optimised. */
  readonly state: Uint8Array;
  /** How many steps had been given: the next one has this number. */
  readonly steps: number;
}

/** A run. Asking for a step is running; not asking is pausing; `dispose` gives back its memory. */
export interface Run {
  /** The next step. The first is number 0. After a stop further steps may be asked for. */
  step(options?: CallOptions): Promise<Step>;
  /** Its last state that is here, of every fifth step; undefined before the first of them. */
  readonly saved: SavedRun | undefined;
  /** Goes back to the beginning. */
  reset(options?: CallOptions): Promise<void>;
  dispose(): void;
}

/** The network and the runs. It moves them between the backends by itself and says so by status events only. */
export interface LearnerClient {
  /** The last status event. */
  readonly status: LearnerStatus;
  /** Starts to load what will be needed, without waiting for the first model or run. */
  prepare(options?: CallOptions): Promise<void>;
  /** Loads a model by its name in the folder of models, or from the bytes of a `.bpk` file. */
  loadModel(model: string | Uint8Array, options?: CallOptions): Promise<Model>;
  /** The probability map that the network gives for an image of its size; of several classes `[classes, rows, columns]`. */
  segment(model: Model, image: Grid, options?: CallOptions): Promise<Grid>;
  /** Prepares a run. It computes nothing until its first step is asked for. */
  startRun(request: RunRequest, options?: CallOptions): Promise<Run>;
  /** Ends the workers. Calls that wait are rejected with the code `"disposed"`. */
  dispose(): void;
}
