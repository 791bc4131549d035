// Makes what a setting says: the source, its first map and the barcode of that. All of it comes on the screen at once;
// until then, and if it fails or is cancelled, everything stays as it was.

import type { Grid } from "bettiscope";

import { evaluateMap } from "./evaluate";
import type { Given } from "./input.svelte";
import type { Lab } from "./lab.svelte";
import { adviceFor } from "./options";
import { OF_RUN, OF_SOURCE, pick, type Setting, withValues } from "./setting";
import { makeSource, type Source } from "./source";

/** Makes one thing at a time: the last that was asked for. */
export class Maker {
  /** Whether something new is on its way to the screen. */
  isMaking: boolean = $state(false);
  /** Whether the options of the network are to be taken when it is loaded. */
  takesOptions = false;

  readonly #lab: Lab;
  #making = new AbortController();
  #done: Promise<unknown> = Promise.resolve();
  /** What the screen shows. */
  #shown: { readonly setting: Setting; readonly given: Given } | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.isMaking) await this.#done;
  }

  /** The source of the setting and its first map. Says whether they have come on the screen. */
  make(): Promise<boolean> {
    const lab = this.#lab;
    lab.runner.pause();
    return this.#do(async (signal) => {
      lab.busy = "Preparing the image";
      const source = await makeSource(lab.topology, lab.setting, lab.input, signal);
      const map = await this.#mapOf(source, signal);
      const analysis = await evaluateMap(lab.topology, map, lab.setting, signal);
      signal.throwIfAborted();
      lab.show(source, map, analysis);
    });
  }

  /** The map of step 0 once more, under the prior as it is now; a run that was going on begins anew. */
  async restart(): Promise<void> {
    const lab = this.#lab;
    const { map } = lab;
    if (map === undefined || this.isMaking) {
      await this.make();
      return;
    }
    const wasRunning = lab.runner.isRunning;
    lab.runner.drop();
    const isDone = await this.#do(async (signal) => {
      const analysis = await evaluateMap(lab.topology, map, lab.setting, signal);
      signal.throwIfAborted();
      lab.begin(analysis);
    });
    if (isDone && wasRunning) void lab.runner.run();
  }

  /** Stops making; the screen and the setting stay what they were. */
  cancel() {
    this.#lab.input.cancel();
    this.#making.abort();
    if (this.isMaking) this.#revert();
    this.#end();
  }

  /** Whatever is on its way is not wanted any more. The signal says when that is so of what comes now. */
  supersede(): AbortSignal {
    if (this.isMaking) this.cancel();
    return this.#next();
  }

  #next(): AbortSignal {
    this.#making.abort();
    this.#making = new AbortController();
    return this.#making.signal;
  }

  /** Does one thing. Says whether it was done and not replaced by another. */
  #do(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const signal = this.#next();
    this.isMaking = true;
    const done = this.#try(work, signal);
    this.#done = done;
    return done;
  }

  async #try(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<boolean> {
    try {
      await work(signal);
      this.#shown = { setting: this.#lab.setting, given: this.#lab.input.given };
      this.#lab.input.take(this.#shown.given);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#lab.fail(error);
      this.#revert();
      return false;
    } finally {
      if (this.#making.signal === signal) this.#end();
    }
  }

  #end() {
    this.isMaking = false;
    this.takesOptions = false;
    this.#lab.busy = undefined;
  }

  /** The setting and the file of what is on the screen; of a page that has nothing yet, the image of the opening. */
  #revert() {
    const lab = this.#lab;
    if (this.#shown) {
      lab.setting = withValues(lab.setting, pick(this.#shown.setting, [...OF_SOURCE, ...OF_RUN]));
      lab.input.take(this.#shown.given);
      lab.learner.choose(lab.setting.backend);
    } else if (lab.setting.source !== "opening" || lab.setting.model !== "none") {
      lab.setting = withValues(lab.setting, { source: "opening", model: "none", ...adviceFor("pixels", undefined) });
      queueMicrotask(() => void this.make());
    }
  }

  async #mapOf({ image }: Source, signal: AbortSignal): Promise<Grid> {
    signal.throwIfAborted();
    const lab = this.#lab;
    const { model: name, target } = lab.setting;
    if (name === "none") return image;
    lab.busy = "Loading the network";
    const model = await lab.learner.model(name);
    signal.throwIfAborted();
    if (this.takesOptions) lab.setting = withValues(lab.setting, adviceFor(target, model.record));
    this.takesOptions = false;
    lab.busy = "Segmenting the image";
    return lab.learner.client.segment(model, image, { signal });
  }
}
