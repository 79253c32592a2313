/** The commands of a log that are about function libraries. */
import { LightsoutError } from '../../errors.ts';
import { isDumpIntact, readLibrariesDump } from '../../rdb/index.ts';
import type { Argv } from '../../resp/index.ts';
import type { LoadTarget } from '../recovery/load-target.ts';
import { warnOfUncallable } from '../recovery/load-file.ts';

/**
 * FUNCTION LOAD, DELETE, FLUSH or RESTORE as it was logged, when it went well: what fails now, fails for what the log or
 * the base has lost. A library whose code no longer runs is kept.
 *
 * @param place where it stands, for messages
 * @returns false where it is none of these
 * @throws LightsoutError CORRUPT
 */
export function replayFunction(engine: LoadTarget, argv: Argv, place: string): boolean {
  const { libraries } = engine;
  const adopt = (source: Uint8Array, replace: boolean): void =>
    warnOfUncallable(engine, libraries.adopt(source, replace));
  try {
    switch (argv.count < 2 ? '' : argv.lowerText(1)) {
      case 'load':
        if (argv.count < 3) return false;
        adopt(argv.bytes(argv.count - 1), argv.count > 3 && argv.is(2, 'REPLACE'));
        return true;
      case 'delete':
        if (argv.count !== 3) return false;
        if (!libraries.delete(argv.text(2)))
          throw new LightsoutError('CORRUPT', `there is no function library '${argv.text(2)}' to delete`);
        return true;
      case 'flush':
        libraries.flush();
        return true;
      case 'restore': {
        if (argv.count < 3) return false;
        const payload = argv.bytes(2);
        if (!isDumpIntact(payload))
          throw new LightsoutError('CORRUPT', 'DUMP payload version or checksum are wrong');
        if (argv.count > 3 && argv.is(3, 'FLUSH')) libraries.flush();
        for (const source of readLibrariesDump(payload))
          adopt(source, argv.count > 3 && argv.is(3, 'REPLACE'));
        return true;
      }
      default:
        return false;
    }
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    throw new LightsoutError(
      error.code,
      `FUNCTION ${argv.text(1).toUpperCase()} at ${place}: ${error.message}`,
      { cause: error },
    );
  }
}
