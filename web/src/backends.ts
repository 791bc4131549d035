/** Which build of the learner runs, and why: the rules of {@link LearnerOptions.backend}. */
import { BettiscopeError } from "./error.js";
import { Engine } from "./learner-engine.js";
import type { LearnerStatus } from "./learner-types.js";
import type { Download } from "./options.js";
import type { Backend, BackendKind } from "./records.js";
import { isFatal } from "./worker-bridge.js";

/** How often WebGPU may be lost before the CPU is used for good. */
const MOST_LOSSES = 2;

/** How far the WebGPU build is: it is used when it is `"ready"`, and never again when it is `"given up"`. */
type GpuState = "unknown" | "coming" | "ready" | "given up";

export class Backends {
  readonly #wanted: "auto" | BackendKind;
  readonly #tell: (status: LearnerStatus) => void;
  readonly #cpu: Engine;
  readonly #gpu: Engine;
  #gpuState: GpuState = "unknown";
  #gpuBackend: Backend | undefined;
  #gpuComing: Promise<void> | undefined;
  #losses = 0;
  #cpuBackend: Promise<Backend> | undefined;
  #disposed = false;
  #status: LearnerStatus = { state: "idle", why: "Nothing has been asked for yet." };
  #beforeDownload = this.#status;

  constructor(wanted: "auto" | BackendKind, tell: (status: LearnerStatus) => void) {
    this.#wanted = wanted;
    this.#tell = tell;
    this.#cpu = new Engine("cpu", this.onDownload, () => {
      this.#cpuBackend = undefined;
    });
    this.#gpu = new Engine("webgpu", this.onDownload, (error) => this.#lose(error));
  }

  get status(): LearnerStatus {
    return this.#status;
  }

  /** Shows a download in the status; when it is over, the status is what it was before. */
  readonly onDownload = (download: Download | undefined): void => {
    if (download && download.loaded < download.total) {
      if (!this.#status.download) this.#beforeDownload = this.#status;
      this.#set({ ...this.#beforeDownload, state: "loading", download });
    } else if (this.#status.download) {
      this.#set(this.#beforeDownload);
    }
  };

  /** The engine for the next piece of work. It does not wait for WebGPU unless nothing else may be used. */
  async choose(signal?: AbortSignal): Promise<Engine> {
    signal?.throwIfAborted();
    if (this.#disposed) throw new BettiscopeError("disposed", "the client has been disposed of");
    if (this.#wanted === "webgpu" && this.#gpuState !== "given up" && this.#losses === 0) {
      await this.#bringGpu();
      signal?.throwIfAborted();
    }
    if (this.#gpuState === "ready") return this.#gpu;
    await this.#startCpu();
    signal?.throwIfAborted();
    if (this.#wanted !== "cpu" && this.#gpuState === "unknown") void this.#bringGpu();
    return this.#cpu;
  }

  /** Does something on the engine of the moment; once more on the next one if that dies of it. */
  async on<T>(work: (engine: Engine) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const engine = await this.choose(signal);
    try {
      return await work(engine);
    } catch (error) {
      if (!isFatal(error) || signal?.aborted) throw error;
      return work(await this.choose(signal));
    }
  }

  /** Forgets a network on both engines. */
  release(network: number): void {
    this.#cpu.release("releaseModel", network);
    this.#gpu.release("releaseModel", network);
  }

  dispose(): void {
    this.#disposed = true;
    this.#cpu.dispose();
    this.#gpu.dispose();
  }

  async #startCpu(): Promise<void> {
    this.#cpuBackend ??= this.#cpu.start().then(
      (backend) => {
        const why = this.#wanted === "cpu" ? "CPU, as asked for." : this.#whyNotGpu;
        if (this.#gpuState !== "ready") this.#set({ state: "ready", backend, why });
        return backend;
      },
      (error: unknown) => {
        this.#cpuBackend = undefined;
        this.#set({ state: "failed", why: messageOf(error) });
        throw error;
      },
    );
    await this.#cpuBackend;
  }

  #whyNotGpu = "CPU, until it is known whether WebGPU can be used.";

  /** Brings WebGPU up, once at a time. What goes wrong is told in the status. */
  #bringGpu(): Promise<void> {
    if (this.#gpuState === "ready" || this.#gpuState === "given up") return Promise.resolve();
    this.#gpuState = "coming";
    this.#gpuComing ??= this.#tryGpu()
      .then((backend) => {
        this.#gpuState = "ready";
        this.#gpuBackend = backend;
        this.#set({ state: "ready", backend, why: `WebGPU on ${backend.adapter}.` });
      })
      .catch((error: unknown) => this.#giveUp(`CPU: ${messageOf(error)}.`))
      .finally(() => {
        this.#gpuComing = undefined;
      });
    return this.#gpuComing;
  }

  async #tryGpu(): Promise<Backend> {
    // Before anything is downloaded.
    const asked = this.#wanted === "auto" ? this.#cpu : this.#gpu;
    const { found, adapter } = await asked.call((calls) => calls.probe());
    if (found === "none") throw new BettiscopeError("no-webgpu", "this browser offers no WebGPU adapter");
    if (found === "software" && this.#wanted === "auto") {
      throw new BettiscopeError("adapter-unsuitable", `the WebGPU adapter, ${adapter}, is software, which is slower`);
    }
    const backend = await this.#gpu.start();
    if (this.#wanted === "auto" && backend.isFallback) {
      throw new BettiscopeError(
        "adapter-unsuitable",
        `the WebGPU adapter, ${backend.adapter}, is software, which is slower`,
      );
    }
    this.#set({ ...this.#runningNow(), state: "warming", why: `WebGPU on ${backend.adapter} is being tested.` });
    const { agrees, largestDifference } = await this.#gpu.call((calls) => calls.selfTest());
    if (!agrees) {
      const message = `WebGPU on ${backend.adapter} computes something else than the CPU (by ${largestDifference})`;
      throw new BettiscopeError("adapter-unsuitable", message);
    }
    return backend;
  }

  #runningNow(): { backend?: Backend } {
    const backend = this.#status.backend;
    return backend ? { backend } : {};
  }

  /** The worker of WebGPU has died. Runs go on with the CPU; WebGPU gets a second chance, and no third. */
  #lose(error: BettiscopeError): void {
    this.#losses += 1;
    const wasReady = this.#gpuState === "ready";
    const adapter = this.#gpuBackend?.adapter ?? "this adapter";
    if (this.#losses >= MOST_LOSSES) {
      this.#giveUp(`CPU: WebGPU on ${adapter} was lost ${this.#losses} times (${messageOf(error)}).`);
      return;
    }
    // While it was coming up, bringing it up fails with this error and gives up.
    if (!wasReady) return;
    this.#gpuState = "unknown";
    this.#whyNotGpu = `CPU: WebGPU on ${adapter} was lost (${messageOf(error)}); it is tried once more.`;
    this.#cpuBackend = undefined;
    this.#set({ state: "lost", why: this.#whyNotGpu });
  }

  #giveUp(why: string): void {
    this.#gpuState = "given up";
    this.#whyNotGpu = why;
    this.#gpu.stop(new BettiscopeError("device-lost", why));
    if (this.#status.backend?.kind === "webgpu") {
      // The next piece of work starts the CPU, and says so.
      this.#cpuBackend = undefined;
      this.#set({ state: "lost", why });
    } else if (this.#status.backend) {
      this.#set({ state: "ready", backend: this.#status.backend, why });
    }
  }

  #set(status: LearnerStatus): void {
    if (this.#disposed) return;
    this.#status = status;
    this.#tell(status);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
