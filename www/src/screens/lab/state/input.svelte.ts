// What the visitor gives: a file, the slice and the square of it that are used; a drawing.

import type { Grid, Square } from "bettiscope";

import type { Task } from "../../../model/activity.svelte";
import { isAbort, messageOf } from "../../../model/errors";
import { loading } from "../../../services/load";
import { withValues } from "./setting";
import type { Stage } from "./stage";
import type { Given, OpenFile, PreparedSlice, Reading, Upload, Use } from "./upload";

/** What reads files is loaded when one is given. */
const reading = () => loading("what reads files", import("./upload"));

/** The visitor's file and drawing. */
export class Input {
  given: Given = $state.raw({ file: undefined, upload: undefined, square: undefined, drawing: undefined });
  /** What was wrong with the last file, next to where it was dropped. */
  problem: string | undefined = $state();

  readonly #lab: Stage;
  readonly #opened = new Set<OpenFile["decoded"]>();

  constructor(lab: Stage) {
    this.#lab = lab;
  }

  /**
   * Opens a file and makes it the source. A file that cannot be used leaves everything as it was, and says why. Says
   * whether the file is on the screen.
   */
  async open(blob: Blob, name = blob instanceof File ? blob.name : "The image"): Promise<boolean> {
    this.problem = undefined;
    return this.#lab.maker.make({}, (task) => this.#read(blob, name, task));
  }

  async #read(blob: Blob, name: string, { signal, say }: Task): Promise<boolean> {
    const lab = this.#lab;
    say(`Reading ${name}`);
    let file: OpenFile | undefined;
    try {
      const { openFile, takeSlice } = await reading();
      file = await openFile(lab.topology, blob, name, signal);
      const asItIs = await takeSlice(file, "map", signal);
      // A segmentation is not segmented once more, whatever network the image before went through.
      const values = asItIs.isSegmented ? { model: "none" as const } : {};
      const upload = asItIs.isSegmented || this.#use() === "map" ? asItIs : await takeSlice(file, this.#use(), signal);
      signal.throwIfAborted();
      this.#opened.add(file.decoded);
      this.given = { ...this.given, file, upload, square: undefined };
      lab.setting = withValues(lab.setting, { ...lab.tried, ...values, source: "upload", lines: 0 });
      lab.tried = {};
      return true;
    } catch (error) {
      file?.decoded.dispose();
      if (signal.aborted || isAbort(error)) throw error;
      this.problem = messageOf(error);
      lab.events.dispatchEvent(new CustomEvent("error", { detail: this.problem }));
      return false;
    }
  }

  /** The slice that is used, as the setting says now. */
  async upload(signal: AbortSignal): Promise<Upload> {
    const { file, upload } = this.given;
    if (file === undefined) throw new Error("The link was made with an uploaded file, and files are not in links.");
    const use = this.#use();
    if (upload?.file === file && upload.use === use) return upload;
    const { takeSlice } = await reading();
    const taken = await takeSlice(file, use, signal);
    this.given = { ...this.given, upload: taken };
    return taken;
  }

  /** What the network sees of that slice. */
  async prepared(signal: AbortSignal): Promise<PreparedSlice> {
    const { model } = this.#lab.setting;
    const { file } = await this.upload(signal);
    const record = model === "none" ? undefined : (await this.#lab.learner.model(model)).record;
    const { prepareSlice } = await reading();
    return prepareSlice(file, record, this.given.square, signal);
  }

  /** Uses another slice of the open file. */
  async selectSlice(slice: number): Promise<void> {
    const { file } = this.given;
    if (file !== undefined) await this.#give(this.#lab.courses.actOf("slice"), { file: { ...file, slice } });
  }

  /** Takes the values of the open file for something else. */
  async read(reading: Reading): Promise<void> {
    const { file } = this.given;
    if (file !== undefined) await this.#give({}, { file: { ...file, reading } });
  }

  /** Uses a square of the upload; `undefined`: the whole, or for a network the largest in the middle. */
  async crop(square: Square | undefined): Promise<void> {
    await this.#give(this.#lab.courses.actOf("crop"), { square });
  }

  /** Takes a drawing. */
  async draw(drawing: Grid): Promise<void> {
    await this.#give(this.#lab.courses.actOf("drawing"), { drawing });
  }

  /** Gives back the memory of all files but these. */
  keepOnly(files: ReadonlySet<OpenFile["decoded"] | undefined>) {
    for (const decoded of this.#opened) {
      if (files.has(decoded)) continue;
      decoded.dispose();
      this.#opened.delete(decoded);
    }
  }

  async #give(act: object, given: Partial<Given>): Promise<void> {
    this.given = { ...this.given, ...given };
    await this.#lab.maker.make(act);
  }

  #use(): Use {
    return this.#lab.setting.model === "none" ? "map" : "picture";
  }
}
