/**
 * Canonical decimal integers in byte ranges.
 *
 * Canonical is what Redis calls an integer wherever one must survive a round trip: an optional minus, then digits
 * without a leading zero; neither "-0" nor "+1" nor " 1". Bytes and canonical text determine each other, so an integer
 * may stand for its text in an RDB file.
 *
 * Numbers carry 53 bits. The 64-bit forms give bigint and are for the rare values beyond.
 */

const minus = 0x2d;
const zero = 0x30;

export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/** The integer in bytes[start, end) where it is canonical and at most 2^53 - 1 in magnitude, else undefined. */
export function parseInteger(bytes: Uint8Array, start = 0, end: number = bytes.length): number | undefined {
  const negative = start < end && bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits === 0 || digits > 16) return undefined;
  if (bytes[from] === zero) return digits === 1 && !negative ? 0 : undefined;
  let value = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i]! - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (value > Number.MAX_SAFE_INTEGER) return undefined;
  return negative ? -value : value;
}

/** As `parseInteger`, within [-2^31, 2^31): what an RDB file stores as an integer instead of its text. */
export function parseInt32(bytes: Uint8Array, start = 0, end: number = bytes.length): number | undefined {
  if (end - start > 11) return undefined;
  const value = parseInteger(bytes, start, end);
  return value !== undefined && value === (value | 0) ? value : undefined;
}

/** The integer in bytes[start, end) where it is canonical and within 64 signed bits, else undefined. */
export function parseInt64(bytes: Uint8Array, start = 0, end: number = bytes.length): bigint | undefined {
  const small = parseInteger(bytes, start, end);
  if (small !== undefined) return BigInt(small);
  const negative = start < end && bytes[start] === minus;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits < 16 || digits > 19 || bytes[from] === zero) return undefined;
  // Two halves below 2^53, joined once.
  const split = end - 9;
  let front = 0;
  let back = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i]! - zero;
    if (digit < 0 || digit > 9) return undefined;
    if (i < split) front = front * 10 + digit;
    else back = back * 10 + digit;
  }
  const magnitude = BigInt(front) * 1_000_000_000n + BigInt(back);
  const value = negative ? -magnitude : magnitude;
  return value >= int64Min && value <= int64Max ? value : undefined;
}

/** An integer as decimal bytes. */
export function formatInteger(value: number | bigint): Uint8Array {
  const text = value.toString();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** How many bytes `formatInteger` of a safe integer takes, the minus included. */
export function decimalLength(value: number): number {
  let digits = 1;
  let rest = value;
  if (rest < 0) {
    rest = -rest;
    digits = 2;
  }
  for (let limit = 10; rest >= limit; limit *= 10) digits++;
  return digits;
}
