// Bars that move to their new places instead of jumping.

/** How long a move takes, in milliseconds. */
const DURATION = 160;

/** Places on the way from where they were to where they should be, by key. */
export class Motion {
  #from = new Map<string, number>();
  #to = new Map<string, number>();
  #began = 0;

  /** Sets where things should be from now on. What was not there before is there at once. */
  aim(places: ReadonlyMap<string, number>, now: number) {
    const from = new Map<string, number>();
    for (const [key, place] of places) from.set(key, this.#to.has(key) ? this.at(key, now) : place);
    this.#from = from;
    this.#to = new Map(places);
    this.#began = now;
  }

  /** Where something is. */
  at(key: string, now: number): number {
    const to = this.#to.get(key) ?? 0;
    const from = this.#from.get(key) ?? to;
    const t = Math.min(1, Math.max(0, (now - this.#began) / DURATION));
    return from + (to - from) * (1 - (1 - t) ** 3);
  }

  /** Whether nothing moves any more. */
  isSettled(now: number): boolean {
    return now - this.#began >= DURATION || [...this.#to].every(([key, to]) => this.#from.get(key) === to);
  }
}
