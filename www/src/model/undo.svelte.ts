// What can be returned to: the courses that were on the screen before, and those after them.

import type { Course } from "../screens/lab/state/course.svelte";

/** So many courses at most, */
const MOST = 50;
/** and what is further back than so many bytes is let go of, but for the last one. */
const MOST_BYTES = 96e6;
/** What the same control changes again within so many milliseconds is one act. */
const TOGETHER = 1000;

/** The courses before the one on the screen, the last one last, and those after it, the next one last. */
export class Undo {
  past: readonly Course[] = $state.raw([]);
  future: readonly Course[] = $state.raw([]);
  #last = { what: "", at: Number.NEGATIVE_INFINITY, act: {} };

  /** The act of changing something: the same as before if that was of the same thing, and just now. */
  actOf(what: string): object {
    const at = performance.now();
    const isSame = this.#last.what === what && at - this.#last.at < TOGETHER;
    this.#last = { what, at, act: isSame ? this.#last.act : {} };
    return this.#last.act;
  }

  /** A course takes the place of another on the screen. */
  replace(before: Course, after: Course) {
    // What is on its way from one act to its end, such as a slider that is dragged, is nothing to return to.
    if (before.act !== after.act || before.outlines.length > 1) this.past = trimmed([...this.past, before], after);
    this.future = [];
  }

  /** The course before this one, which comes after it from now on. */
  back(now: Course): Course | undefined {
    const course = this.past.at(-1);
    if (!course) return undefined;
    this.past = this.past.slice(0, -1);
    this.future = trimmed([...this.future, now], course);
    return course;
  }

  /** The course after this one, which comes before it from now on. */
  forth(now: Course): Course | undefined {
    const course = this.future.at(-1);
    if (!course) return undefined;
    this.future = this.future.slice(0, -1);
    this.past = trimmed([...this.past, now], course);
    return course;
  }
}

/** As many of the last ones as may be kept; what the one that is shown is of is there anyway. */
function trimmed(courses: readonly Course[], shown: Course): readonly Course[] {
  courses.at(-1)?.putAside();
  const files = new Set<object | undefined>([shown.origin.given.file?.decoded, shown.origin.whole?.grid]);
  let bytes = 0;
  const from = courses.findLastIndex((course) => {
    const { given, whole } = course.origin;
    for (const large of [given.file?.decoded, whole?.grid]) {
      if (large && !files.has(large)) bytes += sizeOf(large);
      files.add(large);
    }
    bytes += course.bytes;
    return bytes > MOST_BYTES;
  });
  return courses.slice(Math.min(courses.length - 1, Math.max(from + 1, courses.length - MOST)));
}

/** How much an open file or a map holds, in bytes: about that of its values. */
function sizeOf({ shape }: { readonly shape: readonly number[] }): number {
  return shape.reduce((product, length) => product * length, 4);
}
