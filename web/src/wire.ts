/** What both ends of a worker agree on: how errors travel, and that arrays are handed over instead of copied. */
import { transfer, transferHandlers } from "comlink";

import { BettiscopeError, type BettiscopeErrorCode } from "./error.js";

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
}

/** Teaches comlink, at both ends, to keep the code of an error. By itself it keeps only name and message. */
export function keepErrorCodes(): void {
  const original = transferHandlers.get("throw");
  if (!original) throw new Error("comlink has no handler for what is thrown");
  transferHandlers.set("throw", {
    canHandle: original.canHandle,
    serialize: ({ value }: { value: unknown }) => [describe(value), []],
    deserialize: (thrown: Thrown) => {
      throw restore(thrown);
    },
  });
}

function describe(value: unknown): Thrown {
  if (!(value instanceof Error)) return { name: "Error", message: String(value), code: undefined };
  const code = "code" in value && typeof value.code === "string" ? value.code : undefined;
  return { name: value.name, message: value.message, code };
}

function restore({ name, message, code }: Thrown): BettiscopeError {
  if (code !== undefined) return new BettiscopeError(code as BettiscopeErrorCode, message);
  // A trap: after it the memory of the module cannot be trusted.
  if (name === "RuntimeError") return new BettiscopeError("worker-crashed", `the module stopped: ${message}`);
  return new BettiscopeError("other", message);
}

/** The record, with every array in it moved to the other side. */
export function handOver<T extends object>(record: T): T {
  const buffers = new Set<ArrayBuffer>();
  collectBuffers(record, buffers);
  return transfer(record, [...buffers]);
}

function collectBuffers(value: unknown, buffers: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  } else if (Array.isArray(value)) {
    // An array of numbers has no buffers, and may be long.
    if (typeof value[0] === "object") for (const entry of value) collectBuffers(entry, buffers);
  } else if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const entry of Object.values(value)) collectBuffers(entry, buffers);
  }
}
