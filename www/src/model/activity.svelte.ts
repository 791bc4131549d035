// What is under way: one thing at a time. Whatever is said of it on the screen is said here and nowhere else.

/** What a piece of work is given. */
export interface Task<What extends string = string> {
  /** What kind of work it is. */
  readonly what: What;
  /** Aborted when the work is not wanted any more. */
  readonly signal: AbortSignal;
  /** Says what is being waited for; `undefined`: nothing. */
  say(text: string | undefined): void;
}

interface Turn<What> {
  readonly what: What;
  readonly controller: AbortController;
  /** Resolves when it is over: to whether it was done. */
  done: Promise<boolean>;
}

/** The one task of a screen, and those that wait for it. Whether it is busy, and with what, follows from that. */
export class Activity<What extends string> {
  /** What is being waited for, in words. */
  text: string | undefined = $state();
  #turns: readonly Turn<What>[] = $state.raw([]);
  readonly #fail: (error: unknown) => void;

  /** `fail` hears of what went wrong, unless the work was not wanted any more. */
  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** What is under way. */
  get task(): { readonly what: What; readonly signal: AbortSignal } | undefined {
    const [turn] = this.#turns;
    return turn && { what: turn.what, signal: turn.controller.signal };
  }

  /** Whether work of this kind is under way or waits. */
  has(what: What): boolean {
    return this.#turns.some((turn) => turn.what === what);
  }

  /** Ends what is under way and all that waits, and does this. Says whether it was done. */
  replace(what: What, work: (task: Task<What>) => Promise<void>): Promise<boolean> {
    this.cancel();
    return this.follow(what, work);
  }

  /** Does this after all that is under way. If that fails or is ended, this is not done. Says whether it was. */
  follow(what: What, work: (task: Task<What>) => Promise<void>): Promise<boolean> {
    const before = this.#turns.at(-1)?.done;
    const turn: Turn<What> = { what, controller: new AbortController(), done: before ?? Promise.resolve(true) };
    this.#turns = [...this.#turns, turn];
    turn.done = this.#take(turn, before, work);
    return turn.done;
  }

  /** Ends what is under way and all that waits, or only what is of these kinds and what waits for that. */
  cancel(...kinds: readonly What[]) {
    const from = kinds.length === 0 ? 0 : this.#turns.findIndex(({ what }) => kinds.includes(what));
    if (from < 0) return;
    const ended = this.#turns.slice(from);
    this.#turns = this.#turns.slice(0, from);
    if (from === 0) this.text = undefined;
    for (const { controller } of ended) controller.abort();
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    for (let last = this.#turns.at(-1); last; last = this.#turns.at(-1)) await last.done;
  }

  async #take(
    turn: Turn<What>,
    before: Promise<boolean> | undefined,
    work: (task: Task<What>) => Promise<void>,
  ): Promise<boolean> {
    const { signal } = turn.controller;
    const say = (text: string | undefined) => {
      if (this.#turns[0] === turn) this.text = text;
    };
    try {
      if (before && !(await before)) return false;
      signal.throwIfAborted();
      await work({ what: turn.what, signal, say });
      return !signal.aborted;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return false;
    } finally {
      say(undefined);
      this.#turns = this.#turns.filter((other) => other !== turn);
    }
  }
}
