// The palette as state: it changes when the theme does.

import { type Palette, readPalette } from "./palette";

let palette: Palette | undefined = $state.raw();

/** The palette of the theme, as a view of it that stays up to date. */
export function usePalette(): Palette {
  palette ??= readPalette();
  const now = () => palette ?? readPalette();
  return new Proxy({} as Palette, { get: (_, name) => now()[name as keyof Palette] });
}

/** Whether the system wants it dark. */
const media = window.matchMedia("(prefers-color-scheme: dark)");
/** Whether the visitor has chosen colours for everything. */
const forced = window.matchMedia("(forced-colors: active)");

/** Chooses the other theme, from now on whatever the system says. */
export function toggleTheme() {
  media.removeEventListener("change", followSystem);
  show(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
}

/** Shows the theme of the system, and follows it when it changes. To be called once, before anything is drawn. */
export function followTheme() {
  followSystem();
  media.addEventListener("change", followSystem);
  forced.addEventListener("change", () => {
    palette = readPalette();
  });
}

function followSystem() {
  show(media.matches ? "dark" : "light");
}

function show(theme: "light" | "dark") {
  document.documentElement.dataset.theme = theme;
  palette = readPalette();
}

/** Whether the visitor prefers that nothing moves. */
export function isStill(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
