/** Commands about the connection itself. */
import { parseInt64, parseInteger } from '../../bytes/index.ts';
import { errors, wrongArity } from '../../commands/index.ts';
import { admin } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** Refused, as writes are, while the server cannot make anything last: that is how monitors learn of it. */
function ping({ engine, argv, reply }: AdminCall): void {
  const refusal = engine.writeRefusal();
  if (argv.count > 2) reply.error(wrongArity('ping'));
  else if (refusal !== undefined) reply.error(refusal);
  else if (argv.count === 2) reply.bulk(argv.bytes(1));
  else reply.simple('PONG');
}

function echo({ argv, reply }: AdminCall): void {
  reply.bulk(argv.bytes(1));
}

function select({ engine, session, argv, reply }: AdminCall): void {
  const word = argv.bytes(1);
  const index = parseInteger(word);
  if (index === undefined && parseInt64(word) === undefined) reply.error(errors.notInteger);
  else if (index === undefined || index !== (index | 0)) reply.error(errors.outOfIntRange);
  else if (index < 0 || index >= engine.keyspace.databases) reply.error(errors.dbOutOfRange);
  else {
    session.dbIndex = index;
    reply.ok();
  }
}

function quit({ session, reply }: AdminCall): void {
  reply.ok();
  session.closeAfterReplies();
}

/** The connection as it was when it was new. */
function reset({ engine, session, reply }: AdminCall): void {
  session.transaction.close();
  engine.watchers.clear(session);
  session.dbIndex = 0;
  session.name = '';
  session.replies = 'on';
  reply.protocol = 2;
  reply.simple('RESET');
}

export const connectionCommands: readonly AdminCommand[] = [
  admin('ping', -1, 'fast', ping),
  admin('echo', 2, 'loading stale fast', echo),
  admin('select', 2, 'loading stale fast', select),
  admin('quit', -1, 'noscript loading stale fast no_auth allow_busy', quit),
  admin('reset', 1, 'noscript loading stale fast no_auth allow_busy', reset),
];
