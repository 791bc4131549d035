// A line that pointers can drag.

/** How near to the line a pointer takes hold of it, in CSS pixels. */
const REACH = { mouse: 5, touch: 16 } as const;

/** Follows the pointer that drags a line, so that the click at the end of it is not taken for one on what is there. */
export class Grip {
  #holder: number | undefined;
  #hasDragged = false;

  /** Whether a pointer at this distance from the line would take hold of it. */
  isNear({ pointerType }: PointerEvent, distance: number): boolean {
    return Math.abs(distance) <= (pointerType === "touch" ? REACH.touch : REACH.mouse);
  }

  /** A pointer comes down at this distance from the line. */
  take(event: PointerEvent, distance: number) {
    this.#hasDragged = false;
    if (event.button !== 0 || this.#holder !== undefined || !this.isNear(event, distance)) return;
    this.#holder = event.pointerId;
    if (event.target instanceof Element) event.target.setPointerCapture(event.pointerId);
  }

  /** Whether a movement is that of the line. */
  drags({ pointerId }: PointerEvent): boolean {
    const isHolder = pointerId === this.#holder;
    this.#hasDragged ||= isHolder;
    return isHolder;
  }

  /** A pointer goes up or is taken away. */
  release({ pointerId }: PointerEvent) {
    if (pointerId === this.#holder) this.#holder = undefined;
  }

  /** Whether a click ends a drag. */
  get hasDragged(): boolean {
    return this.#hasDragged;
  }
}

/** The threshold at a place of a scale: in hundredths, as the slider has it. */
export function thresholdAt(scale: { invert(place: number): number }, place: number): number {
  return Math.min(1, Math.max(0, Math.round(scale.invert(place) * 100) / 100));
}
