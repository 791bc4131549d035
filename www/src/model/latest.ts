// Work that is asked for faster than it is done: only the last request counts.

import { BettiscopeError } from "bettiscope";

/**
 * Wraps `work` so that it runs once at a time: requests that come meanwhile replace each other, and the last one is
 * done next.
 */
export function latest<Request>(work: (request: Request) => Promise<void>): (request: Request) => Promise<void> {
  let waiting: { request: Request } | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (waiting) {
      const { request } = waiting;
      waiting = undefined;
      await work(request);
    }
  };
  return (request) => {
    waiting = { request };
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Whether an error only says that the work was no longer wanted. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The sentence of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same as a sentence of its own; after a failed download, what can be done. */
export function sentenceOf(error: unknown): string {
  const message = messageOf(error).replace(/\.$/, "");
  const isDownload = error instanceof BettiscopeError && error.code === "download-failed";
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.${isDownload ? " Try again when there is a connection." : ""}`;
}
