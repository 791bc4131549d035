import type { LearnerOptions } from "bettiscope";
import { beforeEach, expect, test, vi } from "vitest";

import { createLazyLearner } from "./lazy-learner";

const made: { options: LearnerOptions; dispose: () => void }[] = [];
let isThere = true;

vi.mock("./learner-client", () => ({
  get createLearner() {
    if (!isThere) throw new Error("no connection");
    return (options: LearnerOptions) => {
      const client = { options, prepare: async () => {}, dispose: vi.fn() };
      made.push(client);
      return client;
    };
  },
}));

beforeEach(() => {
  made.length = 0;
  isThere = true;
});

test("the client is loaded with the first call, and once", async () => {
  const told: string[] = [];
  const learner = createLazyLearner({ backend: "cpu", onStatus: ({ why }) => told.push(why) });
  expect(learner.status.state).toBe("idle");
  expect(made).toHaveLength(0);
  await Promise.all([learner.prepare(), learner.prepare()]);
  expect(made).toHaveLength(1);
  expect(made[0]?.options.backend).toBe("cpu");
  made[0]?.options.onStatus?.({ state: "ready", why: "CPU, as asked for." });
  expect(learner.status.state).toBe("ready");
  expect(told).toEqual(["CPU, as asked for."]);
});

test("a client that is disposed of before it is here is disposed of when it comes", async () => {
  const learner = createLazyLearner({});
  const prepared = learner.prepare();
  learner.dispose();
  await prepared;
  expect(made[0]?.dispose).toHaveBeenCalled();
});

test("what does not load is said, and asked for again by the next call", async () => {
  isThere = false;
  const learner = createLazyLearner({});
  await expect(learner.prepare()).rejects.toThrow("no connection");
  expect(learner.status).toMatchObject({ state: "failed", why: "no connection" });
  isThere = true;
  await learner.prepare();
  expect(made).toHaveLength(1);
});
