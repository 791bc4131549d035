// Options of a run that suit what is optimised.

import type { ModelRecord } from "bettiscope";

import { FIELDS, type Setting } from "./setting";

/** What is optimised, and how. */
export type Advice = Pick<Setting, "target" | "lambda" | "rate" | "steps" | "holds">;

/**
 * For weights, what the record of the network says; for pixels, what closes the broken ring in some seconds. Adam moves
 * each weight, or each logit, by about the learning rate in a step.
 */
export function adviceFor(target: Setting["target"], record: ModelRecord | undefined): Advice {
  if (target === "pixels" || record === undefined) {
    const { lambda, rate, steps, holds } = FIELDS;
    const weights = { rate: 1e-4 };
    return {
      target,
      lambda: lambda.fallback,
      rate: rate.fallback,
      steps: steps.fallback,
      holds: holds.fallback,
      ...(target === "weights" ? weights : {}),
    };
  }
  const { lambda, learning_rate: rate, steps, until_prior_holds: holds = FIELDS.holds.fallback } = record;
  return { target, lambda, rate, steps, holds };
}
