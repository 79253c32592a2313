/** DEBUG: what testers need. Allowed by `enable-debug-command` only. */
import { errors, wrongSubcommandWords } from '../../commands/index.ts';
import { optionText } from '../config/table.ts';
import { rewrite } from './config.ts';
import { digestOfKey, digestOfKeyspace, hexOf } from './debug-digest.ts';
import { debugHelp } from './debug-help.ts';
import { loadAof, reload } from './debug-load.ts';
import { listpack, object, populate, quicklist } from './debug-object.ts';
import { protocol } from './debug-protocol.ts';
import {
  packedThreshold,
  pauseCron,
  setActiveExpire,
  skipChecksums,
  sleep,
  stringMatch,
} from './debug-switches.ts';
import { type Administer, admin } from './define.ts';
import { isLocal } from './is-local.ts';
import type { AdminCall, AdminCommand } from './types.ts';

const notAllowed =
  'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.';

/** What there is, with the least and the most words after its name. */
const subcommands: ReadonlyMap<string, readonly [least: number, most: number, run: Administer]> = new Map<
  string,
  readonly [number, number, Administer]
>([
  ['sleep', [1, 1, sleep]],
  ['reload', [0, Infinity, reload]],
  ['loadaof', [0, 0, loadAof]],
  ['set-active-expire', [1, 1, setActiveExpire]],
  ['set-skip-checksum-validation', [1, 1, skipChecksums]],
  ['pause-cron', [1, 1, pauseCron]],
  ['quicklist-packed-threshold', [1, 1, packedThreshold]],
  ['stringmatch-len', [2, 2, stringMatch]],
  ['populate', [1, 3, populate]],
  ['object', [1, 2, object]],
  ['listpack', [1, 1, listpack]],
  ['quicklist', [1, 2, quicklist]],
  ['digest', [0, 0, ({ engine, reply }) => reply.simple(hexOf(digestOfKeyspace(engine.keyspace)))]],
  ['digest-value', [0, Infinity, digestValues]],
  ['protocol', [1, 1, protocol]],
  ['error', [1, 1, ({ argv, reply }) => reply.error(argv.text(2).replaceAll(/[\r\n]/g, ' '))]],
  ['log', [1, 1, log]],
  ['check', [0, 0, check]],
  ['config-rewrite-force-all', [0, 0, (call) => rewrite(call, { isForced: true })]],
  ['help', [0, 0, debugHelp]],
  // Replicas, the heap and what scripts may do are not so here as in Redis: taken, and without effect.
  ['change-repl-id', [0, 0, ({ reply }) => reply.ok()]],
  ['jmap', [0, 0, ({ reply }) => reply.ok()]],
]);

function debug(call: AdminCall): void | Promise<void> {
  const { engine, session, argv, reply } = call;
  const allowed = optionText(engine.settings, 'enable-debug-command');
  if (allowed === 'no' || (allowed === 'local' && !isLocal(session))) return reply.error(notAllowed);
  if (engine.isLoading) return reply.error(errors.loading);
  const [least, most, run] = subcommands.get(argv.lowerText(1)) ?? [Infinity, 0, undefined];
  const words = argv.count - 2;
  if (run !== undefined && words >= least && words <= most) return run(call);
  return reply.error(wrongSubcommandWords(argv.text(1), 'DEBUG'));
}

function digestValues({ engine, session, argv, reply }: AdminCall): void {
  reply.array(argv.count - 2);
  const db = engine.keyspace.database(session.dbIndex);
  for (let i = 2; i < argv.count; i++) reply.simple(hexOf(digestOfKey(db.find(argv.bytes(i)))));
}

function log({ engine, argv, reply }: AdminCall): void {
  engine.log('warning', `DEBUG LOG: ${argv.text(2)}`);
  reply.ok();
}

/** Not of Redis: walks every page of the keyspace. */
function check({ engine, reply }: AdminCall): void {
  engine.keyspace.check();
  reply.ok();
}

export const debugCommands: readonly AdminCommand[] = [
  admin('debug', -2, 'admin noscript loading stale', debug),
];
