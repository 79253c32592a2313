/** Lists by value: LINSERT, LREM, LPOS. All of them walk the list. */
import { find, isWrongType, listToChange, remove, touch } from './access.ts';
import { atLeastOrReply, integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';

function linsert(context: Context): void {
  const { argv, reply } = context;
  const after = argv.is(2, 'AFTER');
  if (!after && !argv.is(2, 'BEFORE')) return reply.error(errors.syntax);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return reply.integer(0);
  let at = -1;
  entry.list().forEachEqual(argv.bytes(3), (index) => {
    at = index;
    return false;
  });
  if (at === -1) return reply.integer(-1);
  const list = listToChange(context, 1);
  list.insertAt(after ? at + 1 : at, argv.bytes(4));
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(list.length);
}

function lrem(context: Context): void {
  const { argv, reply } = context;
  const count = integerOrReply(context, 2);
  if (count === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return reply.integer(0);
  const wanted = argv.bytes(3);
  const most = count === 0 ? Infinity : Math.abs(count);
  const view = entry.list();
  const { length } = view;
  const found: number[] = [];
  const visit = (index: number): boolean => found.push(index) < most;
  if (count < 0) view.forEachEqualBackward(wanted, visit);
  else view.forEachEqual(wanted, visit);
  reply.integer(found.length);
  if (found.length === 0) return;
  if (count < 0) found.reverse();
  if (found.length === length) remove(context, 1);
  else listToChange(context, 1).removeEach(found);
  touch(context, 1, found.length);
  context.effects.verbatim();
}

function lpos(context: Context): void {
  const { argv, reply } = context;
  let rank = 1;
  let count: number | undefined;
  let maxlen = 0;
  for (let i = 3; i < argv.count; i += 2) {
    if (i + 1 >= argv.count) return reply.error(errors.syntax);
    if (argv.is(i, 'RANK')) {
      const value = integerOrReply(context, i + 1);
      if (value === undefined) return;
      if (value === 0) return reply.error(errors.rankZero);
      rank = value;
    } else if (argv.is(i, 'COUNT')) {
      count = atLeastOrReply(context, i + 1, 0, errors.countNegative);
      if (count === undefined) return;
    } else if (argv.is(i, 'MAXLEN')) {
      const value = atLeastOrReply(context, i + 1, 0, errors.maxlenNegative);
      if (value === undefined) return;
      maxlen = value;
    } else {
      return reply.error(errors.syntax);
    }
  }
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return count === undefined ? reply.nil() : reply.array(0);

  const wanted = argv.bytes(2);
  const most = count === undefined ? 1 : count === 0 ? Infinity : count;
  const found: number[] = [];
  let toSkip = Math.abs(rank) - 1;
  const list = entry.list();
  const toCompare = maxlen === 0 ? list.length : Math.min(maxlen, list.length);
  const visit = (index: number): boolean => {
    if (toSkip > 0) toSkip--;
    else found.push(index);
    return found.length < most;
  };
  if (rank < 0) list.forEachEqualBackward(wanted, visit, list.length - toCompare);
  else list.forEachEqual(wanted, visit, 0, toCompare);

  if (count === undefined) {
    const [first] = found;
    return first === undefined ? reply.nil() : reply.integer(first);
  }
  reply.array(found.length);
  for (const index of found) reply.integer(index);
}

export const listSearchCommands: readonly Command[] = [
  define('linsert', 5, 'write denyoom', oneKey, linsert),
  define('lrem', 4, 'write', oneKey, lrem),
  define('lpos', -3, 'readonly', oneKey, lpos),
];
