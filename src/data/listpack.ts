/**
 * Listpacks: `u32 bytes, u16 count, entries, 0xFF`, little-endian, as Redis keeps and saves small collections.
 *
 * An entry is encoded and followed by its own length in 7-bit groups, so that entries can be walked backwards. The text of
 * a canonical 64-bit integer is always stored as the integer, in the narrowest form: so equal texts have equal entries, and
 * entries are compared by their bytes. Source: formats.md 2.6.
 */
import { formatInteger, parseInt64, parseInteger } from '../bytes/integer.ts';
import type { ByteWriter } from '../bytes/writer.ts';
import { heapCopy, readWord } from './stored-string.ts';

export const listpackHeaderBytes = 6;
export const listpackEnd = 0xff;

/** Appends one entry holding text[start, end). */
export function appendEntry(writer: ByteWriter, text: Uint8Array, start: number, end: number): void {
  const length = end - start;
  const from = writer.length;
  const integer = integerText(text, start, end);
  if (integer !== undefined) {
    appendInteger(writer, integer);
  } else {
    writer.ensure(length + 10);
    if (length < 64) {
      writer.byte(0x80 | length);
    } else if (length < 4096) {
      writer.byte(0xe0 | (length >>> 8));
      writer.byte(length & 0xff);
    } else {
      writer.byte(0xf0);
      for (let shift = 0; shift < 32; shift += 8) writer.byte((length >>> shift) & 0xff);
    }
    writer.bytes(text, start, end);
  }
  appendBacklen(writer, writer.length - from);
}

/** The integer that text[start, end) is the canonical decimal of, within 64 bits; bigint beyond 53 bits. */
export function integerText(text: Uint8Array, start: number, end: number): number | bigint | undefined {
  if (end - start > 20 || start === end) return undefined;
  const first = text[start]!;
  if (first > 0x39 || (first < 0x30 && first !== 0x2d)) return undefined;
  return parseInteger(text, start, end) ?? parseInt64(text, start, end);
}

/** Appends one entry holding an integer of 64 bits. */
export function appendIntegerEntry(writer: ByteWriter, value: number | bigint): void {
  const from = writer.length;
  appendInteger(writer, value);
  appendBacklen(writer, writer.length - from);
}

/** The integer that the entry at `at` holds; undefined where it holds text. Bigint beyond 53 bits. */
export function entryInteger(bytes: Uint8Array, at: number): number | bigint | undefined {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  if (first >= 0xc0 && first < 0xe0) return ((((first & 31) << 8) | bytes[at + 1]!) << 19) >> 19;
  if (first < 0xf1 || first > 0xf4) return undefined;
  return readSigned(bytes, at + 1, first === 0xf1 ? 2 : first === 0xf2 ? 3 : first === 0xf3 ? 4 : 8);
}

function appendInteger(writer: ByteWriter, value: number | bigint): void {
  if (typeof value === 'bigint') {
    writer.byte(0xf4);
    appendSigned(writer, value, 8);
  } else if (value >= 0 && value <= 127) {
    writer.byte(value);
  } else if (value >= -4096 && value <= 4095) {
    writer.byte(0xc0 | ((value >> 8) & 0x1f));
    writer.byte(value & 0xff);
  } else if (value >= -32_768 && value <= 32_767) {
    writer.byte(0xf1);
    appendSigned(writer, value, 2);
  } else if (value >= -8_388_608 && value <= 8_388_607) {
    writer.byte(0xf2);
    appendSigned(writer, value, 3);
  } else if (value === (value | 0)) {
    writer.byte(0xf3);
    appendSigned(writer, value, 4);
  } else {
    writer.byte(0xf4);
    appendSigned(writer, value, 8);
  }
}

/** Appends a signed integer in so many bytes, little-endian. */
export function appendSigned(writer: ByteWriter, value: number | bigint, width: number): void {
  const low = typeof value === 'bigint' ? Number(value & 0xffffffffn) : value >>> 0;
  for (let i = 0; i < width && i < 4; i++) writer.byte((low >>> (8 * i)) & 0xff);
  if (width < 8) return;
  const high =
    typeof value === 'bigint' ? Number((value >> 32n) & 0xffffffffn) : ((value - low) / 4_294_967_296) >>> 0;
  for (let i = 0; i < 4; i++) writer.byte((high >>> (8 * i)) & 0xff);
}

/** Reads a signed integer of so many bytes; bigint beyond 53 bits. */
export function readSigned(bytes: Uint8Array, at: number, width: number): number | bigint {
  if (width === 8) {
    const low = readWord(bytes, at);
    const high = readWord(bytes, at + 4) | 0;
    const value = high * 4_294_967_296 + low;
    return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) + BigInt(low);
  }
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = (value << 8) | bytes[at + i]!;
  return (value << (32 - 8 * width)) >> (32 - 8 * width);
}

function backlenBytes(length: number): number {
  return length <= 127 ? 1 : length < 16_383 ? 2 : length < 2_097_151 ? 3 : length < 268_435_455 ? 4 : 5;
}

export function appendBacklen(writer: ByteWriter, length: number): void {
  const count = backlenBytes(length);
  for (let i = count - 1; i >= 0; i--) {
    const group = (length >>> (7 * i)) & 0x7f;
    writer.byte(i === count - 1 ? group : group | 0x80);
  }
}

/** Bytes of the entry at `at` without its backlen. */
function bodyBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc0) return 1 + (first & 63);
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 2 + (((first & 15) << 8) | bytes[at + 1]!);
  if (first === 0xf0) return 5 + readWord(bytes, at + 1);
  return first === 0xf1 ? 3 : first === 0xf2 ? 4 : first === 0xf3 ? 5 : 9;
}

/** The place of the entry behind the one at `at`. */
export function nextEntry(bytes: Uint8Array, at: number): number {
  const body = bodyBytes(bytes, at);
  return at + body + backlenBytes(body);
}

/** The place of the entry before the one at `at`. */
export function previousEntry(bytes: Uint8Array, at: number): number {
  let p = at - 1;
  let length = bytes[p]! & 0x7f;
  for (let scale = 128; (bytes[p]! & 0x80) !== 0; scale *= 128) length += (bytes[--p]! & 0x7f) * scale;
  return p - length;
}

/** The entry's text as a copy. */
export function entryText(bytes: Uint8Array, at: number): Uint8Array {
  const first = bytes[at]!;
  if (first >= 0x80 && first < 0xc0) return heapCopy(bytes, at + 1, at + 1 + (first & 63));
  if (first >= 0xe0 && first < 0xf0)
    return heapCopy(bytes, at + 2, at + 2 + (((first & 15) << 8) | bytes[at + 1]!));
  if (first === 0xf0) return heapCopy(bytes, at + 5, at + 5 + readWord(bytes, at + 1));
  if (first < 0x80) return formatInteger(first);
  if (first < 0xe0) return formatInteger(((((first & 31) << 8) | bytes[at + 1]!) << 19) >> 19);
  return formatInteger(
    readSigned(bytes, at + 1, first === 0xf1 ? 2 : first === 0xf2 ? 3 : first === 0xf3 ? 4 : 8),
  );
}

/** Calls `use` with the entry's text as bytes[start, end): where it stands, or a copy. */
export function withEntry<T>(
  bytes: Uint8Array,
  at: number,
  use: (bytes: Uint8Array, start: number, end: number) => T,
): T {
  const first = bytes[at]!;
  if (first >= 0x80 && first < 0xc0) return use(bytes, at + 1, at + 1 + (first & 63));
  if (first >= 0xe0 && first < 0xf0) return use(bytes, at + 2, at + bodyBytes(bytes, at));
  if (first === 0xf0) return use(bytes, at + 5, at + bodyBytes(bytes, at));
  const copy = entryText(bytes, at);
  return use(copy, 0, copy.length);
}

/** Whether bytes[at, …) begins with entry[0, length). Two entries are equal exactly when one begins with the other. */
export function entryEquals(bytes: Uint8Array, at: number, entry: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== entry[i]) return false;
  return true;
}

/** The place of the first entry equal to entry[0, length) among bytes[at, end), looking at every `step`th; -1 if none. */
export function findEntry(
  bytes: Uint8Array,
  at: number,
  end: number,
  entry: Uint8Array,
  length: number,
  step: 1 | 2,
): number {
  while (at < end) {
    if (entryEquals(bytes, at, entry, length)) return at;
    at = nextEntry(bytes, at);
    if (step === 2) at = nextEntry(bytes, at);
  }
  return -1;
}

/** Number of entries by the header; our listpacks are far below the 65535 at which it stops counting. */
export function entryCount(bytes: Uint8Array, listpack: number): number {
  return bytes[listpack + 4]! | (bytes[listpack + 5]! << 8);
}
