// The state of the Lab: the setting, the course that is on the screen and what is selected of it. Every view is a
// function of this; every button calls a method of it, and so does `window.bettiscope`.

import { type createLearner, createTopology, type Download, type Grid, type TopologyClient } from "bettiscope";
import { Activity } from "../../../model/activity.svelte";
import type { Analysis } from "../../../model/evaluate";
import type { Frame, Outline } from "../../../model/frame";
import { isAbort, sentenceOf } from "../../../model/latest";
import { Undo } from "../../../model/undo.svelte";
import { around, type Spot } from "../../../model/verdict";
import { type Viewport, WHOLE } from "../../../model/viewport";
import { wholeOf } from "../../../model/whole";
import { Learner } from "../../../services/learner.svelte";
import { barOfPixel } from "../../../viewer/pairs";
import { Analyser } from "./analyser.svelte";
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
  OF_RUN,
  OF_SOURCE,
  pick,
  priorOf,
  type Setting,
  type SettingName,
  without,
  withValues,
} from "./setting";
import type { Source } from "./source";
import type { Trick } from "./tricks";
import { Trio } from "./trio.svelte";

/** A bar that keeps its identity from step to step: its dimension and birth pixel. */
export interface BarKey {
  readonly dimension: number;
  readonly birth: number;
}

/** A sentence for the visitor. */
export interface Notice {
  readonly kind: "note" | "error";
  readonly text: string;
}

/** What computes. */
export interface Clients {
  readonly topology: TopologyClient;
  readonly createLearner: typeof createLearner;
}

/** Everything that is on the screen of the Lab. */
export class Lab {
  setting: Setting = $state.raw(defaultSetting());
  /** What a notice has changed of the setting for the image on the screen, as it was before. */
  tried: Partial<Setting> = $state.raw({});
  /** What is on the screen. */
  course: Course | undefined = $state.raw();

  hovered: BarKey | undefined = $state.raw();
  pinned: BarKey | undefined = $state.raw();
  /** The pixel under the pointer: a flat index. */
  pixel: number | undefined = $state();
  viewport: Viewport = $state.raw(WHOLE);
  /** The spot that is looked at: where the mask is wrong. */
  spot: Spot | undefined = $state.raw();

  /** Whether the first barcode has been drawn, and everything else may be loaded. */
  isWarm: boolean = $state(false);
  /** The pictures of the gallery, as far as they are made. */
  pictures: readonly Grid[] = $state.raw([]);
  /** What is being loaded, for the progress bar. */
  download: Download | undefined = $state.raw();
  notice: Notice | undefined = $state.raw();
  /** Changes to the new version of the page, if there is one. */
  update: (() => void) | undefined = $state.raw();

  readonly topology: TopologyClient;
  readonly learner: Learner;
  readonly activity = new Activity((error) => this.fail(error));
  readonly courses = new Undo();
  readonly input = new Input(this);
  readonly analyser = new Analyser(this);
  readonly runner = new Runner(this);
  readonly recaller = new Recaller(this);
  readonly maker = new Maker(this);
  readonly painter = new Painter(this);
  readonly trio = new Trio(this);
  /** `change`, `step`, `stop` and `error`, for `window.bettiscope`. */
  readonly events = new EventTarget();

  readonly source: Source | undefined = $derived(this.course?.origin.source);
  /** The map that was painted over the network's, if it was. */
  readonly painted: Grid | undefined = $derived(this.course?.origin.isPainted ? this.course.origin.map : undefined);
  readonly history: readonly Outline[] = $derived(this.course?.outlines ?? []);
  /** Step 0. */
  readonly first: Frame | undefined = $derived(this.course?.first);
  /** The step on the screen. */
  readonly frame: Frame | undefined = $derived(this.course?.frame);
  readonly shape: readonly number[] = $derived(this.course?.origin.map.shape ?? [1, 1]);
  readonly columns: number = $derived(this.shape[1] ?? 1);
  /** Whether what there is to see is to be guessed first. */
  readonly isCovered: boolean = $derived(this.setting.predict === "yes");
  readonly hoveredBar: number | undefined = $derived(this.#find(this.hovered));
  readonly pinnedBar: number | undefined = $derived(this.#find(this.pinned));

  constructor({ topology, createLearner }: Partial<Clients> = {}) {
    this.topology =
      topology ??
      createTopology({
        onDownload: (download) => {
          this.download = download.loaded < download.total ? download : undefined;
        },
      });
    this.learner = new Learner(createLearner);
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
  async set(values: Partial<Setting>): Promise<void> {
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
  async tryWith(option: Partial<Setting>): Promise<void> {
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
      const { values, edits } = await topology.repair(whole, priorOf(setting), { threshold, connectivity, signal });
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

  /** Shows a spot; of the one that is shown already, everything around it again. */
  lookAt(spot: Spot) {
    this.spot = spot === this.spot ? undefined : spot;
    this.viewport = this.spot ? around(this.spot) : WHOLE;
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
    this.events.dispatchEvent(new CustomEvent("step", { detail: course.frame }));
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
    this.#take({ ...this.setting, ...pick(origin.setting, OF_COURSE) });
  }

  /** Shows an error, unless it says only that something was cancelled. Nothing else on the screen changes. */
  fail(error: unknown, signal?: AbortSignal) {
    if (isAbort(error) || signal?.aborted) return;
    const text = sentenceOf(error);
    this.notice = { kind: "error", text };
    this.events.dispatchEvent(new CustomEvent("error", { detail: text }));
  }

  /** The key of a bar of the selected step. */
  keyOf(bar: number | undefined): BarKey | undefined {
    const barcode = this.frame?.barcode;
    if (barcode === undefined || bar === undefined || bar < 0) return undefined;
    return { dimension: barcode.dimension[bar] ?? 0, birth: barcode.birthIndex[bar] ?? 0 };
  }

  /** Points at a pixel, and at the bar that it decides about. */
  pointAt(pixel: number | undefined) {
    if (pixel === this.pixel) return;
    this.pixel = pixel;
    this.hovered = pixel === undefined || !this.frame ? undefined : this.keyOf(barOfPixel(this.frame, pixel));
  }

  /** Why this pixel: pins the bar that it decides about. */
  pickPixel(pixel: number) {
    const bar = this.frame && barOfPixel(this.frame, pixel);
    this.pinBar(bar);
  }

  /** Pins a bar and shows what it is made of; the same bar, or none, lets go. */
  pinBar(bar: number | undefined) {
    const isSame = bar === undefined || bar === this.pinnedBar;
    this.pinned = isSame ? undefined : this.keyOf(bar);
    if (this.pinned) void this.set({ panel: "pixel" });
  }

  async #change(next: Setting, act: object): Promise<void> {
    const before = this.setting;
    const changed = (names: readonly SettingName[]) => names.some((name) => next[name] !== before[name]);
    const isSource = changed(OF_SOURCE);
    this.#take(isSource ? { ...next, ...this.tried } : next);
    if (isSource) this.tried = {};
    if (isSource && next.source === before.source) await this.maker.remake(act);
    else if (isSource) await this.maker.make(act);
    else if (changed(OF_RUN)) await this.maker.restart(act);
  }

  #take(setting: Setting) {
    if (setting.backend !== this.setting.backend) this.trio.suspend();
    this.setting = setting;
    this.learner.choose(setting.backend);
    this.events.dispatchEvent(new CustomEvent("change", { detail: setting }));
  }

  #return(course: Course | undefined) {
    if (!course) return;
    this.activity.cancel();
    this.restore(course);
    this.#show(course);
    this.events.dispatchEvent(new CustomEvent("step", { detail: course.frame }));
  }

  #show(course: Course) {
    const before = this.course;
    this.course = course;
    this.spot = undefined;
    if (course.origin.source !== before?.origin.source) {
      [this.pinned, this.hovered] = [undefined, undefined];
      this.viewport = WHOLE;
    }
    this.runner.release();
    this.recaller.release();
    const { past, future } = this.courses;
    this.input.keepOnly(new Set([course, ...past, ...future].map(({ origin }) => origin.given.file?.decoded)));
  }

  #find(key: BarKey | undefined): number | undefined {
    const barcode = this.frame?.barcode;
    if (key === undefined || barcode === undefined || this.isCovered) return undefined;
    const [from = 0, to = 0] = barcode.starts.slice(key.dimension, key.dimension + 2);
    for (let bar = from; bar < to; bar += 1) if (barcode.birthIndex[bar] === key.birth) return bar;
    return undefined;
  }
}
