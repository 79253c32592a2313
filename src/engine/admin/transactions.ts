/**
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH.
 *
 * EXEC runs the queue in one turn, at one moment, and all its effects gather in one unit, which the engine logs once
 * EXEC has returned: a recovery sees all of them or none.
 */
import { errors, mayWrite } from '../../commands/index.ts';
import { admin } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

function multi({ session, reply }: AdminCall): void {
  if (session.transaction.isOpen) return reply.error('ERR MULTI calls can not be nested');
  session.transaction.isOpen = true;
  reply.ok();
}

function exec({ engine, session, reply }: AdminCall): void {
  const { transaction } = session;
  if (!transaction.isOpen) return reply.error('ERR EXEC without MULTI');
  const { queue, isSpoilt } = transaction;
  const isStale =
    transaction.isStale || transaction.watched.some((watched) => engine.watchers.hasExpiredSince(watched));
  transaction.close();
  // Before the queue runs: it may change what it watched itself.
  engine.watchers.clear(session);
  if (isSpoilt) return reply.error('EXECABORT Transaction discarded because of previous errors.');
  if (engine.isLoading && queue.some(({ command }) => !command.flags.includes('loading')))
    return reply.error(`EXECABORT Transaction discarded because of: ${errors.loading}`);
  if (queue.some(({ command }) => mayWrite(command))) {
    const refusal = engine.isShuttingDown ? 'ERR The server is shutting down' : engine.writeRefusal();
    if (refusal !== undefined) return reply.error(`EXECABORT Transaction discarded because of: ${refusal}`);
  }
  if (isStale) {
    session.tellsOfData = true;
    return reply.nilArray();
  }
  reply.array(queue.length);
  for (const { command, argv } of queue) {
    engine.stats.commands++;
    // Commands that would answer later carry `no_multi` or answer at once inside EXEC.
    void engine.perform(session, command, argv, true);
  }
}

function discard({ engine, session, reply }: AdminCall): void {
  if (!session.transaction.isOpen) return reply.error('ERR DISCARD without MULTI');
  session.transaction.close();
  engine.watchers.clear(session);
  reply.ok();
}

function watch({ engine, session, argv, reply }: AdminCall): void {
  if (session.transaction.isOpen) return reply.error('ERR WATCH inside MULTI is not allowed');
  // What has changed already dooms EXEC; there is nothing left to watch for.
  if (!session.transaction.isStale)
    for (let i = 1; i < argv.count; i++) engine.watchers.add(session, session.dbIndex, argv.bytes(i));
  reply.ok();
}

function unwatch({ engine, session, reply }: AdminCall): void {
  engine.watchers.clear(session);
  reply.ok();
}

const flags = 'noscript loading stale fast allow_busy';

export const transactionCommands: readonly AdminCommand[] = [
  admin('multi', 1, flags, multi),
  admin('exec', 1, 'noscript loading stale skip_slowlog', exec),
  admin('discard', 1, flags, discard),
  { ...admin('watch', -2, flags, watch), keys: [1, -1, 1] },
  admin('unwatch', 1, flags, unwatch),
];
