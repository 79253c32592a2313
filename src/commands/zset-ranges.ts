/**
 * ZRANGE and its older forms, as a reply or stored under a key.
 *
 * A range by rank, score or member comes down to ranks; LIMIT takes a part of it, counted from the end where it is reversed.
 */
import type { ZsetView } from '../data/index.ts';
import { expireBefore, find, isWrongType, touch } from './access.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey, twoKeys } from './define.ts';
import { errors } from './errors.ts';
import { beginPairs } from './random-pairs.ts';
import { lexRangeOrReply, ranksOf, scoreRangeOrReply } from './scores.ts';

type By = 'rank' | 'score' | 'lex';

interface Options {
  by: By | undefined;
  isReverse: boolean | undefined;
  withScores: boolean;
  offset: number;
  limit: number;
}

/** Ranks [start, end) in ascending order, empty or not. */
interface Ranks {
  readonly start: number;
  readonly end: number;
}

const noRanks: Ranks = { start: 0, end: 0 };

/** Options behind the range that begins at word `from`; what `fixed` says cannot be said again. */
function optionsOrReply(
  context: Context,
  from: number,
  fixed: Pick<Options, 'by' | 'isReverse'>,
  mayHaveScores: boolean,
): Options | undefined {
  const { argv, reply } = context;
  const { by: fixedBy, isReverse } = fixed;
  const options: Options = { by: fixedBy, isReverse, withScores: false, offset: 0, limit: -1 };
  for (let i = from + 2; i < argv.count; i++) {
    if (mayHaveScores && argv.is(i, 'WITHSCORES')) {
      options.withScores = true;
    } else if (argv.is(i, 'LIMIT') && i + 2 < argv.count) {
      const offset = integerOrReply(context, i + 1);
      const limit = offset === undefined ? undefined : integerOrReply(context, i + 2);
      if (offset === undefined || limit === undefined) return undefined;
      options.offset = offset;
      options.limit = limit;
      i += 2;
    } else if (options.isReverse === undefined && argv.is(i, 'REV')) {
      options.isReverse = true;
    } else if (options.by === undefined && argv.is(i, 'BYLEX')) {
      options.by = 'lex';
    } else if (options.by === undefined && argv.is(i, 'BYSCORE')) {
      options.by = 'score';
    } else {
      reply.error(errors.syntax);
      return undefined;
    }
  }
  const by = options.by ?? 'rank';
  if (options.limit !== -1 && by === 'rank') reply.error(errors.limitNeedsBy);
  else if (options.withScores && by === 'lex') reply.error(errors.byLexWithScores);
  else return options;
  return undefined;
}

/** What finds the ranks of the range at words `from` and `from + 1`. */
function selectionOrReply(
  context: Context,
  from: number,
  options: Options,
): ((zset: ZsetView) => Ranks) | undefined {
  const { by = 'rank', isReverse = false } = options;
  if (by === 'rank') {
    const first = integerOrReply(context, from);
    const last = first === undefined ? undefined : integerOrReply(context, from + 1);
    if (first === undefined || last === undefined) return undefined;
    return ({ size }) => ranksBetween(first, last, size, isReverse);
  }
  // A reversed range begins with its greater end.
  const [min, max] = isReverse ? [from + 1, from] : [from, from + 1];
  const range = by === 'score' ? scoreRangeOrReply(context, min, max) : lexRangeOrReply(context, min, max);
  if (range === undefined) return undefined;
  return (zset) => limited(ranksOf(zset, range), options, isReverse);
}

/** Negative numbers count from the end. */
export function ranksBetween(first: number, last: number, size: number, isReverse: boolean): Ranks {
  const start = Math.max(0, first < 0 ? first + size : first);
  const end = Math.min(size, (last < 0 ? last + size : last) + 1);
  if (start >= end) return noRanks;
  return isReverse ? { start: size - end, end: size - start } : { start, end };
}

function limited({ start, end }: Ranks, { offset, limit }: Options, isReverse: boolean): Ranks {
  if (offset < 0 || offset >= end - start) return noRanks;
  const count = limit < 0 ? end - start - offset : Math.min(limit, end - start - offset);
  return isReverse
    ? { start: end - offset - count, end: end - offset }
    : { start: start + offset, end: start + offset + count };
}

/** Visits the elements of those ranks, in the wanted direction. */
function visitRanks(
  zset: ZsetView,
  { start, end }: Ranks,
  isReverse: boolean,
  visit: (member: Uint8Array, score: number) => void,
): void {
  if (start >= end) return;
  if (isReverse) {
    zset.forEachBackward((member, score, rank) => {
      visit(member, score);
      return rank > start;
    }, end - 1);
  } else {
    zset.forEach((member, score, rank) => {
      visit(member, score);
      return rank < end - 1;
    }, start);
  }
}

function range(by: By | undefined, isReverse: boolean | undefined): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const options = optionsOrReply(context, 2, { by, isReverse }, true);
    if (options === undefined) return;
    const select = selectionOrReply(context, 2, options);
    if (select === undefined) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'zset')) return;
    if (entry === undefined) return reply.array(0);
    const zset = entry.zset();
    const ranks = select(zset);
    const begin = beginPairs(context, ranks.end - ranks.start, options.withScores);
    visitRanks(zset, ranks, options.isReverse ?? false, (member, score) => {
      begin();
      reply.bulk(member);
      if (options.withScores) reply.double(score);
    });
  };
}

/** ZRANGESTORE dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count] */
function zrangestore(context: Context): void {
  const { argv, db, reply } = context;
  const options = optionsOrReply(context, 3, { by: undefined, isReverse: undefined }, false);
  if (options === undefined) return;
  const select = selectionOrReply(context, 3, options);
  if (select === undefined) return;
  const entry = find(context, 2);
  if (isWrongType(context, entry, 'zset')) return;
  const taken: { readonly member: Uint8Array; readonly score: number }[] = [];
  if (entry !== undefined) {
    const zset = entry.zset();
    visitRanks(zset, select(zset), options.isReverse ?? false, (member, score) => {
      taken.push({ member, score });
    });
  }
  const key = argv.bytes(1);
  if (taken.length > 0) expireBefore(context, 1);
  const wasThere = db.remove(key);
  reply.integer(taken.length);
  if (taken.length > 0) {
    const zset = db.zset(key, true)!;
    for (const { member, score } of taken) zset.put(member, score);
  } else if (!wasThere) {
    return;
  }
  touch(context, 1);
  context.effects.verbatim();
}

export const zsetRangeCommands: readonly Command[] = [
  define('zrange', -4, 'readonly', oneKey, range(undefined, undefined)),
  define('zrangestore', -5, 'write denyoom', twoKeys, zrangestore),
  define('zrangebyscore', -4, 'readonly', oneKey, range('score', false)),
  define('zrangebylex', -4, 'readonly', oneKey, range('lex', false)),
  define('zrevrange', -4, 'readonly', oneKey, range('rank', true)),
  define('zrevrangebyscore', -4, 'readonly', oneKey, range('score', true)),
  define('zrevrangebylex', -4, 'readonly', oneKey, range('lex', true)),
];
