/**
 * Batches: what makes an append-only file tell torn from rotten, without leaving Redis's syntax.
 *
 * Each write of the log is one batch of whole units, preceded by an annotation, a line that begins with '#', which every
 * Redis since 7.0 skips:
 *
 *     #lightsout s=0000000042 n=0000000177 h=5c3e10f2 d=000000004096\r\n
 *
 * `s` numbers the batches, one up each time, across files and restarts; `n` is the length in bytes of what follows and
 * belongs to the batch; `d` is how many bytes of this file were known to be durable when the batch was written. So a reader
 * knows what a power cut may have done (anything behind the largest `d`) from what it may not. `h` is an XXH32 over what
 * follows, seeded with the other fields, with where in its file the batch begins and with the log's key, a random number
 * that stands in the manifest. A value that holds a copy of a batch, or one that a client has made up, is therefore none:
 * it does not stand where it says, and no client knows the key.
 *
 * Batches are whole or not there: of one that is damaged no unit is believed, since pages of an unsynced tail can be
 * missing in its middle, where no syntax tells. The header is 64 bytes, so that a batch in a buffer that begins with it
 * stays on word boundaries.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import { xxh32 } from '../bytes/xxhash32.ts';

export const batchHeaderBytes = 64;

/** How every header begins. */
export const batchMark = '#lightsout s=';

/** Where a batch stands: what its hash answers for beside what the header says. */
export interface BatchPlace {
  /** The log's key, 32 bits. */
  readonly key: number;
  /** Offset of the header in its file. */
  readonly offset: number;
}

export interface BatchHeader {
  readonly sequence: number;
  readonly lengthBytes: number;
  readonly hash: number;
  readonly durableBytes: number;
}

/** Makes room for a header at the start of an empty writer. */
export function reserveBatchHeader(writer: ByteWriter): void {
  writer.ensure(batchHeaderBytes);
  writer.length = batchHeaderBytes;
}

/** Fills in the header of the batch that stands in `writer` behind the room that was reserved. */
export function sealBatch(
  writer: ByteWriter,
  place: BatchPlace,
  sequence: number,
  durableBytes: number,
): void {
  const lengthBytes = writer.length - batchHeaderBytes;
  const hash = xxh32(writer.buffer, batchHeaderBytes, writer.length, seedOf(place, sequence, durableBytes));
  const { buffer } = writer;
  for (let i = 0; i < batchHeaderBytes; i++) buffer[i] = form.charCodeAt(i);
  putNumber(buffer, sequenceAt, 10, 10, sequence);
  putNumber(buffer, lengthAt, 10, 10, lengthBytes);
  putNumber(buffer, hashAt, 8, 16, hash);
  putNumber(buffer, durableAt, 12, 10, durableBytes);
}

/** Reads a header, or gives undefined where bytes[start, start + 64) is none. */
export function parseBatchHeader(bytes: Uint8Array, start: number): BatchHeader | undefined {
  if (start + batchHeaderBytes > bytes.length) return undefined;
  for (let i = 0; i < batchHeaderBytes; i++) {
    const literal = form.charCodeAt(i);
    if (literal !== blank && bytes[start + i] !== literal) return undefined;
  }
  const sequence = numberAt(bytes, start + sequenceAt, 10, 10);
  const lengthBytes = numberAt(bytes, start + lengthAt, 10, 10);
  const hash = numberAt(bytes, start + hashAt, 8, 16);
  const durableBytes = numberAt(bytes, start + durableAt, 12, 10);
  if (sequence < 0 || lengthBytes < 0 || hash < 0 || durableBytes < 0) return undefined;
  return { sequence, lengthBytes, hash, durableBytes };
}

/** A header with blanks where its numbers stand. */
const form = `${batchMark}__________ n=__________ h=________ d=____________\r\n`;
const blank = 0x5f;
/** Where they stand. */
const sequenceAt = 13;
const lengthAt = 26;
const hashAt = 39;
const durableAt = 50;

/** Writes `value` in `width` digits at bytes[start]. */
function putNumber(bytes: Uint8Array, start: number, width: number, radix: number, value: number): void {
  let rest = value;
  for (let i = start + width - 1; i >= start; i--) {
    const next = Math.floor(rest / radix);
    const digit = rest - next * radix;
    bytes[i] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    rest = next;
  }
}

/** The number of `width` digits (small letters beyond 9) at bytes[start], or -1 where one is none. */
function numberAt(bytes: Uint8Array, start: number, width: number, radix: number): number {
  let value = 0;
  for (let i = start; i < start + width; i++) {
    const byte = bytes[i]!;
    const digit = byte >= 0x61 ? byte - 0x57 : byte - 0x30;
    if (digit < 0 || digit >= radix || (digit > 9 && byte < 0x61)) return -1;
    value = value * radix + digit;
  }
  return value;
}

/** True where bytes[start, start + header.lengthBytes) is what the header was made for, at that place. */
export function isBatchBody(
  header: BatchHeader,
  place: BatchPlace,
  bytes: Uint8Array,
  start: number,
): boolean {
  const { sequence, durableBytes, lengthBytes, hash } = header;
  return xxh32(bytes, start, start + lengthBytes, seedOf(place, sequence, durableBytes)) === hash;
}

/** Makes the hash answer for the numbers in the header too (the length is in every hash), and for the place. */
function seedOf({ key, offset }: BatchPlace, sequence: number, durableBytes: number): number {
  let seed = key;
  for (const number of [sequence, offset, durableBytes]) {
    const high = Math.floor(number / 4294967296);
    seed = Math.imul(seed ^ (number >>> 0), 0x9e3779b1) ^ Math.imul(high + 1, 0xc2b2ae3d);
    seed ^= seed >>> 15;
  }
  return seed | 0;
}
