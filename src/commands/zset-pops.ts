/**
 * The lowest or highest elements leave a sorted set: ZPOPMIN, ZPOPMAX, ZMPOP.
 *
 * `popElements` is what the blocking forms do, too, once there is something to pop.
 */
import { find, isReadyFor, isWrongType, remove, touch, zsetToChange } from './access.ts';
import { atLeastOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, oneKey } from './define.ts';
import { errors } from './errors.ts';
import type { PopFromFirst } from './list-moves.ts';

export type ZsetEnd = 'MIN' | 'MAX';

export interface Popped {
  readonly member: Uint8Array;
  readonly score: number;
}

/** Takes up to `count` elements out of the sorted set at word `index`, which is there, the outermost first. Logs nothing. */
export function popElements(context: Context, index: number, end: ZsetEnd, count: number): Popped[] {
  const zset = zsetToChange(context, index);
  const { size } = zset;
  const popped: Popped[] = [];
  const take = (member: Uint8Array, score: number): boolean => {
    popped.push({ member, score });
    return popped.length < count;
  };
  if (end === 'MIN') zset.forEach(take);
  else zset.forEachBackward(take);
  zset.removeRange(end === 'MIN' ? 0 : size - popped.length, popped.length);
  if (zset.size === 0) remove(context, index);
  touch(context, index, popped.length);
  return popped;
}

/** The elements in a flat array, or each in one of its own. */
export function replyPopped(context: Context, popped: readonly Popped[], inPairs: boolean): void {
  const { reply } = context;
  reply.array(inPairs ? popped.length : 2 * popped.length);
  for (const { member, score } of popped) {
    if (inPairs) reply.array(2);
    reply.bulk(member);
    reply.double(score);
  }
}

function zpop(end: ZsetEnd): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    if (argv.count > 3) return reply.error(errors.syntax);
    const hasCount = argv.count === 3;
    const count = hasCount ? atLeastOrReply(context, 2, 0, errors.notPositive) : 1;
    if (count === undefined) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'zset')) return;
    if (entry === undefined || count === 0) return reply.array(0);
    const popped = popElements(context, 1, end, count);
    context.effects.verbatim();
    replyPopped(context, popped, hasCount && reply.protocol === 3);
  };
}

/** Pops from the first sorted set that is there: `numkeys key [key ...] MIN|MAX [COUNT count]` from word `at` on. */
export function popFromFirstZset(context: Context, at: number, { mayGoOn, none }: PopFromFirst): void {
  const { argv, reply } = context;
  const keys = atLeastOrReply(context, at, 1, errors.numkeysNotPositive);
  if (keys === undefined) return;
  const endIndex = at + keys + 1;
  if (endIndex >= argv.count) return reply.error(errors.syntax);
  const end = (['MIN', 'MAX'] as const).find((name) => argv.is(endIndex, name));
  if (end === undefined) return reply.error(errors.syntax);
  let wanted: number | undefined;
  for (let i = endIndex + 1; i < argv.count; i += 2) {
    if (wanted !== undefined || !argv.is(i, 'COUNT') || i + 1 >= argv.count)
      return reply.error(errors.syntax);
    wanted = atLeastOrReply(context, i + 1, 1, errors.countNotPositive);
    if (wanted === undefined) return;
  }
  if (!mayGoOn()) return;
  for (let i = at + 1; i < endIndex; i++) {
    if (!isReadyFor(context, i)) continue;
    const entry = find(context, i);
    if (isWrongType(context, entry, 'zset')) return;
    if (entry === undefined) continue;
    const popped = popElements(context, i, end, wanted ?? 1);
    context.effects.command(end === 'MIN' ? 'ZPOPMIN' : 'ZPOPMAX', argv.bytes(i), popped.length);
    reply.array(2);
    reply.bulk(argv.bytes(i));
    return replyPopped(context, popped, true);
  }
  none(keys);
}

function zmpop(context: Context): void {
  popFromFirstZset(context, 1, { mayGoOn: () => true, none: () => context.reply.nilArray() });
}

export const zsetPopCommands: readonly Command[] = [
  define('zpopmin', -2, 'write fast', oneKey, zpop('MIN')),
  define('zpopmax', -2, 'write fast', oneKey, zpop('MAX')),
  define('zmpop', -4, 'write movablekeys', noKeys, zmpop),
];
