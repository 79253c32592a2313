/** ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX: a row of elements leaves a sorted set. */
import type { ZsetView } from '../data/index.ts';
import { find, isWrongType, remove, touch, zsetToChange } from './access.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { lexRangeOrReply, ranksOf, scoreRangeOrReply } from './scores.ts';
import { ranksBetween } from './zset-ranges.ts';

type Select = (zset: ZsetView) => { readonly start: number; readonly end: number };

function removal(selectOrReply: (context: Context) => Select | undefined): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const select = selectOrReply(context);
    if (select === undefined) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'zset')) return;
    if (entry === undefined) return reply.integer(0);
    const zset = zsetToChange(context, 1);
    const { start, end } = select(zset);
    const count = end - start;
    if (count > 0) {
      zset.removeRange(start, count);
      if (zset.size === 0) remove(context, 1);
      touch(context, 1, count);
      context.effects.verbatim();
    }
    reply.integer(count);
  };
}

function byRank(context: Context): Select | undefined {
  const first = integerOrReply(context, 2);
  const last = first === undefined ? undefined : integerOrReply(context, 3);
  if (first === undefined || last === undefined) return undefined;
  return ({ size }) => ranksBetween(first, last, size, false);
}

function byRange(rangeOrReply: typeof scoreRangeOrReply): (context: Context) => Select | undefined {
  return (context) => {
    const range = rangeOrReply(context, 2, 3);
    return range && ((zset) => ranksOf(zset, range));
  };
}

export const zsetRemovalCommands: readonly Command[] = [
  define('zremrangebyrank', 4, 'write', oneKey, removal(byRank)),
  define('zremrangebyscore', 4, 'write', oneKey, removal(byRange(scoreRangeOrReply))),
  define('zremrangebylex', 4, 'write', oneKey, removal(byRange(lexRangeOrReply))),
];
