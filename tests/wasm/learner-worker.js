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
};

async function start({ PostProcess }, learner, { model, image, shape, prior, options, state }) {
  if (state) return await PostProcess.importState(learner, state);
  return await PostProcess.ofModel(learner, learner.loadModel(model), image, shape, prior, options);
}

onmessage = async ({ data: { name, scenario, ...rest } }) => {
  try {
    const module = await import(`./${name}/${name}.js`);
    await module.default();
    postMessage({ answer: await SCENARIOS[scenario]({ module, ...rest }) });
  } catch (error) {
    postMessage({ problem: `${error.code ?? ""} ${error.stack ?? error}` });
  }
};
