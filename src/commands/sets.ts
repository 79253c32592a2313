/** Sets: members one by one. A set that becomes empty is no longer there. */
import { find, isWrongType, remove, setToChange, touch } from './access.ts';
import { equalBytes } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey, twoKeys } from './define.ts';

function sadd(context: Context): void {
  const { argv, reply } = context;
  if (isWrongType(context, find(context, 1), 'set')) return;
  const set = setToChange(context, 1);
  let added = 0;
  for (let i = 2; i < argv.count; i++) if (set.add(argv.bytes(i))) added++;
  if (added > 0) {
    touch(context, 1, added);
    context.effects.verbatim();
  }
  reply.integer(added);
}

function srem(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  if (entry === undefined) return reply.integer(0);
  const set = setToChange(context, 1);
  let removed = 0;
  for (let i = 2; i < argv.count && set.size > 0; i++) if (set.remove(argv.bytes(i))) removed++;
  if (removed > 0) {
    if (set.size === 0) remove(context, 1);
    touch(context, 1, removed);
    context.effects.verbatim();
  }
  reply.integer(removed);
}

function smove(context: Context): void {
  const { argv, reply } = context;
  const source = find(context, 1);
  if (source === undefined) {
    find(context, 2);
    return reply.integer(0);
  }
  if (isWrongType(context, source, 'set')) return;
  const member = argv.bytes(3);
  const isThere = source.set().has(member);
  if (isWrongType(context, find(context, 2), 'set')) return;
  if (!isThere || equalBytes(argv.bytes(1), argv.bytes(2))) return reply.integer(isThere ? 1 : 0);
  const from = setToChange(context, 1);
  from.remove(member);
  if (from.size === 0) remove(context, 1);
  touch(context, 1);
  if (setToChange(context, 2).add(member)) touch(context, 2);
  context.effects.verbatim();
  reply.integer(1);
}

function sismember(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  context.reply.integer(entry !== undefined && entry.set().has(context.argv.bytes(2)) ? 1 : 0);
}

function smismember(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const set = entry?.set();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) reply.integer(set?.has(argv.bytes(i)) ? 1 : 0);
}

function smembers(context: Context): void {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  const set = entry?.set();
  reply.set(set?.size ?? 0);
  set?.forEach((member) => reply.bulk(member));
}

function scard(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'set')) return;
  context.reply.integer(entry === undefined ? 0 : entry.set().size);
}

export const setCommands: readonly Command[] = [
  define('sadd', -3, 'write denyoom fast', oneKey, sadd),
  define('srem', -3, 'write fast', oneKey, srem),
  define('smove', 4, 'write fast', twoKeys, smove),
  define('sismember', 3, 'readonly fast', oneKey, sismember),
  define('smismember', -3, 'readonly fast', oneKey, smismember),
  define('smembers', 2, 'readonly', oneKey, smembers),
  define('scard', 2, 'readonly fast', oneKey, scard),
];
