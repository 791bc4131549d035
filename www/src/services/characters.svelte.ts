// Whether R, [ and ] are keys of the page. Whoever dictates to the computer writes such characters without wanting to.

const STORED = "bettiscope.characters";

/** A choice of the visitor that this browser remembers. */
class Characters {
  #areOn: boolean = $state(stored() !== "off");

  get areOn(): boolean {
    return this.#areOn;
  }

  set areOn(value: boolean) {
    this.#areOn = value;
    try {
      if (value) window.localStorage.removeItem(STORED);
      else window.localStorage.setItem(STORED, "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

function stored(): string | null {
  try {
    return window.localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Whether characters are keys of the page. */
export const characters: { areOn: boolean } = new Characters();
