// What fingers, a pen or the mouse do on a picture: one of them presses and drags, two of them pinch.

import type { Place } from "../model/viewport";

/** What a movement means: the picture, or a brush, goes from one place to another, and for two pointers grows too. */
export interface Movement {
  readonly from: Place;
  readonly to: Place;
  /** How much further apart two pointers are now; 1 for a single one. */
  readonly factor: number;
}

/** How far a pointer may go and still be a press, in CSS pixels. */
const STILL = 4;
/** Two fingers count as at least this far apart: nearer, a tremble would be a zoom. */
const NEAREST = 16;

/**
 * The pointers that are down, by their numbers. The first two count; one that comes while two are down is left out of
 * account until they are up.
 */
export class Pointers {
  readonly #down = new Map<number, Place>();
  /** Where the first one came down; undefined once what they do is no press any more. */
  #pressed: Place | undefined;

  /** How many are down. */
  get count(): number {
    return this.#down.size;
  }

  /** A pointer comes down. Says whether it counts. */
  down(id: number, place: Place): boolean {
    // Its end may have been missed.
    this.#down.delete(id);
    if (this.count === 2) return false;
    this.#pressed = this.count === 0 ? place : undefined;
    this.#down.set(id, place);
    return true;
  }

  /** A pointer moves. What that means, if it means anything: a press does not move until it has gone a little way. */
  move(id: number, place: Place): Movement | undefined {
    const was = this.#down.get(id);
    if (was === undefined) return undefined;
    if (this.#pressed && distance(this.#pressed, place) < STILL) return undefined;
    this.#pressed = undefined;
    this.#down.set(id, place);
    const [other] = [...this.#down].filter(([one]) => one !== id).map(([, at]) => at);
    if (other === undefined) return { from: was, to: place, factor: 1 };
    const apart = (at: Place) => Math.max(NEAREST, distance(at, other));
    return { from: between(was, other), to: between(place, other), factor: apart(place) / apart(was) };
  }

  /** A pointer goes up. Says whether that was a press. */
  up(id: number): boolean {
    const isPress = this.#down.delete(id) && this.#pressed !== undefined;
    this.#pressed = undefined;
    return isPress;
  }

  /** A pointer is taken away: the browser scrolls with it, or a window has come between. */
  cancel(id: number) {
    this.up(id);
  }
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function between(a: Place, b: Place): Place {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
