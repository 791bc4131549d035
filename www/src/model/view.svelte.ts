// What the pictures and charts of a screen share: the frame, the threshold, what is pointed at and where one looks.

import { type BarKey, barOf, barOfPixel, keyOf } from "./bars";
import type { Frame } from "./frame";
import { around, type Spot } from "./verdict";
import { type Viewport, WHOLE } from "./viewport";

/** What there is to see, which the screen decides. */
export interface Shown {
  /** The step on the screen. */
  readonly frame: Frame | undefined;
  /** The shape of its map. */
  readonly shape: readonly number[];
  readonly threshold: number;
  /** Whether the bars are to be guessed first: none of them is pointed at. */
  readonly isCovered: boolean;
}

/** One view: whatever is drawn with it shows the same part of the image and lights the same bar. */
export class View {
  hovered: BarKey | undefined = $state.raw();
  pinned: BarKey | undefined = $state.raw();
  /** The pixel under the pointer: a flat index. */
  pixel: number | undefined = $state();
  viewport: Viewport = $state.raw(WHOLE);
  /** The spot that is looked at: where the mask is wrong. */
  spot: Spot | undefined = $state.raw();

  readonly #shown: Shown;
  readonly hoveredBar: number | undefined = $derived(this.#find(this.hovered));
  readonly pinnedBar: number | undefined = $derived(this.#find(this.pinned));

  /** `shown` is read whenever it is needed: where its properties are state, the view follows them. */
  constructor(shown: Shown) {
    this.#shown = shown;
  }

  get frame(): Frame | undefined {
    return this.#shown.frame;
  }

  get shape(): readonly number[] {
    return this.#shown.shape;
  }

  get threshold(): number {
    return this.#shown.threshold;
  }

  get isCovered(): boolean {
    return this.#shown.isCovered;
  }

  /** Points at a bar of the frame; undefined or -1: at none. */
  hover(bar: number | undefined) {
    this.hovered = this.#keyOf(bar);
  }

  /** Points at a pixel, and at the bar that it decides about. */
  pointAt(pixel: number | undefined) {
    if (pixel === this.pixel) return;
    this.pixel = pixel;
    this.hover(pixel === undefined ? undefined : this.barAt(pixel));
  }

  /** The bar that a pixel decides about. */
  barAt(pixel: number): number | undefined {
    return this.frame && barOfPixel(this.frame, pixel);
  }

  /** Pins a bar; the same bar, or none, lets go. Says whether one is pinned now. */
  pin(bar: number | undefined): boolean {
    const isSame = bar === undefined || bar === this.pinnedBar;
    this.pinned = isSame ? undefined : this.#keyOf(bar);
    return this.pinned !== undefined;
  }

  /** Shows a spot; of the one that is shown already, everything around it again. */
  lookAt(spot: Spot) {
    this.spot = spot === this.spot ? undefined : spot;
    this.viewport = this.spot ? around(this.spot) : WHOLE;
  }

  /** Lets go of everything, for another image. */
  reset() {
    [this.pinned, this.hovered] = [undefined, undefined];
    this.viewport = WHOLE;
  }

  #keyOf(bar: number | undefined): BarKey | undefined {
    return this.frame === undefined || bar === undefined || bar < 0 ? undefined : keyOf(this.frame, bar);
  }

  #find(key: BarKey | undefined): number | undefined {
    return key === undefined || this.frame === undefined || this.isCovered ? undefined : barOf(this.frame, key);
  }
}
