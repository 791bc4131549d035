// Parts of the page that are loaded when they are first needed by something other than a view.

import { BettiscopeError } from "bettiscope";

/** A part that is on its way. Rejects with a sentence that names it. */
export function loading<Part>(what: string, part: Promise<Part>): Promise<Part> {
  return part.catch((cause: unknown) => {
    throw new BettiscopeError("download-failed", `${what} could not be loaded`, { cause });
  });
}
