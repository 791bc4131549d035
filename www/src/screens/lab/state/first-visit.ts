import { remember, remembered } from "../../../services/storage";
import { isStill } from "../../../services/theme.svelte";

const VISITED = "visited";

/** Whether this is a first visit without a setting of its own, by someone who does not mind that things move. */
export function isFirstVisit(): boolean {
  if (isStill() || window.location.hash !== "") return false;
  const visited = remembered(VISITED);
  remember(VISITED, "1");
  // Without storage every visit looks like the first, and nobody wants to see this twice.
  return visited === null;
}
