/** Models as files: `NAME.bpk` with the weights and `NAME.json` with what is known of them. */
import { BettiscopeError } from "./error.js";
import type { ModelRecord } from "./learner-types.js";
import type { Download } from "./options.js";
import { count, fetchBody } from "./wasm-module.js";

/** Loads both files of a model from the folder. */
export async function fetchModel(
  folder: string | URL,
  name: string,
  onDownload: (download: Download | undefined) => void,
  signal: AbortSignal | undefined,
): Promise<{ name: string; record: ModelRecord; bytes: Uint8Array }> {
  const base = new URL(folder, document.baseURI);
  const file = (extension: string) => new URL(`${encodeURIComponent(name)}.${extension}`, base);
  const report = (loaded: number, total = loaded) => onDownload({ what: name, loaded, total });
  const load = async (extension: string, what: string) => {
    const { body, length } = await fetchBody(file(extension), what, signal);
    const counted = extension === "bpk" ? body.pipeThrough(count((loaded) => report(loaded, length))) : body;
    return new Response(counted).arrayBuffer();
  };
  try {
    const [weights, text] = await Promise.all([
      load("bpk", `the model ${name}`),
      load("json", `the record of the model ${name}`),
    ]);
    return { name, record: parseRecord(name, new TextDecoder().decode(text)), bytes: new Uint8Array(weights) };
  } finally {
    onDownload(undefined);
  }
}

function parseRecord(name: string, text: string): ModelRecord {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BettiscopeError("malformed", `the record of the model ${name} is no JSON: ${cause}`, { cause });
  }
}
