/** Elements that leave one list, for another one or for whoever asked first: LMOVE, RPOPLPUSH, LMPOP. */
import { find, isWrongType, listToChange, remove, touch } from './access.ts';
import { atLeastOrReply } from './arguments.ts';
import { equalBytes } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, twoKeys } from './define.ts';
import { errors } from './errors.ts';
import { listEnd, popSeveral, type ListEnd } from './lists.ts';

function move(context: Context, from: ListEnd, to: ListEnd): void {
  const { argv, reply } = context;
  const source = find(context, 1);
  if (isWrongType(context, source, 'list')) return;
  if (source === undefined) return reply.nil();
  const { length } = source.list();
  if (isWrongType(context, find(context, 2), 'list')) return;
  const fromList = listToChange(context, 1);
  const element = from === 'LEFT' ? fromList.popHead() : fromList.popTail();
  const isRotation = equalBytes(argv.bytes(1), argv.bytes(2));
  if (length === 1 && !isRotation) remove(context, 1);
  const toList = isRotation ? fromList : listToChange(context, 2);
  if (to === 'LEFT') toList.pushHead(element);
  else toList.pushTail(element);
  touch(context, 1);
  touch(context, 2, 0);
  context.effects.verbatim();
  reply.bulk(element);
}

function lmove(context: Context): void {
  const from = listEnd(context, 3);
  const to = listEnd(context, 4);
  if (from === undefined || to === undefined) return context.reply.error(errors.syntax);
  move(context, from, to);
}

/** LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count] */
function lmpop(context: Context): void {
  const { argv, reply } = context;
  const keys = atLeastOrReply(context, 1, 1, errors.numkeysNotPositive);
  if (keys === undefined) return;
  const endIndex = keys + 2;
  const end = endIndex < argv.count ? listEnd(context, endIndex) : undefined;
  if (end === undefined) return reply.error(errors.syntax);
  let wanted: number | undefined;
  for (let i = endIndex + 1; i < argv.count; i += 2) {
    if (wanted !== undefined || !argv.is(i, 'COUNT') || i + 1 >= argv.count)
      return reply.error(errors.syntax);
    wanted = atLeastOrReply(context, i + 1, 1, errors.countNotPositive);
    if (wanted === undefined) return;
  }
  for (let i = 2; i < endIndex; i++) {
    const entry = find(context, i);
    if (isWrongType(context, entry, 'list')) return;
    if (entry === undefined) continue;
    const { length } = entry.list();
    const count = Math.min(wanted ?? 1, length);
    reply.array(2);
    reply.bulk(argv.bytes(i));
    popSeveral(context, i, length, end, count);
    context.effects.command(end === 'LEFT' ? 'LPOP' : 'RPOP', argv.bytes(i), count);
    return;
  }
  reply.nilArray();
}

export const listMoveCommands: readonly Command[] = [
  define('lmove', 5, 'write denyoom', twoKeys, lmove),
  define('rpoplpush', 3, 'write denyoom', twoKeys, (context) => move(context, 'RIGHT', 'LEFT')),
  define('lmpop', -4, 'write movablekeys', noKeys, lmpop),
];
