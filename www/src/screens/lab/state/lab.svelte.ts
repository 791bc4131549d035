// The state of the Lab: the setting, the course that is on the screen and what is selected of it. Every view is a
// function of this; every button calls a method of it, and so does `window.bettiscope`.

import type { Download, Grid, TopologyClient } from "bettiscope";

import { Activity } from "../../../model/activity.svelte";
import { isAbort, sentenceOf } from "../../../model/errors";
import type { Analysis } from "../../../model/evaluate";
import { type Frame, frameOfPrior, type Outline } from "../../../model/frame";
import { asked, type SetPrior } from "../../../model/prior";
import { Undo } from "../../../model/undo.svelte";
import { View } from "../../../model/view.svelte";
import { wholeOf } from "../../../model/whole";
import type { Clients } from "../../../services/clients.svelte";
import type { Learner } from "../../../services/learner.svelte";
import { setName } from "../../../words/classes";
import { Analyser } from "./analyser.svelte";
import type { LabState } from "./automation-types";
import type { Course } from "./course.svelte";
import type { Example } from "./examples";
import { Input } from "./input.svelte";
import { Maker, OF_COURSE } from "./maker.svelte";
import { adviceFor } from "./options";
import { Painter } from "./painter.svelte";
import { Recaller } from "./recaller.svelte";
import { Runner } from "./runner.svelte";
import {
  defaultSetting,
  differ,
  OF_SOURCE,
  ofRun,
  pick,
  type Setting,
  type SettingName,
  shownSet,
  type Values,
  valuesOf,
  without,
  withValues,
} from "./setting";
import { CLASSES } from "./sizes";
import type { Source } from "./source";
import type { Doing, Notice, Stage } from "./stage";
import type { Trick } from "./tricks";
import type { Trio } from "./trio.svelte";

/** Everything that is on the screen of the Lab. */
export class Lab implements Stage {
  setting: Setting = $state.raw(defaultSetting());
  /** What a notice has changed of the setting for the image on the screen, as it was before. */
  tried: Partial<Values> = $state.raw({});
  /** What is on the screen. */
  course: Course | undefined = $state.raw();

  /** The three runs side by side, once they have been looked at. */
  trio: Trio | undefined = $state.raw();
  /** Whether the first barcode has been drawn, and everything else may be loaded. */
  isWarm: boolean = $state(false);
  /** The pictures of the gallery, as far as they are made. */
  pictures: readonly Grid[] = $state.raw([]);
  notice: Notice | undefined = $state.raw();

  readonly topology: TopologyClient;
  readonly learner: Learner;
  readonly activity = new Activity<Doing>((error) => this.fail(error));
  readonly courses = new Undo<Course>();
  readonly input: Input = new Input(this);
  readonly analyser = new Analyser(this);
  readonly runner: Runner = new Runner(this);
  readonly recaller = new Recaller(this);
  readonly maker: Maker = new Maker(this);
  readonly painter = new Painter(this);
  /** `change`, `step`, `stop` and `error`, for `window.bettiscope`. */
  readonly events = new EventTarget();

  readonly source: Source | undefined = $derived(this.course?.origin.source);
  /** The map that was painted over the network's, if it was. */
  readonly painted: Grid | undefined = $derived(this.course?.origin.isPainted ? this.course.origin.map : undefined);
  readonly history: readonly Outline[] = $derived(this.course?.outlines ?? []);
  /** Step 0. */
  readonly first: Frame | undefined = $derived(this.course && frameOfPrior(this.course.first, this.setting.shown));
  /** The step on the screen; where there are several classes, of the prior that is on the screen. */
  readonly frame: Frame | undefined = $derived(this.course && frameOfPrior(this.course.frame, this.setting.shown));
  /** The priors of the classes that the map on the screen is of, where there are several. */
  readonly sets: readonly SetPrior[] = $derived(this.course?.first.frames ? this.setting.sets : []);
  /** The names of its classes, that of the background first; none where there is one class. */
  readonly classes: readonly string[] = $derived(CLASSES[this.setting.model]?.names ?? []);
  /** The same of the map on the screen, while that of another network is on its way. */
  readonly shownClasses: readonly string[] = $derived(
    CLASSES[(this.course?.origin ?? this).setting.model]?.names ?? [],
  );
  /** What the map on the screen is of, where there are several classes: "cavity + muscle". */
  readonly part: string = $derived.by(() => {
    const { setting } = this.course?.origin ?? this;
    const shown = shownSet({ ...setting, shown: this.setting.shown });
    return setting.sets.length > 0 ? setName(shown, this.shownClasses) : "";
  });
  readonly shape: readonly number[] = $derived(this.course?.origin.map.shape ?? [1, 1]);
  readonly columns: number = $derived(this.shape[1] ?? 1);
  /** Whether what there is to see is to be guessed first. */
  readonly isCovered: boolean = $derived(this.setting.predict === "yes");
  readonly view = new View(this);

  readonly #clients: Clients;

  constructor(clients: Clients) {
    this.#clients = clients;
    this.topology = clients.topology;
    this.learner = clients.learner;
  }

  /** What is being loaded, for the progress bar. */
  get download(): Download | undefined {
    return this.learner.status.download ?? this.#clients.download;
  }

  get threshold(): number {
    return this.setting.threshold;
  }

  /** What is being waited for, in words. */
  get busy(): string | undefined {
    return this.activity.text ?? this.recaller.text;
  }

  /** How it is, for scripts: it follows from the task that is under way and the course that is there. */
  get status(): LabState["status"] {
    if (this.runner.isRunning) return "running";
    if (this.activity.task?.what === "loading" || this.busy !== undefined) return "loading";
    if (!this.course) return "empty";
    return this.course.ending ? "stopped" : "ready";
  }

  /** The number of the selected step. */
  get selected(): number {
    return this.course?.selected ?? 0;
  }

  set selected(number: number) {
    const { course } = this;
    if (!course || course.select(number)) return;
    const isWanted = () => this.course === course && course.selected === number;
    this.recaller.recall(course, number, isWanted).catch((error: unknown) => this.fail(error));
  }

  /** Changes the setting, and what depends on it. Throws a `RangeError` if a value is not accepted. */
  async set(values: Partial<Values>): Promise<void> {
    const names = Object.keys(values) as SettingName[];
    const next = withValues(this.setting, values);
    this.tried = without(this.tried, names);
    this.maker.insist(names);
    await this.#change(next, this.courses.actOf(names.join()));
  }

  /** Chooses an example of the gallery: the same image whatever was there before; a network brings its own options. */
  async choose({ values }: Example): Promise<void> {
    this.#take(withValues(this.setting, { ...this.tried, ...pick(defaultSetting(), OF_SOURCE), ...values }));
    this.tried = {};
    this.maker.advise(this.setting.model, Object.keys(values) as SettingName[]);
    // Though it may be the one that is there: what is on its way is not wanted any more.
    await this.maker.make({});
  }

  /** Chooses a network, which brings its own options along; without one the pixels of the map are optimised. */
  async chooseModel(model: Setting["model"]): Promise<void> {
    const isMap = model === "none";
    const wasMap = this.setting.model === "none";
    const advice = isMap === wasMap ? {} : adviceFor(isMap ? "pixels" : "weights", undefined);
    const next = withValues(this.setting, { ...this.tried, model, ...advice });
    this.tried = {};
    this.maker.advise(model);
    await this.#change(next, {});
  }

  /** Chooses what is optimised, with options that suit it. */
  async chooseTarget(target: Setting["target"]): Promise<void> {
    const { model } = this.setting;
    try {
      const record = model === "none" ? undefined : (await this.learner.model(model)).record;
      if (this.setting.model === model) await this.set(adviceFor(target, record));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Runs once more with another option, for this image: the next one is as it would have been without. */
  async tryWith(option: Partial<Values>): Promise<void> {
    this.tried = { ...pick(this.setting, Object.keys(option) as SettingName[]), ...this.tried };
    await this.#change(withValues(this.setting, option), {});
    await this.runner.run();
  }

  /** Stops whatever is being waited for; what is on the screen stays. */
  cancel() {
    this.activity.cancel();
    this.maker.revert();
    if (this.frame) this.selected = this.frame.number;
  }

  /** Begins a stroke: what is painted until the next one begins is taken back together. */
  beginStroke() {
    this.painter.begin();
  }

  /** Replaces the map by a painted one: the bars follow as fast as they are computed. `began`: when the hand moved. */
  async paint(map: Float32Array, began: number): Promise<void> {
    await this.painter.paint(map, began);
  }

  /** The map that the next stroke changes: the one on the screen, unless a later painted one is on its way. */
  get latestMap(): Float32Array {
    return this.painter.latest;
  }

  /** Changes the map on the screen in few pixels so that the prior holds at the threshold. */
  async repair(): Promise<void> {
    const { whole, setting, topology } = this;
    if (!whole) return;
    const { threshold, connectivity } = setting;
    await this.painter.replace(async ({ signal, say }) => {
      say("Repairing the map");
      const { values, edits } = await topology.repair(whole, asked(setting.prior), { threshold, connectivity, signal });
      return { name: "Exact repair", map: { values, shape: whole.shape }, edits };
    });
  }

  /** Takes what a simple trick has made for the map. */
  async use({ name, mask, edits }: Pick<Trick, "name" | "mask" | "edits">): Promise<void> {
    await this.painter.replace(async () => ({ name, map: mask, edits }));
  }

  /** The selected step with all pixels of what it was made of. */
  get whole(): Grid | undefined {
    const { course, frame, shape, setting } = this;
    return course && frame && wholeOf({ values: frame.map, shape }, course.origin.whole, setting.threshold);
  }

  /** Takes back what was done last: a stroke, a change of the setting, another image, a reset. */
  undo() {
    if (this.course) this.#return(this.courses.back(this.course));
  }

  /** Does again what was taken back. */
  redo() {
    if (this.course) this.#return(this.courses.forth(this.course));
  }

  /** Shows another course; the one before can be returned to. */
  put(course: Course, analysis: Analysis) {
    if (this.course) this.courses.replace(this.course, course);
    this.#show(course);
    this.analyser.analysis = analysis;
    this.events.dispatchEvent(new CustomEvent("step", { detail: this.frame }));
  }

  /** Takes a whole setting, such as that of a link, and makes what it says. */
  async open(setting: Setting): Promise<void> {
    this.tried = {};
    this.#take(setting);
    await this.maker.make({});
  }

  /** Takes the setting and the file of a course. */
  restore({ origin }: Course) {
    this.input.given = origin.given;
    this.tried = origin.tried;
    // A painted map is that of the class that was shown.
    const names = origin.isPainted ? [...OF_COURSE, "shown" as const] : OF_COURSE;
    this.#take(withValues(this.setting, pick(origin.setting, names)));
  }

  /** Shows an error, unless it says only that something was cancelled. Nothing else on the screen changes. */
  fail(error: unknown) {
    if (isAbort(error)) return;
    const text = sentenceOf(error);
    this.notice = { kind: "error", text };
    this.events.dispatchEvent(new CustomEvent("error", { detail: text }));
  }

  /** Why this pixel: pins the bar that it decides about. */
  pickPixel(pixel: number) {
    this.pinBar(this.view.barAt(pixel));
  }

  /** Pins a bar and shows what it is made of; the same bar, or none, lets go. */
  pinBar(bar: number | undefined) {
    if (this.view.pin(bar)) void this.set({ panel: "pixel" });
  }

  async #change(wanted: Setting, act: object): Promise<void> {
    const before = this.setting;
    const isPainted = this.painted !== undefined && wanted.sets.length > 0;
    const next = isPainted ? withValues(wanted, { shown: before.shown }) : wanted;
    const changed = (names: readonly SettingName[]) => names.some((name) => differ(name, next, before));
    const isSource = changed(OF_SOURCE);
    this.#take(isSource ? withValues(next, this.tried) : next);
    if (isSource) this.tried = {};
    if (isSource && next.source === before.source) await this.maker.remake(act);
    else if (isSource) await this.maker.make(act);
    else if (changed(ofRun(next))) await this.maker.restart(act);
  }

  #take(setting: Setting) {
    if (setting.backend !== this.setting.backend) this.trio?.suspend();
    this.setting = setting;
    this.learner.choose(setting.backend);
    this.events.dispatchEvent(new CustomEvent("change", { detail: valuesOf(setting) }));
  }

  #return(course: Course | undefined) {
    if (!course) return;
    this.activity.cancel();
    this.restore(course);
    this.#show(course);
    this.events.dispatchEvent(new CustomEvent("step", { detail: this.frame }));
  }

  #show(course: Course) {
    const before = this.course;
    this.course = course;
    this.view.spot = undefined;
    if (course.origin.source !== before?.origin.source) this.view.reset();
    this.runner.release();
    this.recaller.release();
    const { past, future } = this.courses;
    this.input.keepOnly(new Set([course, ...past, ...future].map(({ origin }) => origin.given.file?.decoded)));
  }
}
