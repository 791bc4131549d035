// The state of the Lab: the setting, the source, the history of steps and what is selected of it. Every view is a
// function of this; every button calls a method of it, and so does `window.bettiscope`.

import { createTopology, type Download, type Grid, type TopologyClient } from "bettiscope";
import { type Viewport, WHOLE } from "../draw/viewport";
import { Analyser } from "./analyser.svelte";
import { type Analysis, evaluateMap } from "./evaluate";
import type { Example } from "./examples";
import type { Frame } from "./frame";
import { Input } from "./input.svelte";
import { isAbort, latest, sentenceOf } from "./latest";
import { Learner } from "./learner.svelte";
import { Maker } from "./maker.svelte";
import { strokeOf } from "./marks";
import { adviceFor } from "./options";
import { barOfPixel } from "./pairs";
import { Runner } from "./runner.svelte";
import { defaultSetting, OF_RUN, OF_SOURCE, type Setting, type SettingName, withValues } from "./setting";
import type { Source } from "./source";

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

/** So many strokes can be taken back. */
const MOST_STROKES = 50;

/** Everything that is on the screen of the Lab. */
export class Lab {
  setting: Setting = $state.raw(defaultSetting());
  source: Source | undefined = $state.raw();
  /** The map that was painted over the network's, if it was. */
  painted: Grid | undefined = $state.raw();

  history: readonly Frame[] = $state.raw([]);
  selected: number = $state(0);
  hovered: BarKey | undefined = $state.raw();
  pinned: BarKey | undefined = $state.raw();
  /** The pixel under the pointer: a flat index. */
  pixel: number | undefined = $state();
  viewport: Viewport = $state.raw(WHOLE);

  /** Whether the first barcode has been drawn, and everything else may be loaded. */
  isWarm: boolean = $state(false);
  /** The pictures of the gallery, as far as they are made. */
  pictures: readonly Grid[] = $state.raw([]);
  /** What is being loaded, for the progress bar. */
  download: Download | undefined = $state.raw();
  /** What is being waited for, in words. */
  busy: string | undefined = $state();
  notice: Notice | undefined = $state.raw();
  /** Changes to the new version of the page, if there is one. */
  update: (() => void) | undefined = $state.raw();

  readonly topology: TopologyClient = createTopology({
    onDownload: (download) => {
      this.download = download.loaded < download.total ? download : undefined;
    },
  });
  readonly input = new Input(this);
  readonly learner = new Learner();
  readonly analyser = new Analyser(this);
  readonly runner = new Runner(this);
  readonly maker = new Maker(this);
  /** `change`, `step`, `stop` and `error`, for `window.bettiscope`. */
  readonly events = new EventTarget();

  readonly frame: Frame | undefined = $derived(this.history[this.selected]);
  readonly shape: readonly number[] = $derived(this.painted?.shape ?? this.source?.image.shape ?? [1, 1]);
  readonly columns: number = $derived(this.shape[1] ?? 1);
  readonly hoveredBar: number | undefined = $derived(this.#find(this.hovered));
  readonly pinnedBar: number | undefined = $derived(this.#find(this.pinned));

  /** The map of step 0, as the network or the visitor gave it. */
  map: Grid | undefined;
  readonly #evaluate = latest<{ grid: Grid; began: number }>(async ({ grid, began }) => {
    const signal = this.#painting;
    const analysis = await evaluateMap(this.topology, grid, this.setting, signal);
    // While a stroke goes on this is not the last map any more: it is shown all the same.
    if (signal.aborted) return;
    strokeOf.set(analysis.frame, began);
    this.begin(analysis);
  });
  #painting = new AbortController().signal;
  /** The painted maps before each stroke. */
  #before: (Grid | undefined)[] = [];

  /** Changes the setting, and what depends on it. Throws a `RangeError` if a value is not accepted. */
  async set(values: Partial<Setting>): Promise<void> {
    const before = this.setting;
    this.setting = withValues(before, values);
    const changed = (names: readonly SettingName[]) => names.some((name) => this.setting[name] !== before[name]);
    this.events.dispatchEvent(new CustomEvent("change", { detail: this.setting }));
    this.learner.choose(this.setting.backend);
    if (changed(OF_SOURCE)) await this.maker.make();
    else if (changed(OF_RUN)) await this.maker.restart();
  }

  /** Chooses an example of the gallery; a network brings its own options along. */
  async choose({ values }: Example): Promise<void> {
    this.maker.takesOptions = true;
    await this.set(values);
  }

  /** Chooses a network, which brings its own options along; without one the pixels of the map are optimised. */
  async chooseModel(model: Setting["model"]): Promise<void> {
    const isMap = model === "none";
    const wasMap = this.setting.model === "none";
    this.maker.takesOptions = true;
    const advice = isMap === wasMap ? {} : adviceFor(isMap ? "pixels" : "weights", undefined);
    await this.set({ model, ...advice });
  }

  /** Chooses what is optimised, with options that suit it. */
  async chooseTarget(target: Setting["target"]): Promise<void> {
    const { model } = this.setting;
    const record = model === "none" ? undefined : (await this.learner.model(model)).record;
    await this.set(adviceFor(target, record));
  }

  /** Stops whatever is being waited for; what is on the screen stays. */
  cancel() {
    this.runner.pause();
    this.maker.cancel();
  }

  /** Begins a stroke: what is painted until the next one begins is taken back together. */
  beginStroke() {
    this.#before.push(this.painted);
    if (this.#before.length > MOST_STROKES) this.#before.shift();
  }

  /** Replaces the map by a painted one: the bars follow as fast as they are computed. `began`: when the hand moved. */
  async paint(map: Float32Array, began: number): Promise<void> {
    this.runner.drop();
    const grid = { values: map, shape: this.shape };
    if (this.painted === undefined || this.#painting.aborted) this.#painting = this.maker.supersede();
    this.painted = grid;
    this.map = grid;
    const signal = this.#painting;
    try {
      await this.#evaluate({ grid, began });
    } catch (error) {
      this.fail(error, signal);
    }
  }

  /** The map that the next stroke changes: the one on the screen, unless a later painted one is on its way. */
  get latestMap(): Float32Array {
    const painted = this.history.length > 1 ? undefined : this.painted;
    return painted?.values ?? this.frame?.map ?? new Float32Array();
  }

  /** Takes back the last stroke; before the first the map is what it was without. */
  async unpaint(): Promise<void> {
    const before = this.#before.pop();
    if (before) await this.paint(Float32Array.from(before.values), performance.now());
    else await this.maker.make();
  }

  /** Shows a new source, its map and what is known of that. */
  show(source: Source, map: Grid, analysis: Analysis) {
    this.runner.drop();
    if (source.image.shape.join() !== this.shape.join()) this.viewport = WHOLE;
    this.source = source;
    this.painted = undefined;
    this.#before = [];
    this.pinned = undefined;
    this.hovered = undefined;
    this.map = map;
    this.begin(analysis);
  }

  /** Makes a frame, of which everything is known, the only step. */
  begin(analysis: Analysis) {
    const { frame } = analysis;
    this.analyser.analysis = analysis;
    this.history = [frame];
    this.selected = 0;
    this.events.dispatchEvent(new CustomEvent("step", { detail: frame }));
  }

  /** Adds a step; the selection follows if it was at the last one. */
  append(frame: Frame) {
    const follows = this.selected >= this.history.length - 1;
    this.history = frame.number === 0 ? [frame] : [...this.history, frame];
    if (follows || frame.number === 0) this.selected = this.history.length - 1;
    this.events.dispatchEvent(new CustomEvent("step", { detail: frame }));
  }

  /** Shows an error, unless it says only that something was cancelled. Nothing else on the screen changes. */
  fail(error: unknown, signal?: AbortSignal) {
    if (isAbort(error) || signal?.aborted) return;
    const text = sentenceOf(error);
    this.busy = undefined;
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

  #find(key: BarKey | undefined): number | undefined {
    const barcode = this.frame?.barcode;
    if (key === undefined || barcode === undefined) return undefined;
    const [from = 0, to = 0] = barcode.starts.slice(key.dimension, key.dimension + 2);
    for (let bar = from; bar < to; bar += 1) if (barcode.birthIndex[bar] === key.birth) return bar;
    return undefined;
  }
}
