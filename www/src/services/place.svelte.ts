// Where the visitor is: the address as state, and what each screen's last one was.

import { type Address, readAddress, writeAddress } from "./address";

/** The address of the page. */
export class Place {
  now: Address = $state.raw(readAddress(window.location.hash));
  #last: Readonly<Record<string, string>> = $state.raw({});

  /** The address has changed. */
  follow() {
    this.now = readAddress(window.location.hash);
  }

  /** A screen has other fields from now on: its link leads there. */
  remember(screen: string, fields: string) {
    if (this.#last[screen] !== fields) this.#last = { ...this.#last, [screen]: fields };
  }

  /** Puts the fields of the open screen into the address. */
  keep(screen: string, fields: string) {
    if (this.now.screen !== screen || this.now.fields === fields) return;
    const hash = writeAddress({ screen, fields });
    window.history.replaceState(null, "", hash === "" ? window.location.pathname + window.location.search : hash);
    this.follow();
  }

  /** A link to a screen as it was when it was left. A fragment, so that the page stays, and all that is in it. */
  linkTo(screen: string): string {
    const fields = this.#last[screen] ?? "";
    return `#/${screen}${fields && "?"}${fields}`;
  }
}

/** An address of this page, to be sent to others. */
export function urlOf(address: Address): string {
  const url = new URL(window.location.href);
  url.hash = writeAddress(address);
  return url.href;
}
