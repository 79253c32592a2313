/** Logs without annotations (`aof-checksum no`), whose torn ends the syntax alone has to tell, or with some. */
import type { Mutant } from '../mutant.ts';
import { log, plainLog } from './common.ts';

/** Disks that lose nothing but ends, and put zeros in the place of some of what they lose. */
const zeros: readonly string[] = ['ext4-ordered'];

export const plainLogMutants: readonly Mutant[] = [
  {
    id: 'zeros-at-the-end-are-damage',
    title: 'A log that ends in zeros is refused as damaged',
    story:
      'ext4 may know the size of a file before its data, up to the end of a block: then the log ends in zeros. redis-server 7.0 refuses that (redis#5177).',
    zoo: 'B56',
    file: 'src/engine/recovery/replay.ts',
    find: `if (end < this.#fileBytes && (await this.#isSoundUpTo(end)))`,
    replace: `if (end < 0 && (await this.#isSoundUpTo(end)))`,
    kills: ['P12', 'P11'],
    profiles: zeros,
    needs: plainLog,
  },
  {
    id: 'hole-is-damage',
    title: 'A log with a sector of zeros inside is refused as damaged',
    story:
      'The page that the log ended in was torn: one of its sectors is as it was before, and a later one is not.',
    file: 'src/engine/recovery/zeros.ts',
    find: `if (at % sectorBytes === 0 && (start === from || at - start >= leastHoleBytes))`,
    replace: `if (at < 0)`,
    kills: ['P12', 'P11'],
    profiles: zeros,
    needs: plainLog,
  },
  {
    id: 'words-of-two-readers',
    title: 'The readers of batches and of units without annotation fill the same words',
    story:
      'Ours, found by turning annotations off and on between lives: behind units without annotation the first command of a batch had the words of the last of them, and the log was refused, or worse.',
    file: 'src/engine/recovery/replay.ts',
    find: `if (parser.next(this.#plainArgv) === 'need-more') break;
        const misplaced = this.#take(this.#plainArgv, window.offset);`,
    replace: `if (parser.next(this.#argv) === 'need-more') break;
        const misplaced = this.#take(this.#argv, window.offset);`,
    kills: ['P12', 'P1', 'P25'],
    profiles: ['proc-kill', 'btrfs'],
    needs: log,
  },
];
