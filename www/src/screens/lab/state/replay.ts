// The run of a course, at any of its steps: what the runner goes on with, and what computes a dropped step again.

import type { LearnerClient, Run, RunRequest, Step } from "bettiscope";
import { asked, textOfSets } from "../../../model/prior";
import type { Learner } from "../../../services/learner.svelte";
import type { Course, Origin } from "./course.svelte";
import type { Setting } from "./setting";

/** What a run begins with. */
type RunsFrom = Pick<Origin, "source" | "map" | "isPainted">;

/** A run of a course. */
export class Replay {
  readonly course: Course;
  /** The number of the step that comes next. */
  next: number;
  readonly #run: Run;
  readonly #client: LearnerClient;

  private constructor(course: Course, run: Run, next: number, client: LearnerClient) {
    this.course = course;
    this.next = next;
    this.#run = run;
    this.#client = client;
  }

  /** A run of a course that has not made this step yet: from the last state before it. */
  static async before(number: number, course: Course, learner: Learner, signal?: AbortSignal): Promise<Replay> {
    const { client } = learner;
    const request = await requestOf(course.origin, course.origin.setting, learner);
    const from = course.stateBefore(number);
    const run = await client.startRun({ ...request, ...(from ? { from } : {}) }, signal ? { signal } : {});
    return new Replay(course, run, from?.steps ?? 0, client);
  }

  /** The last state that is here. */
  get saved(): Run["saved"] {
    return this.#run.saved;
  }

  /** Whether what computed it is still what computes. */
  isOf(learner: Learner): boolean {
    return this.#client === learner.client;
  }

  /** The next step. */
  async step(signal?: AbortSignal): Promise<Step> {
    const step = await this.#run.step(signal ? { signal } : {});
    this.next = step.number + 1;
    return step;
  }

  /** Gives back the memory. */
  dispose() {
    this.#run.dispose();
  }
}

/** The first step of a run, before any update. */
export async function firstStep(
  origin: RunsFrom,
  setting: Setting,
  learner: Learner,
  signal: AbortSignal,
): Promise<Step> {
  const { client } = learner;
  const run = await client.startRun(await requestOf(origin, setting, learner), { signal });
  try {
    return await run.step({ signal });
  } finally {
    run.dispose();
  }
}

/** What a run is asked for with: the network and its image, or a map that has none or was painted. */
export async function requestOf(origin: RunsFrom, setting: Setting, learner: Learner): Promise<RunRequest> {
  const { source, map, isPainted } = origin;
  const { prior, sets } = setting;
  const request = { prior: asked(prior), options: optionsOf(setting) };
  if (setting.model === "none" || isPainted) return { ...request, map };
  if (sets.length > 0) request.prior.betti = textOfSets(sets);
  return { ...request, model: await learner.model(setting.model), image: source.image };
}

function optionsOf({ lambda, rate, target, connectivity, holds, model }: Setting) {
  return {
    lambda,
    learningRate: rate,
    target: model === "none" ? ("pixels" as const) : target,
    connectivity,
    stop: holds > 0 ? { priorHoldsFor: holds } : {},
  };
}
