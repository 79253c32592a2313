/**
 * Times at which keys expire. Nearly all are numbers; see `Expiry` for the few that are not. What is made here keeps to its
 * rule that a time has one form.
 */
import type { Expiry } from './keyspace.ts';

/** From here on the upper half of a time is beyond what a double holds exactly. */
const exactHigh = 2 ** 21;

/** A time of two halves, as files and records have it: `high` signed, `low` not. */
export function joinExpiry(high: number, low: number): Expiry {
  return high < exactHigh ? low + high * 4_294_967_296 : (BigInt(high) << 32n) | BigInt(low);
}

/** Of 64 bits. */
export function expiryFromBigint(atMs: bigint): Expiry {
  return atMs <= Number.MAX_SAFE_INTEGER ? Number(atMs) : atMs;
}

/** The lower 32 bits. */
export function lowHalf(atMs: Expiry): number {
  return typeof atMs === 'bigint' ? Number(atMs & 0xffff_ffffn) : atMs >>> 0;
}

/** The upper 32 bits, without a sign. */
export function highHalf(atMs: Expiry): number {
  return typeof atMs === 'bigint'
    ? Number((atMs >> 32n) & 0xffff_ffffn)
    : ((atMs - (atMs >>> 0)) / 4_294_967_296) >>> 0;
}
