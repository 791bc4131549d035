/**
 * How the type of a client follows from the calls of its worker: each call is written once, there, with the options that
 * every call has as its last argument. Those are for this side: what is posted has no signal and no priority.
 */
import type { CallOptions } from "./options.js";

/** The calls of a worker as a client has them: every answer is waited for. */
export type ClientOf<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (...given: infer Given) => infer Answer
    ? (...given: Given) => Promise<Awaited<Answer>>
    : never;
};

/** The same of calls whose first argument says which of several things they are about: the client knows which. */
export type HandleOf<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (id: number, ...given: infer Given) => infer Answer
    ? (...given: Given) => Promise<Awaited<Answer>>
    : never;
};

/** A client whose every call is handed on by its name. */
export function handOn<Client extends object>(call: (name: string, given: unknown[], options: CallOptions) => unknown) {
  return new Proxy({} as Client, {
    get: (own, name) => {
      if (name in own) return own[name as keyof Client];
      // Who waits for a client asks whether it is a promise.
      if (typeof name === "symbol" || name === "then") return undefined;
      return (...given: unknown[]) => {
        const { options, rest } = apart(given);
        return call(name, rest, options);
      };
    },
  });
}

/** What is for this side of the worker, and what is for the other. */
function apart(given: unknown[]): { options: CallOptions; rest: unknown[] } {
  const last = given.at(-1);
  if (typeof last !== "object" || last === null || !("signal" in last || "priority" in last)) {
    return { options: {}, rest: given };
  }
  const { signal, priority, ...rest } = last as CallOptions;
  return {
    options: { ...(signal ? { signal } : {}), ...(priority ? { priority } : {}) },
    rest: [...given.slice(0, -1), rest],
  };
}
