// What the parts of the Lab see of it and of each other: each of them knows this, and none of them the others.

import type { Grid, TopologyClient } from "bettiscope";

import type { Activity, Task } from "../../../model/activity.svelte";
import type { Analysis } from "../../../model/evaluate";
import type { Frame } from "../../../model/frame";
import type { Undo } from "../../../model/undo.svelte";
import type { View } from "../../../model/view.svelte";
import type { Learner } from "../../../services/learner.svelte";
import type { Course } from "./course.svelte";
import type { Setting, Values } from "./setting";
import type { Giver } from "./source";
import type { Given } from "./upload";

/** What the Lab does one at a time. */
export type Doing = "loading" | "painting" | "stepping" | "running";

/** A sentence for the visitor. */
export interface Notice {
  readonly kind: "note" | "error";
  readonly text: string;
}

/** The Lab as its parts see it. */
export interface Stage {
  setting: Setting;
  /** What a notice has changed of the setting for the image on the screen, as it was before. */
  tried: Partial<Values>;
  notice: Notice | undefined;
  /** What is on the screen, */
  readonly course: Course | undefined;
  /** the selected step of it, */
  readonly frame: Frame | undefined;
  /** step 0, */
  readonly first: Frame | undefined;
  /** the shape of its maps, */
  readonly shape: readonly number[];
  /** and the selected step with all pixels of what it was made of. */
  readonly whole: Grid | undefined;
  readonly view: View;

  readonly topology: TopologyClient;
  readonly learner: Learner;
  readonly activity: Activity<Doing>;
  readonly courses: Undo<Course>;
  readonly events: EventTarget;

  readonly input: Giver & { given: Given };
  readonly maker: {
    make(act: object, read?: (task: Task) => Promise<boolean>): Promise<boolean>;
    restart(act: object): Promise<boolean>;
  };
  readonly runner: { readonly isRunning: boolean; run(): Promise<void> };

  /** Shows another course; the one before can be returned to. */
  put(course: Course, analysis: Analysis): void;
  /** Takes the setting and the file of a course. */
  restore(course: Course): void;
  /** Shows an error, unless it says only that something was cancelled. */
  fail(error: unknown): void;
}
