/** Starts on a disk that errs, or that had erred before without telling anybody. */
import type { Mutant } from '../mutant.ts';
import { any, log, strict } from './common.ts';

export const badStartMutants: readonly Mutant[] = [
  {
    id: 'untold-error-refuses-the-start',
    title:
      'A start refuses on the error of a write-back that had failed before it, and that nobody was told of',
    story:
      'Ours, found by drawing write-back errors: Linux tells the first sync after an error, in whichever process that is. The disk was good again, and the server did not start.',
    file: 'src/engine/recovery/repair.ts',
    find: `if (!isDiskError(error) || error.code !== 'EIO') throw error;`,
    replace: `throw error;`,
    kills: ['P12'],
    profiles: any,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'untold-error-believed-away',
    title: 'A start whose sync fails syncs again and believes it',
    story:
      'fsyncgate once more: the second sync has nothing to write and succeeds, and what the page cache shows is not on the disk.',
    zoo: 'B06',
    file: 'src/engine/recovery/repair.ts',
    find: `await touchBytes(open, Math.min(durableBytes, validBytes), validBytes);
        await syncFile`,
    replace: `await syncFile`,
    kills: ['P14', 'P11', 'P1', 'P2', 'P3', 'P12'],
    profiles: strict,
    needs: { ...log, faults: ['errors'] },
  },
  {
    id: 'cut-believed-after-an-untold-error',
    title: 'A start cuts a torn end, the sync of the cut fails, and the next one is believed',
    story:
      'As above for a size: the cache has the cut, the disk has not, and no change is left to be written.',
    zoo: 'B06',
    file: 'src/engine/recovery/repair.ts',
    find: `if (validBytes < fileBytes) await cutAgain(open, validBytes);`,
    replace: ``,
    kills: ['P14', 'P11', 'P1', 'P2', 'P3', 'P12'],
    profiles: strict,
    needs: { ...log, faults: ['errors'] },
    survives:
      'on every profile what comes back behind the cut is the torn end that was cut: no disk makes whole batches of it, so that the next start cuts it again. The law of syncs that fail by chance in test/unit/engine/recovery/recovery.test.ts kills it.',
  },
  {
    id: 'second-error-of-a-start-swallowed',
    title: 'A start whose second sync fails, too, serves all the same',
    story:
      'Planted to see whether starts on disks that err are of use: what a hurried mending of an untold error may look like. 1,500 seeds of the simulator before them did not notice.',
    zoo: 'B06',
    file: 'src/engine/recovery/repair.ts',
    find: `await touchBytes(open, Math.min(durableBytes, validBytes), validBytes);
        await syncFile(open);`,
    replace: `await touchBytes(open, Math.min(durableBytes, validBytes), validBytes);
        await syncFile(open).catch(() => undefined);`,
    kills: ['P14', 'P11', 'P1', 'P2', 'P3', 'P12'],
    profiles: strict,
    needs: { ...log, faults: ['errors'] },
  },
];
