// The setting in the address, and back.

import { type Place, urlOf } from "../../../services/place.svelte";
import { DRAWING_NOT_IN_LINK, FILE_NOT_IN_LINK } from "../../../words/notices";
import type { Lab } from "./lab.svelte";
import { readSetting, type Values, withValues, writeSetting } from "./setting";

/** The name of the Lab in the address. */
export const SCREEN = "lab";

/** The link that restores the setting, or this change of it. */
export function linkOf(lab: Lab, change: Partial<Values> = {}): string {
  return urlOf({ screen: SCREEN, fields: writeSetting(withValues(lab.setting, change)) });
}

/**
 * Takes the setting of the address: that of the hash, with `?backend=` as a fallback for it. Says what was not
 * understood, and that files are not in links.
 */
export async function restore(lab: Lab, { fields }: Pick<Place["now"], "fields">): Promise<void> {
  const query = new URLSearchParams(window.location.search).get("backend");
  const withQuery =
    query !== null && !/(^|&)backend=/.test(fields) ? `${fields}${fields && "&"}backend=${query}` : fields;
  let { setting, problems } = readSetting(withQuery);
  if (setting.source === "upload" && lab.input.given.file === undefined) {
    problems.push(FILE_NOT_IN_LINK);
    setting = withValues(setting, { source: "opening", model: "none", target: "pixels" });
  }
  if (setting.source === "drawing" && lab.input.given.drawing === undefined) {
    problems.push(DRAWING_NOT_IN_LINK);
  }
  lab.notice = problems.length > 0 ? { kind: "note", text: problems.join(" ") } : undefined;
  await lab.open(setting);
}

/** Whether the address is of the Lab, and has another setting than it. */
export function isElsewhere(lab: Lab, { now }: Place): boolean {
  return now.screen === SCREEN && now.fields !== writeSetting(lab.setting);
}
