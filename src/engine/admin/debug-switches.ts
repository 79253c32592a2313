/** DEBUG subcommands that turn something off or on, or only pass the time. */
import { errors, globMatches } from '../../commands/index.ts';
import { memory } from '../config/values.ts';
import type { AdminCall } from './types.ts';

/** Holds this client back; Redis would hold back everybody. */
export function sleep({ engine, argv, reply, inExec }: AdminCall): void | Promise<void> {
  const seconds = Number(argv.text(2));
  if (inExec) return reply.error('ERR DEBUG SLEEP is not allowed inside a transaction');
  return new Promise((resolve) => {
    engine.host.clock.after(Number.isFinite(seconds) ? seconds * 1000 : 0, () => {
      reply.ok();
      resolve();
    });
  });
}

export function setActiveExpire({ engine, argv, reply }: AdminCall): void {
  engine.settings.activeExpire = argv.text(2) !== '0';
  reply.ok();
}

/** For those who feed damaged files and payloads to the readers. */
export function skipChecksums({ engine, argv, reply }: AdminCall): void {
  engine.settings.skipsChecksums = argv.text(2) !== '0';
  reply.ok();
}

export function pauseCron({ engine, argv, reply }: AdminCall): void {
  engine.isCronPaused = argv.text(2) !== '0';
  reply.ok();
}

/** Redis keeps longer elements of a list in nodes of their own. Here that is decided by the size of pages. */
export function packedThreshold({ argv, reply }: AdminCall): void {
  const bytes = memory(0, 2 ** 32 - 1).read(argv.text(2));
  if (bytes.ok) return reply.ok();
  reply.error('ERR argument must be a memory value bigger than 1 and smaller than 4gb');
}

export function stringMatch({ argv, reply }: AdminCall): void {
  if (argv.count !== 4) return reply.error(errors.syntax);
  reply.integer(globMatches(argv.bytes(2), argv.bytes(3)) ? 1 : 0);
}
