// What the visitor gives: a file, the slice and the square of it that are used; a drawing.

import type { Grid, Square } from "bettiscope";

import type { Lab } from "./lab.svelte";
import { isAbort, messageOf } from "./latest";
import { withValues } from "./setting";
import { type OpenFile, openFile, type PreparedSlice, prepareSlice, takeSlice, type Upload, type Use } from "./upload";

/** All of it at one moment. */
export interface Given {
  /** The file that is open, at the slice that is used. */
  readonly file: OpenFile | undefined;
  readonly upload: Upload | undefined;
  /** The square of the slice that is used, if one was chosen. */
  readonly square: Square | undefined;
  readonly drawing: Grid | undefined;
}

/** The visitor's file and drawing. */
export class Input {
  given: Given = $state.raw({ file: undefined, upload: undefined, square: undefined, drawing: undefined });
  /** What was wrong with the last file, next to where it was dropped. */
  problem: string | undefined = $state();

  readonly #lab: Lab;
  readonly #opened = new Set<OpenFile["decoded"]>();
  #opening = new AbortController();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /**
   * Opens a file and makes it the source. A file that cannot be used leaves everything as it was, and says why. Says
   * whether the file is on the screen.
   */
  async open(blob: Blob, name = blob instanceof File ? blob.name : "The image"): Promise<boolean> {
    const lab = this.#lab;
    this.cancel();
    const { signal } = this.#opening;
    this.problem = undefined;
    lab.busy = `Reading ${name}`;
    let file: OpenFile | undefined;
    try {
      file = await openFile(lab.topology, blob, name, signal);
      const upload = await takeSlice(file, this.#use(), signal);
      signal.throwIfAborted();
      this.#opened.add(file.decoded);
      this.given = { ...this.given, file, upload, square: undefined };
    } catch (error) {
      file?.decoded.dispose();
      if (isAbort(error)) return false;
      this.problem = messageOf(error);
      lab.events.dispatchEvent(new CustomEvent("error", { detail: this.problem }));
      return false;
    } finally {
      if (!signal.aborted) lab.busy = undefined;
    }
    lab.setting = withValues(lab.setting, { source: "upload", lines: 0 });
    return lab.maker.make();
  }

  /** Stops reading a file. */
  cancel() {
    this.#opening.abort();
    this.#opening = new AbortController();
  }

  /** The slice that is used, as the setting says now. */
  async upload(signal: AbortSignal): Promise<Upload> {
    const { file, upload } = this.given;
    if (file === undefined) throw new Error("The link was made with an uploaded file, and files are not in links.");
    const use = this.#use();
    if (upload?.file === file && upload.use === use) return upload;
    const taken = await takeSlice(file, use, signal);
    this.given = { ...this.given, upload: taken };
    return taken;
  }

  /** What the network sees of that slice. */
  async prepared(signal: AbortSignal): Promise<PreparedSlice> {
    const { model } = this.#lab.setting;
    const { file } = await this.upload(signal);
    const record = model === "none" ? undefined : (await this.#lab.learner.model(model)).record;
    return prepareSlice(file, record, this.given.square, signal);
  }

  /** Uses another slice of the open file. */
  async selectSlice(slice: number): Promise<void> {
    if (this.given.file === undefined) return;
    this.given = { ...this.given, file: { ...this.given.file, slice } };
    await this.#lab.maker.make();
  }

  /** Uses a square of the upload; `undefined`: the whole, or for a network the largest in the middle. */
  async crop(square: Square | undefined): Promise<void> {
    this.given = { ...this.given, square };
    await this.#lab.maker.make();
  }

  /** Takes a drawing. */
  async draw(drawing: Grid): Promise<void> {
    this.given = { ...this.given, drawing };
    await this.#lab.maker.make();
  }

  /** Takes what was given at some moment, and gives back the memory of all other files. */
  take(given: Given) {
    this.given = given;
    for (const decoded of this.#opened) {
      if (decoded === given.file?.decoded) continue;
      decoded.dispose();
      this.#opened.delete(decoded);
    }
  }

  #use(): Use {
    return this.#lab.setting.model === "none" ? "map" : "picture";
  }
}
