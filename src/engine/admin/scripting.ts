/** EVAL, EVALSHA, their read-only forms, and SCRIPT. */
import { errors } from '../../commands/index.ts';
import { parseInteger } from '../../bytes/index.ts';
import { digestOf, noScriptsHere } from '../scripts/scripts.ts';
import { admin, container } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** The number of keys, the keys and the arguments, or undefined with an error answered. */
export function keysAndArguments({ argv, reply }: AdminCall): Uint8Array[] | undefined {
  const count = parseInteger(argv.bytes(2));
  if (count === undefined) reply.error(errors.notInteger);
  else if (count > argv.count - 3) reply.error(errors.numkeysTooLarge);
  else if (count < 0) reply.error("ERR Number of keys can't be negative");
  else return Array.from({ length: argv.count - 2 }, (_, i) => argv.bytes(i + 2));
  return undefined;
}

function evaluate(call: AdminCall, byDigest: boolean, readOnly: boolean): void {
  const { engine, session, argv, reply } = call;
  const { scripts } = engine;
  if (!scripts.isPossible) return reply.error(noScriptsHere);
  const words = keysAndArguments(call);
  if (words === undefined) return;
  const digest = byDigest ? argv.lowerText(1) : digestOf(argv.bytes(1));
  if (byDigest) {
    if (!scripts.has(digest)) return reply.error('NOSCRIPT No matching script. Please use EVAL.');
  } else {
    const refusal = scripts.load(digest, argv.bytes(1));
    if (refusal !== undefined) return reply.error(refusal);
  }
  scripts.evaluate(session, reply, digest, words, readOnly);
}

function load({ engine, argv, reply }: AdminCall): void {
  if (!engine.scripts.isPossible) return reply.error(noScriptsHere);
  const digest = digestOf(argv.bytes(2));
  const refusal = engine.scripts.load(digest, argv.bytes(2));
  if (refusal === undefined) reply.bulkText(digest);
  else reply.error(refusal);
}

function exists({ engine, argv, reply }: AdminCall): void {
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) reply.integer(engine.scripts.has(argv.lowerText(i)) ? 1 : 0);
}

function flush({ engine, argv, reply }: AdminCall): void {
  const isKnown = argv.count === 2 || (argv.count === 3 && (argv.is(2, 'ASYNC') || argv.is(2, 'SYNC')));
  if (!isKnown) return reply.error('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  engine.scripts.forget();
  reply.ok();
}

const evalFlags = 'noscript stale skip_monitor no_mandatory_keys movablekeys';

export const scriptingCommands: readonly AdminCommand[] = [
  admin('eval', -3, evalFlags, (call) => evaluate(call, false, false)),
  admin('evalsha', -3, evalFlags, (call) => evaluate(call, true, false)),
  admin('eval_ro', -3, `${evalFlags} readonly`, (call) => evaluate(call, false, true)),
  admin('evalsha_ro', -3, `${evalFlags} readonly`, (call) => evaluate(call, true, true)),
  container('script', '', [
    admin('script|load', 3, 'noscript stale', load),
    admin('script|exists', -3, 'noscript', exists),
    admin('script|flush', -2, 'noscript', flush),
    // A script runs within one turn: nobody can ask for its end while it runs.
    admin('script|kill', 2, 'noscript allow_busy', ({ reply }) =>
      reply.error('NOTBUSY No scripts in execution right now.'),
    ),
  ]),
];
