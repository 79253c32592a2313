/** DEBUG: what testers need. Allowed by `enable-debug-command` only. */
import { NO_EXPIRY } from '../../data/index.ts';
import { parseInteger } from '../../bytes/index.ts';
import { errors } from '../../commands/index.ts';
import { optionText } from '../config/table.ts';
import { digestOfKey, digestOfKeyspace, hexOf } from './debug-digest.ts';
import { loadAof, reload } from './debug-load.ts';
import { admin } from './define.ts';
import { isLocal } from './is-local.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const notAllowed =
  'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.';

function debug(call: AdminCall): void | Promise<void> {
  const { engine, session, argv, reply } = call;
  const allowed = optionText(engine.settings, 'enable-debug-command');
  if (allowed === 'no' || (allowed === 'local' && !isLocal(session))) return reply.error(notAllowed);
  if (engine.isLoading) return reply.error(errors.loading);
  switch (argv.lowerText(1)) {
    case 'sleep':
      if (argv.count === 3) return sleep(call);
      break;
    case 'reload':
      return reload(call);
    case 'loadaof':
      if (argv.count === 2) return loadAof(call);
      break;
    // How Redis keeps lists in memory, and who uses its heap: taken, and without effect here.
    case 'quicklist-packed-threshold':
      if (argv.count === 3) return reply.ok();
      break;
    case 'jmap':
      if (argv.count === 2) return reply.ok();
      break;
    case 'set-active-expire':
      if (argv.count === 3) return setActiveExpire(call);
      break;
    case 'populate':
      if (argv.count >= 3 && argv.count <= 5) return populate(call);
      break;
    case 'digest':
      if (argv.count === 2) return reply.simple(hexOf(digestOfKeyspace(engine.keyspace)));
      break;
    case 'digest-value':
      return digestValues(call);
    case 'check':
      if (argv.count === 2) return check(call);
      break;
  }
  reply.error(
    `ERR unknown subcommand or wrong number of arguments for '${argv.text(1).slice(0, 128)}'. Try DEBUG HELP.`,
  );
}

/** Holds this client back; Redis would hold back everybody. */
function sleep({ engine, argv, reply, inExec }: AdminCall): void | Promise<void> {
  const seconds = Number(argv.text(2));
  if (inExec) return reply.error('ERR DEBUG SLEEP is not allowed inside a transaction');
  return new Promise((resolve) => {
    engine.host.clock.after(Number.isFinite(seconds) ? seconds * 1000 : 0, () => {
      reply.ok();
      resolve();
    });
  });
}

function setActiveExpire({ engine, argv, reply }: AdminCall): void {
  engine.settings.activeExpire = argv.text(2) !== '0';
  reply.ok();
}

/** POPULATE count [prefix] [size]: prefix:N holds "value:N", padded with zeros. Keys that are there stay. Not logged, as in Redis. */
function populate({ engine, session, argv, reply }: AdminCall): void {
  const count = parseInteger(argv.bytes(2));
  const sizeBytes = argv.count === 5 ? parseInteger(argv.bytes(4)) : 0;
  if (count === undefined || count < 0 || sizeBytes === undefined || sizeBytes < 0)
    return reply.error(errors.notPositive);
  const prefix = argv.count >= 4 ? argv.text(3) : 'key';
  const db = engine.keyspace.database(session.dbIndex);
  db.reserve(db.size + count);
  for (let i = 0; i < count; i++) {
    const key = latin1Bytes(`${prefix}:${i}`);
    if (db.find(key) !== undefined) continue;
    const text = latin1Bytes(`value:${i}`);
    let value = text;
    if (sizeBytes > 0) {
      value = new Uint8Array(sizeBytes);
      value.set(text.subarray(0, sizeBytes));
    }
    db.putString(key, value, NO_EXPIRY);
    engine.watchers.touch(session.dbIndex, key);
  }
  reply.ok();
}

function digestValues({ engine, session, argv, reply }: AdminCall): void {
  reply.array(argv.count - 2);
  const db = engine.keyspace.database(session.dbIndex);
  for (let i = 2; i < argv.count; i++) reply.simple(hexOf(digestOfKey(db.find(argv.bytes(i)))));
}

/** Not of Redis: walks every page of the keyspace. */
function check({ engine, reply }: AdminCall): void {
  engine.keyspace.check();
  reply.ok();
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export const debugCommands: readonly AdminCommand[] = [
  admin('debug', -2, 'admin noscript loading stale', debug),
];
