/** Elements that leave one list, for another one or for whoever asked first: LMOVE, RPOPLPUSH, LMPOP. */
import { find, isReadyFor, isWrongType, listToChange, remove, touch } from './access.ts';
import { atLeastOrReply } from './arguments.ts';
import { equalBytes } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys, twoKeys } from './define.ts';
import { errors } from './errors.ts';
import { listEnd, popSeveral, type ListEnd } from './lists.ts';

/** Moves an element from the list at word 1 to that at word 2. `none`: what to do where there is none; `log`: its effect. */
export function moveElement(
  context: Context,
  from: ListEnd,
  to: ListEnd,
  log: () => void = () => context.effects.verbatim(),
  none: () => void = () => context.reply.nil(),
): void {
  const { argv, reply } = context;
  const source = find(context, 1);
  if (isWrongType(context, source, 'list')) return;
  if (source === undefined) return none();
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
  log();
  reply.bulk(element);
}

function lmove(context: Context): void {
  const from = listEnd(context, 3);
  const to = listEnd(context, 4);
  if (from === undefined || to === undefined) return context.reply.error(errors.syntax);
  moveElement(context, from, to);
}

/** What LMPOP and ZMPOP share with their waiting forms. */
export interface PopFromFirst {
  /** Called once the other words are read; false where an error was replied. */
  readonly mayGoOn: () => boolean;
  /** None of the keys has anything. */
  readonly none: (keys: number) => void;
}

/** Pops from the first list that is there: `numkeys key [key ...] LEFT|RIGHT [COUNT count]` from word `at` on. */
export function popFromFirst(context: Context, at: number, { mayGoOn, none }: PopFromFirst): void {
  const { argv, reply } = context;
  const keys = atLeastOrReply(context, at, 1, errors.numkeysNotPositive);
  if (keys === undefined) return;
  const endIndex = at + keys + 1;
  const end = endIndex < argv.count ? listEnd(context, endIndex) : undefined;
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
  none(keys);
}

function lmpop(context: Context): void {
  popFromFirst(context, 1, { mayGoOn: () => true, none: () => context.reply.nilArray() });
}

export const listMoveCommands: readonly Command[] = [
  define('lmove', 5, 'write denyoom', twoKeys, lmove),
  define('rpoplpush', 3, 'write denyoom', twoKeys, (context) => moveElement(context, 'RIGHT', 'LEFT')),
  define('lmpop', -4, 'write movablekeys', noKeys, lmpop),
];
