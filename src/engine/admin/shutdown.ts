/** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] | SHUTDOWN ABORT. There are no replicas to wait for, so NOW changes nothing. */
import { errors } from '../../commands/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { Argv } from '../../resp/index.ts';
import type { ShutdownHow } from '../shutdown.ts';
import { admin } from './define.ts';
import type { AdminCall, AdminCommand } from './types.ts';

/** Answers only where it fails: when all is well there is nobody left to answer. */
async function shutdown({ engine, argv, reply }: AdminCall): Promise<void> {
  if (argv.count === 2 && argv.is(1, 'ABORT')) return reply.error('ERR No shutdown in progress.');
  const how = readHow(argv);
  if (how === undefined) return reply.error(errors.syntax);
  try {
    await engine.shutdown(how);
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    return reply.error('ERR Errors trying to SHUTDOWN. Check logs.');
  }
  await engine.host.process.exit(0);
}

function readHow(argv: Argv): ShutdownHow | undefined {
  let saving: 'save' | 'nosave' | undefined;
  let force = false;
  for (let i = 1; i < argv.count; i++) {
    if (argv.is(i, 'NOSAVE') && saving !== 'save') saving = 'nosave';
    else if (argv.is(i, 'SAVE') && saving !== 'nosave') saving = 'save';
    else if (argv.is(i, 'FORCE')) force = true;
    else if (!argv.is(i, 'NOW')) return undefined;
  }
  if (!force) return saving ?? 'default';
  return saving === undefined ? 'force' : `force-${saving}`;
}

export const shutdownCommands: readonly AdminCommand[] = [
  admin('shutdown', -1, 'admin noscript loading stale no_multi allow_busy', shutdown),
];
