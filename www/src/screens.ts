// All screens of the page.

import { FIELDS } from "./screens/lab/state/setting";
import type { Screen } from "./services/site";

/** The screens in the order of their doors. */
export const SCREENS: readonly Screen[] = [
  { name: "lab", title: "Lab", fields: FIELDS, load: () => import("./screens/lab/Lab.svelte") },
  { name: "about", title: "About", fields: {}, load: () => import("./screens/about/About.svelte") },
];
