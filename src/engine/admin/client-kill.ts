/**
 * CLIENT KILL addr | CLIENT KILL [ID id] [ADDR addr] [TYPE t] [USER name] [SKIPME yes|no] ...
 *
 * Who is killed gets what it has been answered so far, and nothing more.
 */
import { parseInteger } from '../../bytes/index.ts';
import { errors } from '../../commands/index.ts';
import type { Argv } from '../../resp/index.ts';
import type { Session } from '../clients/session.ts';
import { isClientType } from './client-line.ts';
import type { AdminCall } from './types.ts';

export function killClients({ engine, session, argv, reply }: AdminCall): void {
  if (argv.count === 3) {
    const address = argv.text(2);
    for (const other of engine.sessions.values()) {
      if (other.address !== address) continue;
      reply.ok();
      other.closeAfterReplies();
      return;
    }
    return reply.error('ERR No such client');
  }
  const filter = readFilter(argv);
  if (typeof filter === 'string') return reply.error(filter);
  const victims = [...engine.sessions.values()].filter(
    (other) => !(filter.skipMe && other === session) && filter.tests.every((test) => test(other)),
  );
  reply.integer(victims.length);
  // The own connection last: its reply leaves with it.
  for (const victim of victims) if (victim !== session) victim.closeAfterReplies();
  if (victims.includes(session)) session.closeAfterReplies();
}

interface Filter {
  readonly tests: readonly ((session: Session) => boolean)[];
  readonly skipMe: boolean;
}

/** The pairs after CLIENT KILL, or the error. */
function readFilter(argv: Argv): Filter | string {
  const tests: ((session: Session) => boolean)[] = [];
  let skipMe = true;
  if (argv.count % 2 !== 0) return errors.syntax;
  for (let i = 2; i < argv.count; i += 2) {
    const value = argv.text(i + 1);
    if (argv.is(i, 'ID')) {
      const id = parseInteger(argv.bytes(i + 1));
      if (id === undefined || id < 1) return 'ERR client-id should be greater than 0';
      tests.push((session) => session.id === id);
    } else if (argv.is(i, 'ADDR')) {
      tests.push((session) => session.address === value);
    } else if (argv.is(i, 'TYPE')) {
      const type = value.toLowerCase();
      if (!isClientType(type)) return `ERR Unknown client type '${value}'`;
      tests.push(() => type === 'normal');
    } else if (argv.is(i, 'USER')) {
      if (value !== 'default') return `ERR No such user '${value}'`;
    } else if (argv.is(i, 'SKIPME') && /^(yes|no)$/i.test(value)) {
      skipMe = value.toLowerCase() === 'yes';
    } else {
      return errors.syntax;
    }
  }
  return { tests, skipMe };
}
