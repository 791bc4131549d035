// How components reach the state.

import { createContext } from "svelte";

import type { Lab } from "./lab.svelte";

/** The Lab that a component belongs to, and what gives it to the components below. */
export const [useLab, provideLab] = createContext<Lab>();
