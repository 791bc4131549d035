import { Backends } from "./backends.js";
import { BettiscopeError } from "./error.js";
import type { Network } from "./learner-engine.js";
import type { LearnerClient, LearnerOptions, Model, RunRequest } from "./learner-types.js";
import { fetchModel } from "./model-file.js";
import type { CallOptions } from "./options.js";
import { MovingRun } from "./run.js";

/** Makes a client of the network. Nothing is downloaded before {@link LearnerClient.prepare} or the first use. */
export function createLearner(options: LearnerOptions = {}): LearnerClient {
  const backends = new Backends(options.backend ?? "auto", options.onStatus ?? (() => {}));
  const networks = new WeakMap<Model, Network>();
  let ids = 0;

  const networkOf = (model: Model): Network => {
    const network = networks.get(model);
    if (!network) throw new BettiscopeError("disposed", "the model has been disposed of, or is another client's");
    return network;
  };

  return {
    get status() {
      return backends.status;
    },

    prepare: async (options?: CallOptions) => {
      await backends.choose(options?.signal);
    },

    loadModel: async (model, { signal } = {}) => {
      const { bytes, name, record } =
        typeof model === "string"
          ? await fetchModel(options.models ?? "models/", model, backends.onDownload, signal)
          : { bytes: model, name: "", record: undefined };
      const network: Network = { id: ids++, bytes };
      const sizes = await backends.on(
        (engine) => engine.call((calls) => calls.loadModel(network.id, bytes), signal),
        signal,
      );
      const loaded: Model = {
        name,
        record,
        ...sizes,
        dispose: () => {
          networks.delete(loaded);
          backends.release(network.id);
        },
      };
      networks.set(loaded, network);
      return loaded;
    },

    segment: async (model, image, { signal } = {}) => {
      const network = networkOf(model);
      const values = await backends.on((engine) => engine.segment(network, image, signal), signal);
      const shape = model.classes > 1 ? [model.classes, ...image.shape] : image.shape;
      return { values, shape };
    },

    startRun: async (request, { signal } = {}) => {
      signal?.throwIfAborted();
      const { prior, options, from } = request;
      return new MovingRun(
        { id: ids++, prior, options: optionsOf(request, options), from, ...subjectOf(request, networkOf) },
        () => backends.choose(),
      );
    },

    dispose: () => backends.dispose(),
  };
}

/** A map has no weights to optimise. */
function optionsOf({ map }: RunRequest, options: RunRequest["options"]) {
  return map ? { ...options, target: "pixels" as const } : options;
}

function subjectOf({ model, image, map }: RunRequest, networkOf: (model: Model) => Network) {
  if (map && !model && !image) return { network: undefined, grid: map };
  if (model && image && !map) return { network: networkOf(model), grid: image };
  throw new BettiscopeError("bad-argument", "a run needs a model and an image, or else a map, and not both");
}
