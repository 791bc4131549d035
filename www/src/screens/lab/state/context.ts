// How the components of the Lab reach its state, and the page that it is on.

import { createContext } from "svelte";

import type { Site } from "../../../services/site";
import type { Lab } from "./lab.svelte";

/** The Lab that a component belongs to, and what gives it to the components below. */
export const [useLab, provideLab] = createContext<Lab>();

/** The page, and what gives it to the components below. */
export const [useSite, provideSite] = createContext<Site>();
