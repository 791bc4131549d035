// Whether R, [ and ] are keys of the page. Whoever dictates to the computer writes such characters without wanting to.

import { remember, remembered } from "./storage";

/** A choice of the visitor that this browser remembers. */
class Characters {
  #areOn: boolean = $state(remembered("characters") !== "off");

  get areOn(): boolean {
    return this.#areOn;
  }

  set areOn(value: boolean) {
    this.#areOn = value;
    remember("characters", value ? undefined : "off");
  }
}

/** Whether characters are keys of the page. */
export const characters: { areOn: boolean } = new Characters();
