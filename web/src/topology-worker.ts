/** The worker of {@link createTopology}: each call loads the module that it needs and passes its answer on. */
import { expose } from "comlink";

import { barcodeCalls } from "./barcode-calls.js";
import { decodedCalls, fileCalls, handleCalls } from "./file-calls.js";
import { maskCalls } from "./mask-calls.js";
import { openModules, topology } from "./modules.js";
import { synthesisCalls } from "./synthesis-calls.js";
import { keepErrorCodes } from "./wire.js";

const calls = {
  open: openModules,
  async load(): Promise<void> {
    await topology();
  },
  ...barcodeCalls,
  ...maskCalls,
  ...fileCalls,
  ...decodedCalls,
  ...handleCalls,
  ...synthesisCalls,
};

/** What the client sees of this file. */
export type TopologyWorker = typeof calls;

keepErrorCodes();
expose(calls);
