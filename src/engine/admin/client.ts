/** CLIENT: who is connected, and how they want to be answered. */
import { parseInteger } from '../../bytes/index.ts';
import { errors } from '../../commands/index.ts';
import type { Session } from '../clients/session.ts';
import { killClients } from './client-kill.ts';
import { describeClient, isClientType } from './client-line.ts';
import { isClientName, nameError } from './client-name.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

function id({ session, reply }: AdminCall): void {
  reply.integer(session.id);
}

function getName({ session, reply }: AdminCall): void {
  if (session.name === '') reply.nil();
  else reply.bulkText(session.name);
}

function setName({ session, argv, reply }: AdminCall): void {
  const name = argv.text(2);
  if (!isClientName(name)) return reply.error(nameError);
  session.name = name;
  reply.ok();
}

/** Of Redis 7.2; the clients of today send it to every server. */
function setInfo({ session, argv, reply }: AdminCall): void {
  const value = argv.text(3);
  if (!argv.is(2, 'LIB-NAME') && !argv.is(2, 'LIB-VER'))
    return reply.error(`ERR Unrecognized option '${argv.text(2)}'`);
  if (!isClientName(value))
    return reply.error(`ERR ${argv.lowerText(2)} cannot contain spaces, newlines or special characters.`);
  if (argv.is(2, 'LIB-NAME')) session.libraryName = value;
  else session.libraryVersion = value;
  reply.ok();
}

/** CLIENT LIST [TYPE t] [ID id ...] */
function list({ engine, argv, reply, nowMs }: AdminCall): void {
  let chosen: Iterable<Session> = engine.sessions.values();
  if (argv.count === 4 && argv.is(2, 'TYPE')) {
    const type = argv.lowerText(3);
    if (!isClientType(type)) return reply.error(`ERR Unknown client type '${argv.text(3)}'`);
    if (type !== 'normal') chosen = [];
  } else if (argv.count > 3 && argv.is(2, 'ID')) {
    const found: Session[] = [];
    for (let i = 3; i < argv.count; i++) {
      const wanted = parseInteger(argv.bytes(i));
      if (wanted === undefined || wanted < 1) return reply.error('ERR Invalid client ID');
      const session = engine.sessions.get(wanted);
      if (session !== undefined) found.push(session);
    }
    chosen = found;
  } else if (argv.count !== 2) {
    return reply.error(errors.syntax);
  }
  let text = '';
  for (const session of chosen) text += `${describeClient(session, nowMs)}\n`;
  reply.verbatim(text);
}

function info({ session, reply, nowMs }: AdminCall): void {
  reply.verbatim(`${describeClient(session, nowMs)}\n`);
}

/** The engine leaves out what must not be answered: this command's own reply too, where it turns replies off. */
function replyMode({ session, argv, reply }: AdminCall): void {
  if (argv.is(2, 'ON')) {
    session.replies = 'on';
    reply.ok();
  } else if (argv.is(2, 'OFF')) {
    session.replies = 'off';
  } else if (argv.is(2, 'SKIP')) {
    if (session.replies === 'on') session.replies = 'skip';
  } else {
    reply.error(errors.syntax);
  }
}

/** CLIENT UNBLOCK id [TIMEOUT | ERROR] */
function unblock({ engine, argv, reply }: AdminCall): void {
  const isError = argv.count === 4 && argv.is(3, 'ERROR');
  if (argv.count > 4) return reply.error(errors.syntax);
  if (argv.count === 4 && !isError && !argv.is(3, 'TIMEOUT'))
    return reply.error('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  const id = parseInteger(argv.bytes(2));
  if (id === undefined) return reply.error(errors.notInteger);
  const session = engine.sessions.get(id);
  const isUnblocked =
    session !== undefined && engine.blocking.unblock(session, isError ? 'error' : 'timeout');
  reply.integer(isUnblocked ? 1 : 0);
}

/** Nobody is ever evicted, so this is granted beforehand. */
function noEvict({ argv, reply }: AdminCall): void {
  if (argv.is(2, 'ON') || argv.is(2, 'OFF')) reply.ok();
  else reply.error(errors.syntax);
}

const plain = 'noscript loading stale';
const powerful = `admin ${plain}`;

export const clientCommands: readonly AdminCommand[] = [
  container('client', '', [
    admin('client|id', 2, plain, id),
    admin('client|getname', 2, plain, getName),
    admin('client|setname', 3, plain, setName),
    admin('client|setinfo', 4, plain, setInfo),
    admin('client|list', -2, powerful, list),
    admin('client|info', 2, plain, info),
    admin('client|kill', -3, powerful, killClients),
    admin('client|reply', 3, plain, replyMode),
    admin('client|no-evict', 3, powerful, noEvict),
    admin('client|unblock', -3, powerful, unblock),
  ]),
];
