import { loading } from "../../../services/load";
import type { Replay } from "./replay";

/** A run of a course that has not made a step yet. What runs is loaded with the first. */
export async function replayBefore(...given: Parameters<typeof Replay.before>): Promise<Replay> {
  const { Replay } = await loading("what makes steps", import("./replay"));
  return Replay.before(...given);
}
