// The network's side: the client of its worker, the models that are loaded, and what is said of it.

import type { LearnerClient, LearnerOptions, LearnerStatus, Model } from "bettiscope";

import { createLazyLearner } from "./lazy-learner";

/** The folder of the models, which the build names. */
declare const MODELS: string;

/** The names of the models. */
export type ModelName = "digits" | "heart" | "heart-classes" | "shapes";

/** The client of one backend, made when it is first needed. */
export class Learner {
  /** What the page says of it. */
  status: LearnerStatus = $state.raw({ state: "idle", why: "The network is loaded when it is first needed." });

  #client: LearnerClient | undefined;
  #backend: "auto" | "cpu" | "webgpu" = "auto";
  #models = new Map<ModelName, Promise<Model>>();

  readonly #create: (options: LearnerOptions) => LearnerClient;

  constructor(create: (options: LearnerOptions) => LearnerClient = createLazyLearner) {
    this.#create = create;
  }

  /** The client. */
  get client(): LearnerClient {
    this.#client ??= this.#create({
      backend: this.#backend,
      models: MODELS,
      onStatus: (status) => {
        this.status = status;
      },
    });
    return this.#client;
  }

  /** Chooses what computes; runs of another backend end. */
  choose(backend: "auto" | "cpu" | "webgpu") {
    if (backend === this.#backend) return;
    this.#backend = backend;
    this.#client?.dispose();
    this.#client = undefined;
    this.#models.clear();
    this.status = { state: "idle", why: "The network is loaded when it is first needed." };
  }

  /** A model by its name; it is loaded once. */
  model(name: ModelName): Promise<Model> {
    const known = this.#models.get(name);
    if (known) return known;
    const loading = this.client.loadModel(name);
    this.#models.set(name, loading);
    loading.catch(() => this.#models.delete(name));
    return loading;
  }
}
