/**
 * Lengths and strings of an RDB file, as far as its bytes have come (formats.md 2.3).
 *
 * Each reads at the window's position and moves it. Where bytes are missing the answer is a failure (-1 or false), the
 * position then means nothing, and the item at hand is to be read again from its start. A string that stands in the
 * file as it is, is handed out where it stands; an integer or a compressed one is spelled out into its span's scratch.
 */
import { ByteWindow, latin1Text, lzfDecompress, lzfMaxLengthBytes, parseDouble } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';

/** A string that was read: bytes[start, end). Valid until the window moves or the span is used again. */
export class Span {
  bytes: Uint8Array = nothing;
  start = 0;
  end = 0;
  /** Where strings are spelled out that do not stand in the file. */
  scratch: Uint8Array = new Uint8Array(64);

  copy(): Uint8Array {
    return this.bytes.slice(this.start, this.end);
  }

  text(): string {
    return latin1Text(this.bytes, this.start, this.end);
  }
}

export class RdbReader {
  readonly window = new ByteWindow();
  /** The special string encoding that `length` came upon instead of a length, or -1. */
  special = -1;
  /** Where a `skip` began that went beyond the limit. */
  #lastWhole = 0;

  /** The next byte, or -1. */
  byte(): number {
    const { window } = this;
    return window.position < window.limit ? window.buffer[window.position++]! : -1;
  }

  /** Passes over `count` bytes. Where they are not all there, all that follows is not there either. */
  skip(count: number): boolean {
    const { window } = this;
    const at = window.position;
    window.position = at + count;
    if (window.position <= window.limit) return true;
    if (at <= window.limit) this.#lastWhole = at;
    return false;
  }

  /** How many bytes of the item at hand were read. */
  get readBytes(): number {
    const { position, limit, start } = this.window;
    return (position <= limit ? position : this.#lastWhole) - start;
  }

  /** A length (beyond 2^53 the nearest double), or -1. */
  length(): number {
    const { window } = this;
    const { buffer, position: at } = window;
    const there = window.limit - at;
    if (there < 1) return -1;
    const first = buffer[at]!;
    this.special = -1;
    if (first < 0x40) {
      window.position = at + 1;
      return first;
    }
    if (first < 0x80) {
      if (there < 2) return -1;
      window.position = at + 2;
      return ((first & 0x3f) << 8) | buffer[at + 1]!;
    }
    if (first >= 0xc0) {
      window.position = at + 1;
      this.special = first & 0x3f;
      return 0;
    }
    if (first === 0x80) {
      if (there < 5) return -1;
      window.position = at + 5;
      return uint32BE(buffer, at + 1);
    }
    if (first !== 0x81) throw corrupt(`length of unknown form 0x${first.toString(16)}`);
    if (there < 9) return -1;
    window.position = at + 9;
    return uint32BE(buffer, at + 1) * 0x1_0000_0000 + uint32BE(buffer, at + 5);
  }

  /** A length that is no string's, or -1. */
  count(): number {
    const count = this.length();
    if (count >= 0 && this.special >= 0) {
      throw corrupt(`a number is expected, string encoding ${this.special} found`);
    }
    if (count > Number.MAX_SAFE_INTEGER) throw corrupt(`a count of ${count}`);
    return count;
  }

  string(into: Span): boolean {
    const length = this.length();
    if (length < 0) return false;
    if (this.special >= 0) return this.#spelledOut(into, this.special);
    const { window } = this;
    const end = window.position + length;
    if (end > window.limit) {
      if (length > longestStringBytes) throw corrupt(`a string of ${length} bytes`);
      return false;
    }
    into.bytes = window.buffer;
    into.start = window.position;
    into.end = end;
    window.position = end;
    return true;
  }

  /** The eight bytes of a double, or undefined where they are not there. */
  double(): number | undefined {
    const { window } = this;
    const { buffer, position: at } = window;
    if (!this.skip(8)) return undefined;
    return new DataView(buffer.buffer, buffer.byteOffset + at, 8).getFloat64(0, true);
  }

  /** Signed 64 bits, beyond 2^53 the nearest double; undefined where they are not there. */
  int64(): number | undefined {
    const { buffer, position: at } = this.window;
    if (!this.skip(8)) return undefined;
    return (uint32LE(buffer, at + 4) | 0) * 0x1_0000_0000 + uint32LE(buffer, at);
  }

  /** A double as text of at most 252 characters with its length before it, or one of three lengths that stand for no number. */
  doubleText(): number | undefined {
    const length = this.byte();
    if (length < 0) return undefined;
    if (length === 253) return NaN;
    if (length === 254) return Infinity;
    if (length === 255) return -Infinity;
    const { window } = this;
    const at = window.position;
    if (!this.skip(length)) return undefined;
    return parseDouble(latin1Text(window.buffer, at, at + length)) ?? NaN;
  }

  #spelledOut(into: Span, encoding: number): boolean {
    if (encoding <= 2) return this.#integer(into, 1 << encoding);
    if (encoding !== 3) throw corrupt(`string encoding ${encoding}: not known`);
    const { window } = this;
    const packed = this.count();
    const length = packed < 0 ? -1 : this.count();
    if (length < 0) return false;
    if (packed > longestStringBytes || length > Math.min(longestStringBytes, lzfMaxLengthBytes(packed))) {
      throw corrupt(`LZF string is damaged: ${packed} bytes cannot give ${length}`);
    }
    const start = window.position;
    if (start + packed > window.limit) return false;
    let target = into.scratch;
    if (target.length < length) {
      target = new Uint8Array(length);
      if (length <= keptScratchBytes) into.scratch = target;
    }
    lzfDecompress(window.buffer, start, start + packed, target, 0, length);
    into.bytes = target;
    into.start = 0;
    into.end = length;
    window.position = start + packed;
    return true;
  }

  #integer(into: Span, width: number): boolean {
    const { window } = this;
    const { buffer, position: at } = window;
    if (at + width > window.limit) return false;
    window.position = at + width;
    let value = 0;
    if (width === 1) value = (buffer[at]! << 24) >> 24;
    else if (width === 2) value = ((buffer[at]! | (buffer[at + 1]! << 8)) << 16) >> 16;
    else value = uint32LE(buffer, at) | 0;
    into.bytes = into.scratch;
    into.end = into.scratch.length;
    into.start = writeDecimalBackward(into.scratch, into.end, value);
    return true;
  }
}

export function uint32LE(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function uint32BE(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Writes a 32-bit integer as decimal text that ends at `end`, and gives where it begins. */
function writeDecimalBackward(bytes: Uint8Array, end: number, value: number): number {
  let at = end;
  let rest = value < 0 ? -value : value;
  do {
    const next = Math.floor(rest / 10);
    bytes[--at] = 0x30 + (rest - next * 10);
    rest = next;
  } while (rest > 0);
  if (value < 0) bytes[--at] = 0x2d;
  return at;
}

function corrupt(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', what);
}

const nothing = new Uint8Array(0);

/** No string of Redis's is longer; what claims to be is damage. */
const longestStringBytes = 0x7fffffff;

/** A longer scratch is not kept. */
const keptScratchBytes = 1024 * 1024;
