/**
 * The words of a configuration line, as Redis splits it.
 *
 * Words are separated by white space (a vertical tab or form feed inside a word belongs to it). "…" holds a word with
 * escapes: \n \r \t \b \a, \xHH for a byte, and \ before any other character for that character. '…' holds a word as it
 * is, save \' for a quote. A quote may open in the middle of a word (a"b c" is one word), but must be followed by white
 * space or the end when it closes.
 *
 * Works on bytes, because \xHH names bytes: \xc3\xa9 is one character. A word must be UTF-8 in the end.
 */

export type Words =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly what: string; readonly expected: string };

const SPACE = 0x20;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const BACKSLASH = 0x5c;

const escapes: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x61, 0x07],
]);

/** A word's bytes up to `next`, or what is wrong with it. */
type Word =
  | { readonly ok: true; readonly bytes: readonly number[]; readonly next: number }
  | (Words & { ok: false });

/** Splits one line. An empty or blank line has no words. */
export function splitWords(line: string): Words {
  const bytes = new TextEncoder().encode(line);
  const words: string[] = [];
  for (let at = skipSpace(bytes, 0); at < bytes.length;) {
    const word = readWord(bytes, at);
    if (!word.ok) return word;
    const text = decode(word.bytes);
    if (text === undefined) {
      return {
        ok: false,
        what: 'a word is not valid UTF-8',
        expected: 'escapes \\xHH that make up whole characters',
      };
    }
    words.push(text);
    at = skipSpace(bytes, word.next);
  }
  return { ok: true, words };
}

function readWord(bytes: Uint8Array, start: number): Word {
  const word: number[] = [];
  let at = start;
  while (at < bytes.length && !endsWord(bytes[at])) {
    const byte = bytes[at] as number;
    if (byte === DOUBLE || byte === SINGLE) {
      const close = byte === DOUBLE ? readDouble(bytes, at + 1, word) : readSingle(bytes, at + 1, word);
      return endQuoted(bytes, close, word, String.fromCharCode(byte));
    }
    word.push(byte);
    at++;
  }
  return { ok: true, bytes: word, next: at };
}

/** `close` is the index of the closing quote, or undefined where there is none. */
function endQuoted(
  bytes: Uint8Array,
  close: number | undefined,
  word: readonly number[],
  quote: string,
): Word {
  if (close === undefined) {
    return { ok: false, what: 'a quote is not closed', expected: `a closing ${quote}` };
  }
  if (close + 1 < bytes.length && !isSpace(bytes[close + 1])) {
    return {
      ok: false,
      what: 'something follows a closing quote',
      expected: `a space or the end after the ${quote}`,
    };
  }
  return { ok: true, bytes: word, next: close + 1 };
}

function readDouble(bytes: Uint8Array, start: number, word: number[]): number | undefined {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === DOUBLE) return at;
    if (byte !== BACKSLASH || at + 1 >= bytes.length) {
      word.push(byte);
      continue;
    }
    const escaped = bytes[++at] as number;
    const code = escaped === 0x78 ? hexByte(bytes, at + 1) : undefined;
    if (code !== undefined) at += 2;
    word.push(code ?? escapes.get(escaped) ?? escaped);
  }
  return undefined;
}

function readSingle(bytes: Uint8Array, start: number, word: number[]): number | undefined {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === SINGLE) return at;
    if (byte === BACKSLASH && bytes[at + 1] === SINGLE) at++;
    word.push(bytes[at] as number);
  }
  return undefined;
}

/** The byte that two hexadecimal digits at `at` name, or undefined. */
function hexByte(bytes: Uint8Array, at: number): number | undefined {
  const digits = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0);
  return /^[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

/** What ends a word outside quotes: not all white space, as Redis has it. */
function endsWord(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Space, and the control characters from tab to carriage return. */
function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

function decode(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
