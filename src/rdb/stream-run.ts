/**
 * Whether a run of a stream's entries is laid out as it must be: every count, flag and length in it agrees with what is
 * there, and the ids of its living entries ascend; those of deleted ones may not, after XSETID. Redis goes on in a run of
 * which nothing is alive, so that living ids may lie below the master id. What passes can be read without another check.
 */
import { parseInt64, parseInteger } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import { walkListpack } from './packed.ts';

/** An element that is a number; undefined for text. */
type Part = number | bigint | undefined;

const half = (1n << 64n) - 1n;

/** The ids of the first and the last living entry of a run. */
export interface LivingRange {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Gives where the living entries of the run lie; undefined where it has none.
 * @throws LightsoutError CORRUPT
 */
export function checkRun(
  bytes: Uint8Array,
  start: number,
  end: number,
  master: bigint,
): LivingRange | undefined {
  const parts: Part[] = [];
  walkListpack(bytes, start, end, (text, from, to) => {
    // Numbers are spelled out elsewhere; text stands in the listpack.
    parts.push(text === bytes ? undefined : (parseInteger(text, from, to) ?? parseInt64(text, from, to)));
  });
  let at = 0;
  const next = (what: string): number | bigint => {
    const part = parts[at++];
    if (part === undefined) throw damaged(`${what} is missing or is no number`);
    return part;
  };
  const count = (what: string): number => {
    const value = next(what);
    if (typeof value !== 'number' || value < 0 || value > parts.length) throw damaged(`${what} is ${value}`);
    return value;
  };
  const living = count('the count of entries');
  const deleted = count('the count of deleted entries');
  const names = count('the count of fields');
  at += names;
  if (next('the end of the master entry') !== 0) throw damaged('its master entry does not end in 0');
  let first = -1n;
  let last = -1n;
  let livingSeen = 0;
  let deletedSeen = 0;
  while (at < parts.length) {
    const from = at;
    const flags = count('a flag');
    if (flags > 3) throw damaged(`flags ${flags}`);
    const ms = ((master >> 64n) + BigInt(next('the time of an entry'))) & half;
    const seq = ((master & half) + BigInt(next('the sequence of an entry'))) & half;
    const id = (ms << 64n) | seq;
    const texts = (flags & 2) !== 0 ? names : 2 * count('the count of fields of an entry');
    at += texts;
    const size = at - from;
    if (count('the length of an entry') !== size) throw damaged('an entry has another length than it says');
    if ((flags & 1) !== 0) {
      deletedSeen++;
      continue;
    }
    if (id <= last) throw damaged('ids out of order');
    if (livingSeen === 0) first = id;
    last = id;
    livingSeen++;
  }
  if (livingSeen !== living || deletedSeen !== deleted)
    throw damaged(
      `${living} entries and ${deleted} deleted ones announced, ${livingSeen} and ${deletedSeen} there`,
    );
  return livingSeen === 0 ? undefined : { first, last };
}

function damaged(what: string): LightsoutError {
  return new LightsoutError('CORRUPT', `run of a stream's entries is damaged: ${what}`);
}
