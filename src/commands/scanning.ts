/** Looking through everything: KEYS, and SCAN, SSCAN, HSCAN, ZSCAN a step at a time with a cursor. */
import { formatDouble17, latin1Bytes } from '../bytes/index.ts';
import { scoreText } from '../data/index.ts';
import { expireInPassing, find, isExpired, isWrongType } from './access.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { globMatches } from './glob.ts';

interface ScanOptions {
  pattern: Uint8Array | undefined;
  /** How many elements a step should give, about. */
  count: number;
  type: string | undefined;
}

/** [MATCH pattern] [COUNT count] [TYPE type], from word `from` on. */
function optionsOrReply(context: Context, from: number): ScanOptions | undefined {
  const { argv, reply } = context;
  const options: ScanOptions = { pattern: undefined, count: 10, type: undefined };
  for (let i = from; i < argv.count; i += 2) {
    const hasValue = i + 1 < argv.count;
    if (hasValue && argv.is(i, 'COUNT')) {
      const count = integerOrReply(context, i + 1);
      if (count === undefined) return undefined;
      if (count < 1) {
        reply.error(errors.syntax);
        return undefined;
      }
      options.count = count;
    } else if (hasValue && argv.is(i, 'MATCH')) {
      const pattern = argv.bytes(i + 1);
      options.pattern = pattern.length === 1 && pattern[0] === 0x2a ? undefined : pattern;
    } else if (hasValue && from === 2 && argv.is(i, 'TYPE')) {
      options.type = argv.lowerText(i + 1);
    } else {
      reply.error(errors.syntax);
      return undefined;
    }
  }
  return options;
}

/** A cursor as C's strtoul reads one. Those that no scan here gave (beyond 2^53) stand for its end. */
function cursorOrReply(context: Context, index: number): number | undefined {
  const match = /^([+-]?)(\d*)$/.exec(context.argv.text(index));
  const digits = match?.[2] ?? '';
  if (
    match === null ||
    (digits === '' && match[1] !== '') ||
    (digits.length >= 20 && BigInt(digits) >= 2n ** 64n)
  ) {
    context.reply.error(errors.invalidCursor);
    return undefined;
  }
  const cursor = match[1] === '-' && Number(digits) > 0 ? Infinity : Number(digits);
  return Number.isSafeInteger(cursor) ? cursor : pastTheEnd;
}

const pastTheEnd = -1;

/** Steps on until `wanted` elements were passed, a step gives none too often, or the end is reached. */
function steps(
  cursor: number,
  wanted: number,
  passed: () => number,
  step: (cursor: number) => number,
): number {
  if (cursor === pastTheEnd) return 0;
  let at = cursor;
  let left = wanted * 10;
  do at = step(at);
  while (at !== 0 && left-- > 0 && passed() < wanted);
  return at;
}

function replyStep(context: Context, cursor: number, items: readonly Uint8Array[]): void {
  const { reply } = context;
  reply.array(2);
  reply.bulkInteger(cursor);
  reply.array(items.length);
  for (const item of items) reply.bulk(item);
}

function scan(context: Context): void {
  const { db } = context;
  const cursor = cursorOrReply(context, 1);
  if (cursor === undefined) return;
  const options = optionsOrReply(context, 2);
  if (options === undefined) return;
  const { pattern, type } = options;
  const keys: Uint8Array[] = [];
  const expired: Uint8Array[] = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      db.scan(at, (entry) => {
        passed++;
        const key = entry.key();
        if (pattern !== undefined && !globMatches(pattern, key)) return;
        if (isExpired(context, entry.expireAtMs)) expired.push(key);
        else if (type === undefined || entry.type === type) keys.push(key);
      }),
  );
  for (const key of expired) if (db.find(key) !== undefined) expireInPassing(context, key);
  replyStep(context, next, keys);
}

function sscan(context: Context): void {
  const cursor = cursorOrReply(context, 2);
  if (cursor === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === undefined) return replyStep(context, 0, []);
  const options = optionsOrReply(context, 3);
  if (options === undefined) return;
  const { pattern } = options;
  const set = entry.set();
  const members: Uint8Array[] = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      set.scan(at, (member) => {
        passed++;
        if (pattern === undefined || globMatches(pattern, member)) members.push(member);
      }),
  );
  replyStep(context, next, members);
}

function hscan(context: Context): void {
  const cursor = cursorOrReply(context, 2);
  if (cursor === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry === undefined) return replyStep(context, 0, []);
  const options = optionsOrReply(context, 3);
  if (options === undefined) return;
  const { pattern } = options;
  const hash = entry.hash();
  const items: Uint8Array[] = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      hash.scan(at, (field, value) => {
        passed++;
        if (pattern === undefined || globMatches(pattern, field)) items.push(field, value);
      }),
  );
  replyStep(context, next, items);
}

function zscan(context: Context): void {
  const cursor = cursorOrReply(context, 2);
  if (cursor === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  if (entry === undefined) return replyStep(context, 0, []);
  const options = optionsOrReply(context, 3);
  if (options === undefined) return;
  const { pattern } = options;
  const zset = entry.zset();
  const { isCompact } = zset;
  const items: Uint8Array[] = [];
  let passed = 0;
  const next = steps(
    cursor,
    options.count,
    () => passed,
    (at) =>
      zset.scan(at, (member, score) => {
        passed++;
        if (pattern === undefined || globMatches(pattern, member))
          items.push(member, isCompact ? scoreText(score) : latin1Bytes(formatDouble17(score)));
      }),
  );
  replyStep(context, next, items);
}

/** Keys that match. Expired ones are left out and, as in Redis, left where they are. */
function keys(context: Context): void {
  const { db, reply } = context;
  const pattern = context.argv.bytes(1);
  const isAll = pattern.length === 1 && pattern[0] === 0x2a;
  const found: Uint8Array[] = [];
  db.forEach((entry) => {
    const key = entry.key();
    if ((isAll || globMatches(pattern, key)) && !isExpired(context, entry.expireAtMs)) found.push(key);
  });
  reply.array(found.length);
  for (const key of found) reply.bulk(key);
}

export const scanCommands: readonly Command[] = [
  define('keys', 2, 'readonly', noKeys, keys),
  define('scan', -2, 'readonly', noKeys, scan),
  define('sscan', -3, 'readonly', oneKey, sscan),
  define('hscan', -3, 'readonly', oneKey, hscan),
  define('zscan', -3, 'readonly', oneKey, zscan),
];
