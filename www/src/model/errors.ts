// What is said of errors.

import { BettiscopeError } from "bettiscope";

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
