/**
 * When a call is to be answered: `"now"` before all others that wait, as for what a pointer is on; `"soon"`, the default,
 * in the order of the calls; `"later"` when there is time, as for the files of a folder.
 */
export type Priority = "now" | "soon" | "later";

/** What every call that takes time accepts. */
export interface CallOptions {
  /** Rejects the call when it is aborted. If the worker is busy with it, the worker is replaced. */
  readonly signal?: AbortSignal;
  /** When it is to be answered, where several wait. Default: `"soon"`. Runs and networks have a worker of their own. */
  readonly priority?: Priority;
}

/** A download, in bytes as they are after decompression. */
export interface Download {
  /** What is downloaded: the name of a module ("topology") or of a model ("digits"). */
  readonly what: string;
  /** How much is here. */
  readonly loaded: number;
  /** How much there will be. */
  readonly total: number;
}
