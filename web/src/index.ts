/**
 * Cubical persistence, topological losses and the post-processing of segmentations, each in a worker of its own.
 *
 * @packageDocumentation
 */
export { createLearner } from "./learner.js";
export { createTopology } from "./topology.js";
export * from "./types.js";
