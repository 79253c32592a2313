/**
 * Shrinking as a conversation: a generator offers a smaller value, is told whether that one still fails, and goes on from
 * the smallest that does.
 *
 * The same generator serves a greedy loop, which answers truly and is done in one walk, and fast-check, which asks for a
 * stream of smaller values and begins anew with the one that it likes: it answers `false` throughout.
 */

/** Offers smaller values of T, is answered true where one still fails, and returns the smallest failing one. */
export type Shrinking<T> = Generator<T, T, boolean>;

/** One way to make a value smaller. */
export type Pass<T> = (from: T) => Shrinking<T>;

/** One pass after the other, each from where the last one ended. */
export function* inTurn<T>(from: T, passes: readonly Pass<T>[]): Shrinking<T> {
  let current = from;
  for (const pass of passes) current = yield* pass(current);
  return current;
}

/** Takes the first of some values that still fails. */
export function* firstOf<T>(from: T, candidates: Iterable<T>): Shrinking<T> {
  for (const candidate of candidates) if (yield candidate) return candidate;
  return from;
}

/** Takes each of some changes that still fails; every change is made to what the ones before it left. */
export function* eachOf<T>(from: T, changes: Iterable<(current: T) => T | undefined>): Shrinking<T> {
  let current = from;
  for (const change of changes) {
    const candidate = change(current);
    if (candidate !== undefined && (yield candidate)) current = candidate;
  }
  return current;
}

/**
 * Leaves out as much of a list as it can: all of it, halves, quarters, down to single items, from the end backwards.
 *
 * @param keep makes the value that keeps the items at `kept`, indexes into the list of `from`, ascending; undefined where
 * there is no such value
 */
export function* fewer<T>(
  from: T,
  length: number,
  keep: (kept: readonly number[]) => T | undefined,
): Shrinking<T> {
  let current = from;
  let kept = Array.from({ length }, (_, index) => index);
  for (let size = length; size >= 1; size = Math.floor(size / 2)) {
    for (let end = kept.length; end > 0; end -= size) {
      const rest = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)];
      const candidate = keep(rest);
      if (candidate === undefined || !(yield candidate)) continue;
      current = candidate;
      kept = rest;
    }
  }
  return current;
}

/** Lowers a number: to `least`, or by halves of the way there. */
export function* lower<T>(from: T, value: number, least: number, put: (value: number) => T): Shrinking<T> {
  let current = from;
  let failing = value;
  let passing = least - 1;
  // Between a number that still fails and one that does not.
  for (let next = least; failing - passing > 1; next = passing + Math.floor((failing - passing) / 2)) {
    const candidate = put(next);
    if (yield candidate) {
      current = candidate;
      failing = next;
    } else passing = next;
  }
  return current;
}
