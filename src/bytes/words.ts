/**
 * Splitting a line into words as Redis splits inline commands, redis.conf lines and AOF manifest lines.
 *
 * Words are separated by blanks. "…" understands \xHH, \n, \r, \t, \b, \a and a backslash before any other byte; '…'
 * understands \' only. A closing quote must be followed by a blank or the end of the line. A quote may open inside a
 * word: a"b c" is one word.
 */
import type { ByteWriter } from './writer.ts';

/**
 * Writes the words of line[start, end) one after the other into `into` and calls `word(start, end)` with each one's
 * place there, in turn. False where the quotes are unbalanced; what was written then means nothing.
 */
export function splitWords(
  line: Uint8Array,
  start: number,
  end: number,
  into: ByteWriter,
  word: (start: number, end: number) => void,
): boolean {
  let i = start;
  for (;;) {
    while (i < end && isBlank(line[i]!)) i++;
    if (i === end) return true;
    const wordStart = into.length;
    let quote = 0;
    for (; i < end || quote !== 0; i++) {
      if (i === end) return false;
      const byte = line[i]!;
      if (quote === 0) {
        if (isBlank(byte) && byte !== verticalTab && byte !== formFeed) break;
        if (byte === doubleQuote || byte === singleQuote) quote = byte;
        else into.byte(byte);
      } else if (byte === quote) {
        if (++i < end && !isBlank(line[i]!)) return false;
        break;
      } else if (byte !== backslash || i + 1 === end) {
        into.byte(byte);
      } else if (quote === singleQuote) {
        if (line[i + 1] === singleQuote) i++;
        into.byte(line[i]!);
      } else if (
        line[i + 1] === 0x78 &&
        i + 3 < end &&
        hexDigit(line[i + 2]!) >= 0 &&
        hexDigit(line[i + 3]!) >= 0
      ) {
        into.byte(hexDigit(line[i + 2]!) * 16 + hexDigit(line[i + 3]!));
        i += 3;
      } else {
        i++;
        into.byte(unescape(line[i]!));
      }
    }
    word(wordStart, into.length);
  }
}

/**
 * A byte string as a word that `splitWords` reads back: as it stands where it is plain, else in double quotes. Also
 * what messages show a key as.
 */
export function quoteWord(bytes: Uint8Array): string {
  let plain = bytes.length > 0;
  let text = '';
  for (const byte of bytes) {
    if (byte === doubleQuote || byte === backslash) text += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x0a) text += '\\n';
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x09) text += '\\t';
    else if (byte === 0x08) text += '\\b';
    else if (byte === 0x07) text += '\\a';
    else if (byte < 0x20 || byte > 0x7e) text += `\\x${byte.toString(16).padStart(2, '0')}`;
    else {
      text += String.fromCharCode(byte);
      if (byte !== 0x20 && byte !== singleQuote) continue;
    }
    plain = false;
  }
  return plain ? text : `"${text}"`;
}

const doubleQuote = 0x22;
const singleQuote = 0x27;
const backslash = 0x5c;
/** Blanks before a word and behind a quote, but not inside a word: a trait of Redis. */
const verticalTab = 0x0b;
const formFeed = 0x0c;

/** Space, \t, \n, \v, \f, \r and NUL, where C strings end. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function unescape(byte: number): number {
  if (byte === 0x6e) return 0x0a;
  if (byte === 0x72) return 0x0d;
  if (byte === 0x74) return 0x09;
  if (byte === 0x62) return 0x08;
  if (byte === 0x61) return 0x07;
  return byte;
}
