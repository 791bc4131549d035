/**
 * Cubical persistence, topological losses and the post-processing of segmentations, each in a worker of its own.
 *
 * @packageDocumentation
 */
export * from "./types.js";
