// Results that several views ask for in the same moment.

/** Remembers the last few results of `make`; arguments are the same if they are identical. */
export function recent<Arguments extends readonly unknown[], Result>(
  most: number,
  make: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const known: { given: Arguments; result: Result }[] = [];
  return (...given) => {
    const at = known.findIndex((entry) => entry.given.every((value, index) => Object.is(value, given[index])));
    const [entry = { given, result: make(...given) }] = at < 0 ? [] : known.splice(at, 1);
    known.unshift(entry);
    known.length = Math.min(known.length, most);
    return entry.result;
  };
}
