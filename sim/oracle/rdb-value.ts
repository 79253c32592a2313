/** The value of a key of an RDB file, by its type. Empty collections and repeated members are errors. */
import type { Value } from './record.ts';
import type { RdbCursor } from './rdb-cursor.ts';
import { readIntset, readListpack } from './rdb-packed.ts';
import { readStream } from './rdb-stream.ts';

/**
 * @param fieldExpiries takes when which field expires, in Unix ms, where the value is a hash that tells
 * @throws RdbDecodeError
 */
export function readValue(rdb: RdbCursor, type: number, fieldExpiries: Map<string, number>): Value {
  switch (type) {
    case 0:
      return { type: 'string', value: rdb.string() };
    case 1:
      return { type: 'list', value: some(rdb, readStrings(rdb, rdb.length())) };
    case 18:
      return { type: 'list', value: some(rdb, readQuicklist(rdb)) };
    case 2:
      return { type: 'set', value: unique(rdb, readStrings(rdb, rdb.length())) };
    case 11:
      return { type: 'set', value: unique(rdb, readIntset(rdb)) };
    case 4:
      return { type: 'hash', value: pairs(rdb, readStrings(rdb, rdb.length() * 2)) };
    case 16:
      return { type: 'hash', value: pairs(rdb, readListpack(rdb)) };
    case 24:
      return { type: 'hash', value: pairs(rdb, readDated(rdb, fieldExpiries)) };
    case 25:
      return { type: 'hash', value: pairs(rdb, readDatedListpack(rdb, fieldExpiries)) };
    case 5:
      return { type: 'zset', value: readScored(rdb) };
    case 17:
      return { type: 'zset', value: ordered(rdb, readListpack(rdb)) };
    case 19:
      return { type: 'stream', value: readStream(rdb) };
    default:
      return rdb.fail(`type ${type}`);
  }
}

function readQuicklist(rdb: RdbCursor): string[] {
  const items: string[] = [];
  for (let nodes = rdb.length(); nodes > 0; nodes--) {
    const container = rdb.length();
    if (container === 1) items.push(rdb.string());
    else if (container === 2) items.push(...some(rdb, readListpack(rdb)));
    else rdb.fail(`quicklist container ${container}`);
  }
  return items;
}

function readStrings(rdb: RdbCursor, count: number): string[] {
  const items: string[] = [];
  for (let i = 0; i < count; i++) items.push(rdb.string());
  return items;
}

function some(rdb: RdbCursor, items: string[]): string[] {
  return items.length === 0 ? rdb.fail('an empty collection') : items;
}

function unique(rdb: RdbCursor, items: string[]): Set<string> {
  const set = new Set(some(rdb, items));
  return set.size === items.length ? set : rdb.fail('a set with the same member twice');
}

function pairs(rdb: RdbCursor, items: string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
  return items.length > 0 && map.size * 2 === items.length
    ? map
    : rdb.fail('an odd, empty or repeating hash');
}

/** Fields and values by turns, before each its expiry: 0 for none, else what it lies behind the earliest, plus one. */
function readDated(rdb: RdbCursor, fieldExpiries: Map<string, number>): string[] {
  const earliestMs = rdb.int64();
  const flat: string[] = [];
  for (let left = rdb.length(); left > 0; left--) {
    const behind = rdb.length();
    const field = rdb.string();
    if (behind > 0) fieldExpiries.set(field, earliestMs + behind - 1);
    flat.push(field, rdb.string());
  }
  checkEarliest(rdb, earliestMs, fieldExpiries);
  return flat;
}

/** Field, value and expiry, 0 for none, by turns: the earliest first, those without one last. */
function readDatedListpack(rdb: RdbCursor, fieldExpiries: Map<string, number>): string[] {
  const earliestMs = rdb.int64();
  const parts = readListpack(rdb);
  const flat: string[] = [];
  let lastMs = 0;
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const ms = Number(parts[i + 2]);
    if (lastMs === Infinity ? ms !== 0 : ms !== 0 && ms < lastMs)
      rdb.fail('fields out of the order of their expiry');
    lastMs = ms === 0 ? Infinity : ms;
    if (ms !== 0) fieldExpiries.set(parts[i]!, ms);
    flat.push(parts[i]!, parts[i + 1]!);
  }
  if (parts.length % 3 !== 0) rdb.fail('a hash of fields without value or expiry');
  checkEarliest(rdb, earliestMs, fieldExpiries);
  return flat;
}

function checkEarliest(rdb: RdbCursor, claimedMs: number, fieldExpiries: ReadonlyMap<string, number>): void {
  const earliestMs = Math.min(...fieldExpiries.values());
  if (claimedMs !== earliestMs) rdb.fail(`fields that expire from ${earliestMs} on, not from ${claimedMs}`);
}

/** Members from the highest to the lowest, each with the eight bytes of its score. */
function readScored(rdb: RdbCursor): Map<string, number> {
  const flat: string[] = [];
  for (let left = rdb.length(); left > 0; left--) {
    const member = rdb.string();
    flat.unshift(member, String(rdb.double()));
  }
  return ordered(rdb, flat);
}

/** Members and scores by turns, in order: by score, then by member. */
function ordered(rdb: RdbCursor, flat: string[]): Map<string, number> {
  const scores = new Map<string, number>();
  let last: readonly [string, number] | undefined;
  for (const [member, text] of pairs(rdb, flat)) {
    const score = Number(text.replace(/inf$/, 'Infinity'));
    if (Number.isNaN(score)) rdb.fail(`score ${JSON.stringify(text)}`);
    if (last !== undefined && (score < last[1] || (score === last[1] && member <= last[0])))
      rdb.fail('a sorted set out of order');
    last = [member, score];
    scores.set(member, score);
  }
  return scores;
}
