// The colours of a theme, read from the style sheet, so that canvases follow it.

/** The colours that canvases draw with. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly contour: string;
  /** One per dimension: components, loops, cavities. */
  readonly features: readonly string[];
  /** One per class, without the background. */
  readonly classes: readonly string[];
  /** The same as of features, readable as text. */
  readonly text: readonly string[];
  /** The font of canvases, without its size. */
  readonly font: string;
}

/** The palette as it is now. */
export function readPalette(element: HTMLElement = document.documentElement): Palette {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  // Where the visitor has chosen colours for everything, those of the theme are names of them, such as CanvasText.
  const probe = document.createElement("span");
  probe.style.setProperty("forced-color-adjust", "none");
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    ink: colour("--ink"),
    muted: colour("--muted"),
    line: colour("--line"),
    surface: colour("--surface"),
    contour: value("--contour"),
    features: [value("--components"), value("--loops"), value("--cavities")],
    classes: [value("--class-1"), value("--class-2")],
    text: [colour("--components-text"), colour("--loops-text"), colour("--cavities-text")],
    font: value("--font"),
  };
  probe.remove();
  return palette;
}

/** Makes a canvas as sharp as the screen is, and gives its context, in CSS pixels. */
export function sharpen(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  const [columns, rows] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser gives no 2D drawing context.");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
