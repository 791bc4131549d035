// What a worker does in the tests of the learner in a browser: one scenario, then it is ended.

const SCENARIOS = {
  /** Some steps of a run, of a model or from a state, and the state after them. */
  async steps({ module, request, count }) {
    const learner = await module.Learner.create();
    const run = await start(module, learner, request);
    const steps = [];
    while (steps.length < count) steps.push(await run.step());
    return { backend: learner.backend, steps, state: await run.exportState() };
  },

  async segment({ module, request: { model, image, shape } }) {
    const learner = await module.Learner.create();
    return (await learner.loadModel(model).segment(image, shape)).slice();
  },

  /** The self-test, after the device was asked for twice. */
  async selfTest({ module }) {
    await module.Learner.create();
    return await (await module.Learner.create()).selfTest();
  },

  /** The code of the error with which the device cannot be opened. */
  async create({ module }) {
    return await codeOf(() => module.Learner.create());
  },

  /** A step that is cancelled while it is under way, and the next. */
  async cancel({ module, request }) {
    const run = await start(module, await module.Learner.create(), request);
    const first = await run.step();
    const step = run.step();
    const busy = await codeOf(() => run.step());
    // The device is at work now.
    await new Promise((resolve) => setTimeout(resolve));
    run.cancel();
    return { first, busy, cancelled: await codeOf(() => step), next: await run.step(), last: await run.step() };
  },

  /** A device that is lost between two steps: what the calls after that say, and the last state. */
  async loss({ module, request }) {
    const requestDevice = GPUAdapter.prototype.requestDevice;
    let device;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      device = await requestDevice.apply(this, options);
      return device;
    };
    const learner = await module.Learner.create();
    const run = await start(module, learner, request);
    await run.step();
    const second = await run.step();
    const state = await run.exportState();
    device.destroy();
    await device.lost;
    const calls = [() => run.step(), () => run.step(), () => run.exportState(), () => learner.selfTest()];
    const codes = [];
    for (const call of calls) codes.push(await codeOf(call));
    return { second, state, codes };
  },
};

const PATCHES = {
  noWebGpu: () => Object.defineProperty(navigator, "gpu", { value: undefined }),
  noAdapter: () => {
    GPU.prototype.requestAdapter = async () => null;
  },
  noTimestamps: () =>
    Object.defineProperty(GPUAdapter.prototype, "features", { value: new Set(["depth-clip-control"]) }),
  noDevice: () => {
    GPUAdapter.prototype.requestDevice = async () => {
      throw new DOMException("there is none", "OperationError");
    };
  },
};

async function start({ PostProcess }, learner, { model, image, shape, prior, options, state }) {
  if (state) return await PostProcess.importState(learner, state);
  return await PostProcess.ofModel(learner, learner.loadModel(model), image, shape, prior, options);
}

async function codeOf(call) {
  try {
    await call();
    return "none";
  } catch (error) {
    return error.code ?? `${error}`;
  }
}

globalThis.onmessage = async ({ data: { name, scenario, patch, ...rest } }) => {
  try {
    PATCHES[patch]?.();
    const module = await import(`./${name}/${name}.js`);
    await module.default();
    postMessage({ answer: await SCENARIOS[scenario]({ module, ...rest }) });
  } catch (error) {
    postMessage({ problem: `${error.code ?? ""} ${error.stack ?? error}` });
  }
};
