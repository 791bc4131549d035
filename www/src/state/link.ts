// The setting in the address, and back.

import type { Lab } from "./lab.svelte";
import { readSetting, type Setting, writeSetting } from "./setting";

/** The link that restores the setting, or this change of it. */
export function linkOf(lab: Lab, change: Partial<Setting> = {}): string {
  const url = new URL(window.location.href);
  url.hash = writeSetting({ ...lab.setting, ...change });
  return url.href;
}

/**
 * Takes the setting of the address: that of the hash, with `?backend=` as a fallback for it. Says what was not
 * understood, and that files are not in links.
 */
export async function restore(lab: Lab): Promise<void> {
  const query = new URLSearchParams(window.location.search).get("backend");
  const hash = window.location.hash.replace(/^#/, "");
  const withQuery = query !== null && !/(^|&)backend=/.test(hash) ? `${hash}${hash && "&"}backend=${query}` : hash;
  const { setting, problems } = readSetting(withQuery);
  if (setting.source === "upload" && lab.input.given.file === undefined) {
    problems.push("The link was made with an uploaded file, and files are not in links: open the file again.");
    setting.source = "opening";
    setting.model = "none";
    setting.target = "pixels";
  }
  if (setting.source === "drawing" && lab.input.given.drawing === undefined) {
    problems.push("The link was made with a drawing, and drawings are not in links: draw it again.");
  }
  lab.notice = problems.length > 0 ? { kind: "note", text: problems.join(" ") } : undefined;
  lab.setting = setting;
  lab.learner.choose(setting.backend);
  await lab.maker.make();
}

/** Puts a setting into the address. */
export function keep(setting: Setting) {
  const hash = writeSetting(setting);
  const now = window.location.hash.replace(/^#/, "");
  if (now === hash || now === "about") return;
  const url = hash === "" ? window.location.pathname + window.location.search : `#${hash}`;
  window.history.replaceState(null, "", url);
}
