// The setting in the address, and back.

import type { Lab } from "./lab.svelte";
import { readSetting, type Setting, writeSetting } from "./setting";

/** Whether the address is that of About. */
export function isAbout(): boolean {
  return window.location.hash === "#about";
}

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
  const hash = hashNow();
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
  await lab.open(setting);
}

/** Whether the address has another setting than the Lab. */
export function isElsewhere(lab: Lab): boolean {
  return hashNow() !== writeSetting(lab.setting);
}

/** Puts a setting into the address. */
export function keep(setting: Setting) {
  const hash = writeSetting(setting);
  if (hashNow() === hash || isAbout()) return;
  const url = hash === "" ? window.location.pathname + window.location.search : `#${hash}`;
  window.history.replaceState(null, "", url);
}

/** The setting that the address has; that of About has none. */
function hashNow(): string {
  return isAbout() ? "" : window.location.hash.replace(/^#/, "");
}
