/**
 * Scores of sorted sets: doubles, never NaN.
 *
 * In a listpack a score is text, which the listpack may keep as an integer; elsewhere it is the eight bytes of the double,
 * least significant first. Elements are ordered by score, then by the bytes of the member; -0 and 0 are one place.
 */
import { formatDouble17 } from '../bytes/double.ts';
import { latin1Bytes, latin1Text } from '../bytes/latin1.ts';
import { withEntry } from './listpack.ts';

export const scoreBytes = 8;

export function readScore(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, scoreBytes).getFloat64(0, true);
}

export function writeScore(bytes: Uint8Array, at: number, score: number): void {
  new DataView(bytes.buffer, bytes.byteOffset + at, scoreBytes).setFloat64(0, score, true);
}

/** Redis writes whole numbers up to here as such, however long. */
const wholeUpTo = 2 ** 62;

/** As Redis writes it into a listpack. */
export function scoreText(score: number): Uint8Array {
  const isWhole = Number.isInteger(score) && Math.abs(score) <= wholeUpTo && !Object.is(score, -0);
  return latin1Bytes(isWhole ? BigInt(score).toString() : formatDouble17(score));
}

/** The score that the listpack entry at `at` is, which `scoreText` made. */
export function entryScore(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  return first < 0x80 ? first : withEntry(bytes, at, parseScore);
}

function parseScore(bytes: Uint8Array, start: number, end: number): number {
  const text = latin1Text(bytes, start, end);
  if (text === 'inf') return Infinity;
  return text === '-inf' ? -Infinity : Number(text);
}

/** A negative number where a[aStart, aEnd) comes before b[bStart, bEnd), 0 where both are equal. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < shared; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Says of an element whether it comes before that score and member. */
export function comesBefore(score: number, member: Uint8Array): IsBefore {
  return (other, bytes, start, end) =>
    other < score || (other === score && compareBytes(bytes, start, end, member, 0, member.length) < 0);
}

/** Of the element of that score whose member is bytes[start, end). */
export type IsBefore = (score: number, bytes: Uint8Array, start: number, end: number) => boolean;
