// What a screen is, and what it is given of the page that it is on.

import type { Component } from "svelte";

import type { Field } from "./field";
import type { Place } from "./place.svelte";

/** A screen: it is loaded when it is first opened, and keeps what is in it while another one is. */
export interface Screen {
  /** Its name in the address. */
  readonly name: string;
  /** Its name on the page. */
  readonly title: string;
  /** What its address has, by the names that scripts use. */
  readonly fields: Readonly<Record<string, Pick<Field<unknown>, "key" | "accepted">>>;
  load(): Promise<{ readonly default: Component<{ site: Site }> }>;
}

/** The page, for its screens. */
export interface Site {
  readonly place: Place;
  readonly screens: readonly Screen[];
}

/** The first number changes when something of `window.bettiscope` is taken away or means something else. */
export const SCRIPTS_VERSION = "1.1";
