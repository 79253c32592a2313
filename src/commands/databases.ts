/** Whole databases: counting, emptying, exchanging. */
import { databaseOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, noKeys } from './define.ts';
import { errors } from './errors.ts';

/** Keys whose time is over count until somebody removes them. */
function dbsize(context: Context): void {
  context.reply.integer(context.db.size);
}

/** True, with the error replied, for anything but [ASYNC | SYNC]. */
function hasBadMode({ argv, reply }: Context): boolean {
  if (argv.count === 1 || (argv.count === 2 && (argv.is(1, 'ASYNC') || argv.is(1, 'SYNC')))) return false;
  reply.error(errors.syntax);
  return true;
}

/** Logged even where there was nothing to empty, as FLUSHALL is. */
function flushdb(context: Context): void {
  if (hasBadMode(context)) return;
  const { db } = context;
  context.changedAll(context.dbIndex, db.size);
  db.clear();
  context.effects.verbatim();
  context.reply.ok();
}

/** That a running RDB child is killed, and an empty RDB saved, is the engine's part. */
function flushall(context: Context): void {
  if (hasBadMode(context)) return;
  const { keyspace } = context;
  let keys = 0;
  for (let i = 0; i < keyspace.databases; i++) keys += keyspace.database(i).size;
  context.changedAll(undefined, keys);
  keyspace.clear();
  context.effects.verbatim();
  context.reply.ok();
}

function swapdb(context: Context): void {
  const { keyspace, reply } = context;
  const first = databaseOrReply(context, 1, errors.firstDbInvalid);
  if (first === undefined) return;
  const second = databaseOrReply(context, 2, errors.secondDbInvalid);
  if (second === undefined) return;
  const exists = (index: number) => index >= 0 && index < keyspace.databases;
  if (!exists(first) || !exists(second)) return reply.error(errors.dbOutOfRange);
  if (first !== second) keyspace.swap(first, second);
  context.swapped(first, second);
  context.effects.verbatim();
  reply.ok();
}

export const databaseCommands: readonly Command[] = [
  define('dbsize', 1, 'readonly fast', noKeys, dbsize),
  define('flushdb', -1, 'write', noKeys, flushdb),
  define('flushall', -1, 'write', noKeys, flushall),
  define('swapdb', 3, 'write fast', noKeys, swapdb),
];
