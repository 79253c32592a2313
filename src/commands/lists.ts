/** Lists: pushing, popping and reading by position. A list that becomes empty is no longer there. */
import type { ListView } from '../data/index.ts';
import { find, isWrongType, listToChange, remove, touch } from './access.ts';
import { atLeastOrReply, integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors, wrongArity } from './errors.ts';

export type ListEnd = 'LEFT' | 'RIGHT';

/** Word `index` as an end of a list; undefined where it names none. */
export function listEnd({ argv }: Context, index: number): ListEnd | undefined {
  if (argv.is(index, 'LEFT')) return 'LEFT';
  return argv.is(index, 'RIGHT') ? 'RIGHT' : undefined;
}

/** Replies `count` elements from one end, removes them, and the key with the last. */
export function popSeveral(
  context: Context,
  index: number,
  length: number,
  end: ListEnd,
  count: number,
): void {
  const { reply } = context;
  const list = listToChange(context, index);
  reply.array(count);
  if (end === 'LEFT') {
    let left = count;
    list.forEach((element) => {
      reply.bulk(element);
      return --left > 0;
    });
    list.removeRange(0, count);
  } else {
    let left = count;
    list.forEachBackward((element) => {
      reply.bulk(element);
      return --left > 0;
    });
    list.removeRange(length - count, count);
  }
  if (count === length) remove(context, index);
  touch(context, index, count);
}

function push(end: ListEnd, mustExist: boolean): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'list')) return;
    if (mustExist && entry === undefined) return reply.integer(0);
    const list = listToChange(context, 1);
    for (let i = 2; i < argv.count; i++) {
      if (end === 'LEFT') list.pushHead(argv.bytes(i));
      else list.pushTail(argv.bytes(i));
    }
    reply.integer(list.length);
    touch(context, 1, argv.count - 2);
    context.effects.verbatim();
  };
}

/** Removes one element from the end of a list that is there, and the key with the last. */
export function takeFrom(context: Context, index: number, end: ListEnd): Uint8Array {
  const list = listToChange(context, index);
  const { length } = list;
  const element = end === 'LEFT' ? list.popHead() : list.popTail();
  if (length === 1) remove(context, index);
  touch(context, index);
  return element;
}

function pop(end: ListEnd, name: string): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    if (argv.count > 3) return reply.error(wrongArity(name));
    const wanted = argv.count === 3 ? atLeastOrReply(context, 2, 0, errors.notPositive) : 1;
    if (wanted === undefined) return;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'list')) return;
    if (entry === undefined) return argv.count === 3 ? reply.nilArray() : reply.nil();
    if (wanted === 0) return reply.array(0);
    const { length } = entry.list();
    if (argv.count === 3) {
      popSeveral(context, 1, length, end, Math.min(wanted, length));
    } else {
      reply.bulk(takeFrom(context, 1, end));
    }
    context.effects.verbatim();
  };
}

function llen(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  context.reply.integer(entry === undefined ? 0 : entry.list().length);
}

/** The part of `length` elements that words 2 and 3 name: [first, end). Undefined after an error was replied. */
function rangeArguments(context: Context): ((length: number) => [first: number, end: number]) | undefined {
  const from = integerOrReply(context, 2);
  const to = from === undefined ? undefined : integerOrReply(context, 3);
  if (from === undefined || to === undefined) return undefined;
  return (length) => {
    const first = Math.max(0, from < 0 ? from + length : from);
    const end = Math.min(length, (to < 0 ? to + length : to) + 1);
    return first < end ? [first, end] : [0, 0];
  };
}

function lrange(context: Context): void {
  const { reply } = context;
  const range = rangeArguments(context);
  if (range === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return reply.array(0);
  const list = entry.list();
  const [first, end] = range(list.length);
  reply.array(end - first);
  if (first === end) return;
  list.forEach((element, index) => {
    reply.bulk(element);
    return index + 1 < end;
  }, first);
}

function ltrim(context: Context): void {
  const range = rangeArguments(context);
  if (range === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  context.reply.ok();
  if (entry === undefined) return;
  const { length } = entry.list();
  const [first, end] = range(length);
  const removed = length - (end - first);
  // Redis has WATCH see a trim that took nothing away; only changes are counted and logged.
  touch(context, 1, removed);
  if (removed === 0) return;
  if (first === end) {
    remove(context, 1);
  } else {
    const list = listToChange(context, 1);
    if (end < length) list.removeRange(end, length - end);
    if (first > 0) list.removeRange(0, first);
  }
  context.effects.verbatim();
}

/** Where word `index` points to in a list, undefined where there is no such element. */
function position(list: ListView, index: number): number | undefined {
  const at = index < 0 ? index + list.length : index;
  return at >= 0 && at < list.length ? at : undefined;
}

function lindex(context: Context): void {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return reply.nil();
  const index = integerOrReply(context, 2);
  if (index === undefined) return;
  const list = entry.list();
  const at = position(list, index);
  if (at === undefined) reply.nil();
  else reply.bulk(list.at(at));
}

function lset(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'list')) return;
  if (entry === undefined) return reply.error(errors.noSuchKey);
  const index = integerOrReply(context, 2);
  if (index === undefined) return;
  const at = position(entry.list(), index);
  if (at === undefined) return reply.error(errors.indexOutOfRange);
  listToChange(context, 1).setAt(at, argv.bytes(3));
  touch(context, 1);
  context.effects.verbatim();
  reply.ok();
}

export const listCommands: readonly Command[] = [
  define('lpush', -3, 'write denyoom fast', oneKey, push('LEFT', false)),
  define('rpush', -3, 'write denyoom fast', oneKey, push('RIGHT', false)),
  define('lpushx', -3, 'write denyoom fast', oneKey, push('LEFT', true)),
  define('rpushx', -3, 'write denyoom fast', oneKey, push('RIGHT', true)),
  define('lpop', -2, 'write fast', oneKey, pop('LEFT', 'lpop')),
  define('rpop', -2, 'write fast', oneKey, pop('RIGHT', 'rpop')),
  define('llen', 2, 'readonly fast', oneKey, llen),
  define('lrange', 4, 'readonly', oneKey, lrange),
  define('ltrim', 4, 'write', oneKey, ltrim),
  define('lindex', 3, 'readonly', oneKey, lindex),
  define('lset', 4, 'write denyoom', oneKey, lset),
];
