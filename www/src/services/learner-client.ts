// The client of the networks, for who loads it when a network is first needed.

export { createLearner } from "bettiscope";
