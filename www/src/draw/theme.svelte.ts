// The palette as state: it changes when the theme does.

import { type Palette, readPalette } from "./palette";

let palette: Palette | undefined = $state.raw();

/** The palette of the theme, as a view of it that stays up to date. */
export function usePalette(): Palette {
  palette ??= readPalette();
  const now = () => palette ?? readPalette();
  return new Proxy({} as Palette, { get: (_, name) => now()[name as keyof Palette] });
}

/** Chooses a theme, or the system's with `undefined`. */
export function chooseTheme(theme: "light" | "dark" | undefined) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  palette = readPalette();
}

/** Follows the system. To be called once. */
export function followTheme(): () => void {
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    palette = readPalette();
  };
  media.addEventListener("change", update);
  return () => media.removeEventListener("change", update);
}
