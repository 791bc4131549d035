// What the visitor gives: a file, the slice and the square of it that are used; a drawing.

import type { Grid, Square } from "bettiscope";

import type { Lab } from "./lab.svelte";
import { latest, messageOf } from "./latest";
import { withValues } from "./setting";
import type { Given, Upload } from "./source";
import { type OpenFile, openFile, takeSlice } from "./upload";

/** The visitor's file and drawing. */
export class Input implements Given {
  /** The file that is open. */
  file: OpenFile | undefined = $state.raw();
  /** The slice of it that is used. */
  upload: Upload | undefined = $state.raw();
  /** The square of the slice that is used, if one was chosen. */
  square: Square | undefined = $state.raw();
  drawing: Grid | undefined = $state.raw();
  /** What was wrong with the last file, next to where it was dropped. */
  problem: string | undefined = $state();

  readonly #lab: Lab;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Opens a file and makes it the source. A file that cannot be used leaves everything as it was, and says why. */
  async open(blob: Blob, name = blob instanceof File ? blob.name : "The image"): Promise<void> {
    const lab = this.#lab;
    this.problem = undefined;
    try {
      const file = await openFile(lab.topology, blob, name);
      const upload = await takeSlice(file, lab.setting.model === "none");
      this.file?.decoded.dispose();
      [this.file, this.upload, this.square] = [file, upload, undefined];
    } catch (error) {
      this.problem = messageOf(error);
      lab.events.dispatchEvent(new CustomEvent("error", { detail: this.problem }));
      return;
    }
    lab.painted = undefined;
    lab.setting = withValues(lab.setting, { source: "upload", lines: 0 });
    await lab.make();
  }

  /** Uses another slice of the open file. */
  async selectSlice(slice: number): Promise<void> {
    if (this.file === undefined) return;
    this.file = { ...this.file, slice };
    await this.#select(this.file);
  }

  /** Takes the slice once more, for a network or as a map, as the setting says now. */
  async retake(): Promise<void> {
    if (this.file) this.upload = await takeSlice(this.file, this.#lab.setting.model === "none");
  }

  /** Uses a square of the upload; `undefined`: the whole, or for a network the largest in the middle. */
  async crop(square: Square | undefined): Promise<void> {
    this.square = square;
    this.#lab.painted = undefined;
    await this.#lab.make();
  }

  /** Takes a drawing. */
  async draw(drawing: Grid): Promise<void> {
    this.drawing = drawing;
    this.#lab.painted = undefined;
    await this.#lab.make();
  }

  readonly #select = latest<OpenFile>(async (file) => {
    this.upload = await takeSlice(file, this.#lab.setting.model === "none");
    this.#lab.painted = undefined;
    await this.#lab.make();
  });
}
