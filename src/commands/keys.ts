/** Keys whatever they hold: removing, renaming, copying, moving and asking about them. */
import { expireInPassing, find, findIn, isExpired, touch } from './access.ts';
import { databaseOrReply } from './arguments.ts';
import { equalBytes } from './bytes.ts';
import type { Command, Context } from './context.ts';
import { allKeys, define, noKeys, oneKey, twoKeys } from './define.ts';
import { errors } from './errors.ts';

function del(context: Context): void {
  const { argv } = context;
  let removed = 0;
  for (let i = 1; i < argv.count; i++) {
    if (find(context, i) === undefined) continue;
    context.db.remove(argv.bytes(i));
    touch(context, i);
    removed++;
  }
  if (removed > 0) context.effects.verbatim();
  context.reply.integer(removed);
}

/** How many of the words are keys; the same one counts as often as it is named. */
function exists(context: Context): void {
  let count = 0;
  for (let i = 1; i < context.argv.count; i++) if (find(context, i) !== undefined) count++;
  context.reply.integer(count);
}

function type(context: Context): void {
  context.reply.simple(find(context, 1)?.type ?? 'none');
}

function rename(context: Context): void {
  const { argv, reply } = context;
  if (find(context, 1) === undefined) return reply.error(errors.noSuchKey);
  if (!equalBytes(argv.bytes(1), argv.bytes(2))) {
    find(context, 2);
    giveName(context);
  }
  reply.ok();
}

function renamenx(context: Context): void {
  const { argv, reply } = context;
  if (find(context, 1) === undefined) return reply.error(errors.noSuchKey);
  if (equalBytes(argv.bytes(1), argv.bytes(2)) || find(context, 2) !== undefined) return reply.integer(0);
  giveName(context);
  reply.integer(1);
}

function giveName(context: Context): void {
  const { argv } = context;
  context.db.rename(argv.bytes(1), argv.bytes(2));
  touch(context, 1);
  touch(context, 2, 0);
  context.effects.verbatim();
}

/** COPY source destination [DB database] [REPLACE] */
function copy(context: Context): void {
  const { argv, reply, keyspace } = context;
  let target = context.dbIndex;
  let replace = false;
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'REPLACE')) {
      replace = true;
    } else if (argv.is(i, 'DB') && i + 1 < argv.count) {
      const index = databaseOrReply(context, ++i);
      if (index === undefined) return;
      if (index < 0 || index >= keyspace.databases) return reply.error(errors.dbOutOfRange);
      target = index;
    } else {
      return reply.error(errors.syntax);
    }
  }
  const from = argv.bytes(1);
  const to = argv.bytes(2);
  if (target === context.dbIndex && equalBytes(from, to)) return reply.error(errors.sameObject);
  if (find(context, 1) === undefined) return reply.integer(0);
  if (findIn(context, target, to) !== undefined && !replace) return reply.integer(0);
  context.db.copy(from, to, keyspace.database(target));
  context.changed(target, to);
  context.effects.verbatim();
  reply.integer(1);
}

function move(context: Context): void {
  const { argv, reply, keyspace, dbIndex } = context;
  const target = databaseOrReply(context, 2);
  if (target === undefined) return;
  if (target < 0 || target >= keyspace.databases) return reply.error(errors.dbOutOfRange);
  if (target === dbIndex) return reply.error(errors.sameObject);
  const key = argv.bytes(1);
  if (find(context, 1) === undefined || findIn(context, target, key) !== undefined) return reply.integer(0);
  context.db.rename(key, key, keyspace.database(target));
  touch(context, 1);
  context.changed(target, key, 0);
  context.effects.verbatim();
  reply.integer(1);
}

/** A key by chance. Those that are expired are removed on the way. */
function randomkey(context: Context): void {
  const { db, reply } = context;
  for (;;) {
    const key = db.randomKey(() => context.draw());
    if (key === undefined) return reply.nil();
    if (!isExpired(context, db.find(key)!.expireAtMs)) return reply.bulk(key);
    expireInPassing(context, key);
  }
}

export const keyCommands: readonly Command[] = [
  define('del', -2, 'write', allKeys, del),
  define('unlink', -2, 'write fast', allKeys, del),
  define('exists', -2, 'readonly fast', allKeys, exists),
  define('touch', -2, 'readonly fast', allKeys, exists),
  define('type', 2, 'readonly fast', oneKey, type),
  define('rename', 3, 'write', twoKeys, rename),
  define('renamenx', 3, 'write fast', twoKeys, renamenx),
  define('copy', -3, 'write denyoom', twoKeys, copy),
  define('move', 3, 'write fast', oneKey, move),
  define('randomkey', 1, 'readonly', noKeys, randomkey),
];
