/** What is used of gifenc, which has no types of its own. */
declare module "gifenc" {
  interface FrameOptions {
    /** Of the first frame: the palette of all frames that have none. */
    readonly palette?: readonly (readonly [number, number, number])[];
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** The disposal method of the format: 1 leaves the frame. */
    readonly dispose?: number;
    /** In milliseconds. */
    readonly delay?: number;
  }

  export function GIFEncoder(): {
    /** Writes a frame of palette indices, row by row. */
    writeFrame(index: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
}
