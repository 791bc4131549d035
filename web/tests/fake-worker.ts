/** Workers for the tests of the clients: the same messages, in this process. */
import { type Endpoint, expose } from "comlink";

/** Makes `new Worker(url)` give workers of these calls, by the name of the file. */
export function installWorkers(calls: Record<string, () => object>): FakeWorker[] {
  const workers: FakeWorker[] = [];
  class Installed extends FakeWorker {
    constructor(url: URL) {
      const name = Object.keys(calls).find((name) => url.pathname.endsWith(`/${name}.js`));
      if (!name) throw new Error(`there are no calls for ${url}`);
      super(name, calls[name]?.() ?? {});
      workers.push(this);
    }
  }
  globalThis.Worker = Installed as unknown as typeof Worker;
  return workers;
}

export class FakeWorker extends EventTarget {
  readonly name: string;
  isTerminated = false;
  readonly #here: MessagePort;
  readonly #there: MessagePort;

  constructor(name: string, calls: object) {
    super();
    this.name = name;
    const { port1, port2 } = new MessageChannel();
    this.#here = port1;
    this.#there = port2;
    expose(calls, port2 as unknown as Endpoint);
    port1.addEventListener("message", (event) => {
      this.dispatchEvent(new MessageEvent("message", { data: (event as MessageEvent).data }));
    });
    port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#here.postMessage(message, transfer);
  }

  terminate(): void {
    this.isTerminated = true;
    this.#here.close();
    this.#there.close();
  }

  /** What a browser does when something is thrown in a worker and nobody catches it. */
  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event("error"), { message }));
  }
}
