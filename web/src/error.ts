import type { LearnerErrorCode, TopologyErrorCode } from "./records.js";

/**
 * What went wrong. The codes are stable; the messages are for people: they say what was given and what is accepted.
 *
 * - Those of the modules: `"malformed"`, `"prior-syntax"`, `"shape-mismatch"` and so on.
 * - `"worker-crashed"`: the worker died, was replaced, and this answer was lost with it. Ask again.
 * - `"download-failed"`: a module, a model or its record could not be loaded.
 * - `"not-built"`: the module is not part of this build.
 * - `"disposed"`: the client, the model or the run was disposed of.
 * - `"no-webgpu"`: this browser, or this machine, has no WebGPU adapter.
 * - `"adapter-unsuitable"`: there is an adapter, but it lacks what the network needs.
 * - `"device-lost"`: the GPU went away in the middle of something. Runs go on elsewhere without the caller's help.
 * - `"internal"`: a mistake in this package.
 */
export type BettiscopeErrorCode =
  | TopologyErrorCode
  | LearnerErrorCode
  | "worker-crashed"
  | "download-failed"
  | "not-built"
  | "disposed";

/** What every call of this package rejects with, but for `AbortError` (a `DOMException`) after an abort. */
export class BettiscopeError extends Error {
  override readonly name = "BettiscopeError";
  /** Tells failures apart. */
  readonly code: BettiscopeErrorCode;

  constructor(code: BettiscopeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
