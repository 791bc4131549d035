// The client of the networks, which is loaded when it is first asked for something: the first barcode needs none.

import type { LearnerClient, LearnerOptions, LearnerStatus } from "bettiscope";

import { loading } from "./load";

/** A client that is not here yet; its calls wait for it. */
export function createLazyLearner(options: LearnerOptions): LearnerClient {
  let status: LearnerStatus = { state: "idle", why: "The network is loaded when it is first needed." };
  let isDisposed = false;
  let made: Promise<LearnerClient> | undefined;
  const onStatus = (now: LearnerStatus) => {
    status = now;
    options.onStatus?.(now);
  };
  const load = async (): Promise<LearnerClient> => {
    const { createLearner } = await loading("what runs the network", import("./learner-client"));
    const client = createLearner({ ...options, onStatus });
    if (isDisposed) client.dispose();
    return client;
  };
  const client = () => {
    made ??= load().catch((error: unknown) => {
      made = undefined;
      if (error instanceof Error && !isDisposed) onStatus({ state: "failed", why: error.message });
      throw error;
    });
    return made;
  };
  return {
    get status() {
      return status;
    },
    prepare: async (options) => (await client()).prepare(options),
    loadModel: async (model, options) => (await client()).loadModel(model, options),
    segment: async (model, image, options) => (await client()).segment(model, image, options),
    startRun: async (request, options) => (await client()).startRun(request, options),
    dispose: () => {
      isDisposed = true;
      made?.then((client) => client.dispose()).catch(() => {});
    },
  };
}
