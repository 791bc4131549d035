// What can be returned to: the states that were on the screen before, and those after them.

/** A state of a screen. */
export interface Returnable {
  /** What the visitor did that led to it: states that one act replaces one after the other are one to return to. */
  readonly act: object;
  /** Whether it has something that is not on the way of an act only, such as the steps of a run. */
  readonly isWorthKeeping: boolean;
  /** How much it holds by itself, in bytes. */
  readonly bytes: number;
  /** What it holds together with others: open files, large maps. Of such values, how many. */
  readonly shared: readonly { readonly shape: readonly number[] }[];
  /** Lets go of what can be computed again. */
  putAside(): void;
}

/** So many courses at most, */
const MOST = 50;
/** and what is further back than so many bytes is let go of, but for the last one. */
const MOST_BYTES = 96e6;
/** What the same control changes again within so many milliseconds is one act. */
const TOGETHER = 1000;

/** The states before the one on the screen, the last one last, and those after it, the next one last. */
export class Undo<State extends Returnable> {
  past: readonly State[] = $state.raw([]);
  future: readonly State[] = $state.raw([]);
  #last = { what: "", at: Number.NEGATIVE_INFINITY, act: {} };

  /** The act of changing something: the same as before if that was of the same thing, and just now. */
  actOf(what: string): object {
    const at = performance.now();
    const isSame = this.#last.what === what && at - this.#last.at < TOGETHER;
    this.#last = { what, at, act: isSame ? this.#last.act : {} };
    return this.#last.act;
  }

  /** A state takes the place of another on the screen. */
  replace(before: State, after: State) {
    // What is on its way from one act to its end, such as a slider that is dragged, is nothing to return to.
    if (before.act !== after.act || before.isWorthKeeping) this.past = trimmed([...this.past, before], after);
    this.future = [];
  }

  /** The state before this one, which comes after it from now on. */
  back(now: State): State | undefined {
    const state = this.past.at(-1);
    if (!state) return undefined;
    this.past = this.past.slice(0, -1);
    this.future = trimmed([...this.future, now], state);
    return state;
  }

  /** The state after this one, which comes before it from now on. */
  forth(now: State): State | undefined {
    const state = this.future.at(-1);
    if (!state) return undefined;
    this.future = this.future.slice(0, -1);
    this.past = trimmed([...this.past, now], state);
    return state;
  }
}

/** As many of the last ones as may be kept; what the one that is shown holds is there anyway. */
function trimmed<State extends Returnable>(states: readonly State[], shown: State): readonly State[] {
  states.at(-1)?.putAside();
  const known = new Set<object>(shown.shared);
  let bytes = 0;
  const from = states.findLastIndex((state) => {
    for (const large of state.shared) {
      if (!known.has(large)) bytes += sizeOf(large);
      known.add(large);
    }
    bytes += state.bytes;
    return bytes > MOST_BYTES;
  });
  return states.slice(Math.min(states.length - 1, Math.max(from + 1, states.length - MOST)));
}

/** How much an open file or a map holds, in bytes: about that of its values. */
function sizeOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.reduce((product, length) => product * length, 4);
}
