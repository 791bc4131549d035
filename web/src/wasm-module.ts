/** Loads WebAssembly modules in a worker, with progress in bytes. */
import { BettiscopeError } from "./error.js";
import type { Download } from "./options.js";

/** What a worker is told when it starts. */
export interface WorkerEvents {
  download(download: Download): void;
  /** The compiled module, for the worker that may have to take this one's place: it need not load it again. */
  compiled(name: string, module: WebAssembly.Module): void;
}

/** What is known of a module before it is loaded. */
export interface ModuleDescription<Exports> {
  /** The name of its folder in `pkg/`. */
  readonly name: string;
  readonly file: URL;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Its JavaScript. */
  script(): Promise<Exports & Initialise>;
}

interface Initialise {
  default(input: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

/** A module that is loaded when it is first asked for. After a failure the next call tries again. */
export class WasmModule<Exports> {
  #loading: Promise<Exports> | undefined;

  constructor(private readonly description: ModuleDescription<Exports>) {}

  load(events: WorkerEvents, compiled: ReadonlyMap<string, WebAssembly.Module>): Promise<Exports> {
    this.#loading ??= this.#load(events, compiled).catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(events: WorkerEvents, known: ReadonlyMap<string, WebAssembly.Module>): Promise<Exports> {
    const { name, script } = this.description;
    const [exports, module] = await Promise.all([
      script().catch((cause: unknown) => {
        if (cause instanceof Error && "code" in cause) throw cause;
        throw new BettiscopeError("download-failed", `the module ${name} could not be loaded`, { cause });
      }),
      known.get(name) ?? this.#download(events),
    ]);
    await exports.default({ module_or_path: module });
    return exports;
  }

  async #download(events: WorkerEvents): Promise<WebAssembly.Module> {
    const { name, file, size } = this.description;
    const report = (loaded: number) => events.download({ what: name, loaded, total: Math.max(size, loaded) });
    const { body } = await fetchBody(file, `the module ${name}`);
    const counted = body.pipeThrough(count(report));
    // With this type the browser compiles while it loads, whatever type the server has sent.
    const response = new Response(counted, { headers: { "content-type": "application/wasm" } });
    const module = await WebAssembly.compileStreaming(response).catch((cause: unknown) => {
      throw new BettiscopeError("download-failed", `the module ${name} could not be compiled: ${cause}`, { cause });
    });
    report(size);
    events.compiled(name, module);
    return module;
  }
}

/** A file that is on its way. */
interface Body {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Of the whole file, if the server says so: not if it compresses it. */
  readonly length: number | undefined;
}

/** Fetches a file as a stream. What it is for is said in the error if it cannot be had. */
export async function fetchBody(file: URL, what: string, signal?: AbortSignal): Promise<Body> {
  const failure = (reason: unknown) =>
    new BettiscopeError("download-failed", `${what} could not be loaded from ${file}: ${reason}`, { cause: reason });
  const response = await fetch(file, signal ? { signal } : {}).catch((reason: unknown) => {
    throw signal?.aborted ? signal.reason : failure(reason);
  });
  if (!response.ok || !response.body) throw failure(`status ${response.status}`);
  const length = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  return { body: response.body, length: length || undefined };
}

/** Passes a stream on, and says how many bytes have come so far, at most every 50 ms. */
export function count(
  report: (loaded: number) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let loaded = 0;
  let next = 0;
  return new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      const now = performance.now();
      if (now >= next) {
        next = now + 50;
        report(loaded);
      }
      controller.enqueue(chunk);
    },
  });
}
