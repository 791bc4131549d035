// Files that the visitor takes away.

/** A file to be saved. */
export interface SavedFile {
  readonly name: string;
  readonly blob: Blob;
}

/** Hands a file to the browser. */
export function save({ name, blob }: SavedFile) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}
