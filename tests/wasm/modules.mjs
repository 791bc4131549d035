// The built modules, loaded in Node, and what the tests need around them.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Loads a module of pkg/; gives its exports and its memory. */
export async function load(name) {
  const folder = join(root, "pkg", name);
  assert.ok(existsSync(folder), `pkg/${name} is missing: run npm run build:wasm`);
  const module = await import(pathToFileURL(join(folder, `${name}.js`)));
  const { memory } = module.initSync({ module: readFileSync(join(folder, `${name}_bg.wasm`)) });
  return { ...module, memory };
}

/** The hexadecimal digits of the bytes of a typed array, or of numbers as doubles. */
export function hex(array) {
  const typed = Array.isArray(array) ? Float64Array.from(array) : array;
  return Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength).toString("hex");
}

/** The bytes of hexadecimal digits, in a buffer of their own. */
export function bytes(digits) {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

export function floats(digits) {
  return new Float32Array(bytes(digits).buffer);
}

/** Asserts that a call throws an error with this code and with a message that says something. */
export function assertThrows(call, code, message) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error, "an Error is thrown");
    assert.equal(error.name, "TopologyError", error.stack);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}
