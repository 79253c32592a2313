/** Sorted sets: members one by one, their scores and ranks. A sorted set that becomes empty is no longer there. */
import { find, isWrongType, remove, touch, zsetToChange } from './access.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { lexRangeOrReply, ranksOf, scoreOrReply, scoreRangeOrReply } from './scores.ts';
import type { Scored } from './store-zset.ts';
import { zrandmember } from './zset-random.ts';

export interface AddOptions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
  ch: boolean;
  incr: boolean;
}

const addOptions = ['nx', 'xx', 'gt', 'lt', 'ch', 'incr'] as const;

function zadd(isIncrement: boolean): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const options: AddOptions = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: isIncrement };
    let first = 2;
    for (; first < argv.count; first++) {
      const option = addOptions.find((name) => argv.is(first, name));
      if (option === undefined) break;
      options[option] = true;
    }
    const { nx, xx, gt, lt, incr } = options;
    const words = argv.count - first;
    if (words === 0 || words % 2 === 1) return reply.error(errors.syntax);
    if (nx && xx) return reply.error(errors.zaddNxXx);
    if ((gt && nx) || (lt && nx) || (gt && lt)) return reply.error(errors.zaddGtLtNx);
    if (incr && words > 2) return reply.error(errors.zaddIncrOfOne);
    const scores: number[] = [];
    for (let i = first; i < argv.count; i += 2) {
      const score = scoreOrReply(context, i);
      if (score === undefined) return;
      scores.push(score);
    }
    const elements = scores.map((score, i) => ({ member: argv.bytes(first + 2 * i + 1), score }));
    addMembers(context, options, elements, () => context.effects.verbatim());
  };
}

/** Adds the members to the sorted set at word 1, calls `log` where that changed anything, and replies. */
export function addMembers(
  context: Context,
  options: AddOptions,
  elements: readonly Scored[],
  log: () => void,
): void {
  const { reply } = context;
  const { nx, xx, gt, lt, ch, incr } = options;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  if (entry === undefined && xx) return incr ? reply.nil() : reply.integer(0);
  const zset = zsetToChange(context, 1);
  let added = 0;
  let updated = 0;
  let result: number | undefined;
  for (const { member, score: given } of elements) {
    const old = zset.score(member);
    if (old === undefined ? xx : nx) continue;
    const score = incr && old !== undefined ? old + given : given;
    if (Number.isNaN(score)) return reply.error(errors.scoreNan);
    if (old !== undefined && ((lt && score >= old) || (gt && score <= old))) continue;
    result = score;
    if (old === score) continue;
    if (zset.put(member, score)) added++;
    else updated++;
  }
  if (added + updated > 0) {
    touch(context, 1, added + updated);
    log();
  }
  if (!incr) reply.integer(ch ? added + updated : added);
  else if (result === undefined) reply.nil();
  else reply.double(result);
}

function zrem(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  if (entry === undefined) return reply.integer(0);
  const zset = zsetToChange(context, 1);
  let removed = 0;
  for (let i = 2; i < argv.count && zset.size > 0; i++) if (zset.remove(argv.bytes(i))) removed++;
  if (removed > 0) {
    if (zset.size === 0) remove(context, 1);
    touch(context, 1, removed);
    context.effects.verbatim();
  }
  reply.integer(removed);
}

function zcard(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  context.reply.integer(entry === undefined ? 0 : entry.zset().size);
}

function counting(rangeOrReply: typeof scoreRangeOrReply): (context: Context) => void {
  return (context) => {
    const range = rangeOrReply(context, 2, 3);
    if (range === undefined) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'zset')) return;
    if (entry === undefined) return context.reply.integer(0);
    const { start, end } = ranksOf(entry.zset(), range);
    context.reply.integer(end - start);
  };
}

function replyScore(context: Context, score: number | undefined): void {
  if (score === undefined) context.reply.nil();
  else context.reply.double(score);
}

function zscore(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  replyScore(context, entry?.zset().score(context.argv.bytes(2)));
}

function zmscore(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  const zset = entry?.zset();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) replyScore(context, zset?.score(argv.bytes(i)));
}

function ranking(isReverse: boolean): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'zset')) return;
    const zset = entry?.zset();
    const rank = zset?.rank(argv.bytes(2));
    if (zset === undefined || rank === undefined) return reply.nil();
    reply.integer(isReverse ? zset.size - 1 - rank : rank);
  };
}

export const zsetCommands: readonly Command[] = [
  define('zadd', -4, 'write denyoom fast', oneKey, zadd(false)),
  define('zincrby', 4, 'write denyoom fast', oneKey, zadd(true)),
  define('zrem', -3, 'write fast', oneKey, zrem),
  define('zcard', 2, 'readonly fast', oneKey, zcard),
  define('zcount', 4, 'readonly fast', oneKey, counting(scoreRangeOrReply)),
  define('zlexcount', 4, 'readonly fast', oneKey, counting(lexRangeOrReply)),
  define('zscore', 3, 'readonly fast', oneKey, zscore),
  define('zmscore', -3, 'readonly fast', oneKey, zmscore),
  define('zrank', 3, 'readonly fast', oneKey, ranking(false)),
  define('zrevrank', 3, 'readonly fast', oneKey, ranking(true)),
  define('zrandmember', -2, 'readonly', oneKey, zrandmember),
];
