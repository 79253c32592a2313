/**
 * Strings as they stand in pages: RDB's encoding, plus forms of our own.
 *
 *     00LLLLLL | 01LLLLLL L | 0x80 L L L L   length (big-endian), then the bytes
 *     0xC0 i8 | 0xC1 i16 | 0xC2 i32          the decimal text of that integer (little-endian)
 *     0xFF address length                    an extent: two u32, little-endian
 *     01000000 00LLLLLL                      a string of up to 44 bytes that Redis keeps raw: one byte more than it needs
 *     0x80 0 0 0 L                           the text of an integer that Redis keeps as text
 *
 * The last three never leave this package: whoever writes a file writes what they stand for. The last two are only for the
 * value of a key (hence not of a field), and tell OBJECT ENCODING how it came to be; as for the first, RDB has no place for it.
 *
 * Keys, members and fields are never integers, so that a key is found by comparing bytes; string values and the values of
 * hash fields are integers exactly when Redis would write them so (canonical, at most 11 characters, 32 bits), or are marked
 * as above. That makes the encoding of a string unique.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import { parseInt32 } from '../bytes/integer.ts';
import type { Chunks } from './chunks.ts';
import { byteOf, copyBytes, extentHeaderBytes } from './chunks.ts';

export const int8Form = 0xc0;
export const int16Form = 0xc1;
export const int32Form = 0xc2;
export const extentForm = 0xff;

/** Bytes of the reference that stands for an extent. */
export const extentReferenceBytes = 9;

/** Redis keeps strings up to this length in one piece with their object. */
export const embeddedBytes = 44;
/** Bytes of the lengths that mark a string as raw, and as text though it is an integer's. */
export const rawMarkBytes = 2;
export const textMarkBytes = 5;

/** Whether the string at `at` is marked by a length that is longer than it needs. */
export function isMarked(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  if (first === 0x40) return bytes[at + 1]! < 64;
  return first === 0x80 && readLength(bytes, at) < 16_384;
}

/** Whether the string at `at` stands in a form that no file may have. */
export function isOwnForm(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === extentForm || isMarked(bytes, at);
}

/** Writes a length that marks, in that many bytes, and gives the place behind it. */
export function writeMark(bytes: Uint8Array, at: number, markBytes: number, length: number): number {
  bytes.fill(0, at, at + markBytes);
  bytes[at] = markBytes === rawMarkBytes ? 0x40 : 0x80;
  bytes[at + markBytes - 1] = length;
  return at + markBytes;
}

/** Bytes that announce a length. */
export function lengthBytes(length: number): number {
  return length < 64 ? 1 : length < 16_384 ? 2 : 5;
}

/** Writes a length and gives the place behind it. */
export function writeLength(bytes: Uint8Array, at: number, length: number): number {
  if (length < 64) {
    bytes[at] = length;
    return at + 1;
  }
  if (length < 16_384) {
    bytes[at] = 0x40 | (length >>> 8);
    bytes[at + 1] = length & 0xff;
    return at + 2;
  }
  bytes[at] = 0x80;
  bytes[at + 1] = length >>> 24;
  bytes[at + 2] = (length >>> 16) & 0xff;
  bytes[at + 3] = (length >>> 8) & 0xff;
  bytes[at + 4] = length & 0xff;
  return at + 5;
}

/** The length announced at `at`, of a raw string or a collection. */
export function readLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 63) << 8) | bytes[at + 1]!;
  return ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0;
}

/** Where the content of the raw string, or of the collection, at `at` begins. */
export function contentStart(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  return first < 0x40 ? at + 1 : first < 0x80 ? at + 2 : at + 5;
}

/** The place behind the string at `at`. */
export function storedEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x40) return at + 1 + first;
  if (first < 0x80) return at + 2 + (((first & 63) << 8) | bytes[at + 1]!);
  if (first === 0x80) return at + 5 + readLength(bytes, at);
  if (first === extentForm) return at + extentReferenceBytes;
  return at + (first === int8Form ? 2 : first === int16Form ? 3 : 5);
}

export function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word & 0xff;
  bytes[at + 1] = (word >>> 8) & 0xff;
  bytes[at + 2] = (word >>> 16) & 0xff;
  bytes[at + 3] = word >>> 24;
}

/** The address of the extent that the string at `at` refers to, or 0 where it stands in the page. */
export function extentAddress(bytes: Uint8Array, at: number): number {
  return bytes[at] === extentForm ? readWord(bytes, at + 1) : 0;
}

export function writeExtentReference(bytes: Uint8Array, at: number, address: number, length: number): number {
  bytes[at] = extentForm;
  writeWord(bytes, at + 1, address);
  writeWord(bytes, at + 5, length);
  return at + extentReferenceBytes;
}

/** The integer that the string at `at` is stored as; the caller has looked at the form. */
export function storedInteger(bytes: Uint8Array, at: number): number {
  const form = bytes[at]!;
  if (form === int8Form) return (bytes[at + 1]! << 24) >> 24;
  if (form === int16Form) return ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 16;
  return bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 24);
}

export function isIntegerForm(form: number): boolean {
  return form >= int8Form && form <= int32Form;
}

/** Bytes of an integer's form, the leading one included. */
export function integerBytes(value: number): number {
  return value === (value << 24) >> 24 ? 2 : value === (value << 16) >> 16 ? 3 : 5;
}

export function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  const count = integerBytes(value);
  bytes[at] = count === 2 ? int8Form : count === 3 ? int16Form : int32Form;
  bytes[at + 1] = value & 0xff;
  if (count > 2) bytes[at + 2] = (value >>> 8) & 0xff;
  if (count > 3) {
    bytes[at + 3] = (value >>> 16) & 0xff;
    bytes[at + 4] = value >>> 24;
  }
  return at + count;
}

/** Parses the integer that text is stored as, if it is one. Looks at one byte of most strings. */
export function integerOf(text: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > 11 || start === end) return undefined;
  const first = text[start]!;
  if (first > 0x39 || (first < 0x30 && first !== 0x2d)) return undefined;
  return parseInt32(text, start, end);
}

/** Length of the string's text. */
export function storedLength(bytes: Uint8Array, at: number): number {
  const form = bytes[at]!;
  if (form <= 0x80) return readLength(bytes, at);
  if (form === extentForm) return readWord(bytes, at + 5);
  const value = storedInteger(bytes, at);
  let length = value < 0 ? 2 : 1;
  for (let rest = Math.abs(value); rest >= 10; rest = Math.floor(rest / 10)) length++;
  return length;
}

/** Appends the string's text. */
export function appendStored(chunks: Chunks, bytes: Uint8Array, at: number, writer: ByteWriter): void {
  const form = bytes[at]!;
  if (form <= 0x80) {
    const start = contentStart(bytes, at);
    writer.bytes(bytes, start, start + readLength(bytes, at));
  } else if (form === extentForm) {
    const address = readWord(bytes, at + 1);
    const start = byteOf(address) + extentHeaderBytes;
    writer.bytes(chunks.bytes[address >>> 16]!, start, start + readWord(bytes, at + 5));
  } else {
    writer.decimal(storedInteger(bytes, at));
  }
}

/** The string's text as a copy on the heap. */
export function copyStored(chunks: Chunks, bytes: Uint8Array, at: number): Uint8Array {
  const form = bytes[at]!;
  if (form <= 0x80) {
    const start = contentStart(bytes, at);
    return heapCopy(bytes, start, start + readLength(bytes, at));
  }
  if (form === extentForm) {
    const address = readWord(bytes, at + 1);
    const start = byteOf(address) + extentHeaderBytes;
    return heapCopy(chunks.bytes[address >>> 16]!, start, start + readWord(bytes, at + 5));
  }
  const text = storedInteger(bytes, at).toString();
  const copy = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) copy[i] = text.charCodeAt(i);
  return copy;
}

/** A part of the string's text, as far as there is any, as a copy on the heap. */
export function copyStoredRange(
  chunks: Chunks,
  bytes: Uint8Array,
  at: number,
  start: number,
  end: number,
): Uint8Array {
  if (bytes[at] !== extentForm) return copyStored(chunks, bytes, at).slice(start, end);
  const address = readWord(bytes, at + 1);
  const length = readWord(bytes, at + 5);
  const from = byteOf(address) + extentHeaderBytes;
  const [first, last] = [Math.min(start, length), Math.min(end, length)];
  return heapCopy(chunks.bytes[address >>> 16]!, from + first, from + Math.max(first, last));
}

/** A copy that belongs to the caller, never in shared memory. */
export function heapCopy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copyBytes(bytes, start, end, copy, 0);
  return copy;
}

/** Whether the raw string or extent at `at` is text[start, end). */
export function storedEquals(
  chunks: Chunks,
  bytes: Uint8Array,
  at: number,
  text: Uint8Array,
  start: number,
  end: number,
): boolean {
  const length = end - start;
  let from: number;
  let source = bytes;
  if (bytes[at] === extentForm) {
    if (readWord(bytes, at + 5) !== length) return false;
    const address = readWord(bytes, at + 1);
    source = chunks.bytes[address >>> 16]!;
    from = byteOf(address) + extentHeaderBytes;
  } else {
    if (readLength(bytes, at) !== length) return false;
    from = contentStart(bytes, at);
  }
  for (let i = 0; i < length; i++) if (source[from + i] !== text[start + i]) return false;
  return true;
}

/** Appends a stored string, as an integer where it is one and may be. */
export function appendString(writer: ByteWriter, text: Uint8Array, mayBeInteger: boolean): void {
  writer.ensure(text.length + 5);
  const integer = mayBeInteger ? integerOf(text, 0, text.length) : undefined;
  if (integer !== undefined) {
    writer.length = writeInteger(writer.buffer, writer.length, integer);
    return;
  }
  writer.length = writeLength(writer.buffer, writer.length, text.length);
  writer.bytes(text, 0, text.length);
}
