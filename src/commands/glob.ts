/**
 * Glob patterns as KEYS, SCAN and PSUBSCRIBE understand them, over bytes.
 *
 * `?` is one byte, `*` any number of them, `[abc]`, `[a-z]` and `[^a]` one byte in or out of a class, and `\` takes the
 * next byte as it is. Nothing is an error: a class that is not closed ends with the pattern, a lone `\` at the end
 * means itself, a range may run backwards. Empty text matches the empty pattern only, not even `*`; so KEYS and SCAN take
 * `*` for "no pattern" before they come here, as Redis's do.
 *
 * A star is tried at its shortest and lengthened on failure; only the last star is ever lengthened, since an earlier one
 * could not do better. So the time is at worst pattern times text, where recursion would be exponential.
 */

const star = 0x2a;
const question = 0x3f;
const open = 0x5b;
const close = 0x5d;
const caret = 0x5e;
const dash = 0x2d;
const backslash = 0x5c;

export function globMatches(pattern: Uint8Array, text: Uint8Array): boolean {
  if (text.length === 0) return pattern.length === 0;
  let p = 0;
  let t = 0;
  let afterStar = -1;
  let starText = 0;
  for (;;) {
    if (p < pattern.length && pattern[p] === star) {
      while (p < pattern.length && pattern[p] === star) p++;
      if (p === pattern.length) return true;
      afterStar = p;
      starText = t;
    } else if (t === text.length) {
      return p === pattern.length;
    } else {
      const next = p < pattern.length ? matchOne(pattern, p, text[t]!) : -1;
      if (next >= 0) {
        p = next;
        t++;
      } else if (afterStar >= 0) {
        p = afterStar;
        t = ++starText;
      } else {
        return false;
      }
    }
  }
}

/** Where the pattern goes on after its element at `p` took `byte`; -1 where it does not take it. */
function matchOne(pattern: Uint8Array, p: number, byte: number): number {
  switch (pattern[p]) {
    case question:
      return p + 1;
    case open:
      return matchClass(pattern, p + 1, byte);
    case backslash:
      if (p + 1 < pattern.length) p++;
      return pattern[p] === byte ? p + 1 : -1;
    default:
      return pattern[p] === byte ? p + 1 : -1;
  }
}

/** As `matchOne`, from after the bracket. */
function matchClass(pattern: Uint8Array, p: number, byte: number): number {
  const { length } = pattern;
  const negated = p < length && pattern[p] === caret;
  if (negated) p++;
  let isIn = false;
  while (p < length && pattern[p] !== close) {
    if (pattern[p] === backslash && p + 1 < length) {
      if (pattern[p + 1] === byte) isIn = true;
      p += 2;
    } else if (p + 2 < length && pattern[p + 1] === dash) {
      const a = pattern[p]!;
      const b = pattern[p + 2]!;
      if (byte >= Math.min(a, b) && byte <= Math.max(a, b)) isIn = true;
      p += 3;
    } else {
      if (pattern[p] === byte) isIn = true;
      p++;
    }
  }
  if (isIn === negated) return -1;
  return p < length ? p + 1 : p;
}
