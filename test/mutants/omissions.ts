/**
 * "Which omission is killable where": the table of A.4 (fault-model.md), as data.
 *
 * Each row is the engine with one step of A.8 left out, the protocol that goes through that step, and under which profiles
 * a loss of power (`proc-kill`: a kill) brings the omission to light. "no" means that every state which that profile
 * allows, at every instant of the protocol, was recovered and held what was promised; "yes" that one did not.
 *
 * `lossless`, the null disk, is not in the specification's table. It says that it is the loss, and not the oracle, that
 * kills: only an omission that a kill can show is seen there.
 */
import { mutants } from '../../sim/mutants/catalogue/index.ts';
import type { SourceEdit } from '../../sim/mutants/bundle.ts';

export type Fate = 'yes' | 'no';

export type Column =
  | 'posix-strict'
  | 'ext4-ordered'
  | 'ext4-writeback'
  | 'xfs'
  | 'btrfs'
  | 'lazyfs'
  | 'lossless'
  | 'proc-kill';

export interface Omission {
  readonly step: string;
  /** Where the specification's table says otherwise or less: why it is so. */
  readonly remark?: string;
  readonly edit: SourceEdit;
  /** Name of a protocol of sim/explore/protocols.ts. */
  readonly protocol: string;
  /** The instants of this life are looked at. Default 1. */
  readonly generation?: number;
  /** The step is in a race: so many timings of the protocol are tried until one shows it. Default 1. */
  readonly timings?: number;
  /** What fails, as choices of the latency model `explored-failing`. Default: nothing does. */
  readonly failing?: Readonly<Record<string, number>>;
  /** Tried by `npm test`; the others by `npx tsx test/mutants/table.ts`. */
  readonly quick: boolean;
  readonly fates: Readonly<Record<Column, Fate>>;
}

const everywhere: Readonly<Record<Column, Fate>> = {
  'posix-strict': 'yes',
  'ext4-ordered': 'yes',
  'ext4-writeback': 'yes',
  xfs: 'yes',
  btrfs: 'yes',
  lazyfs: 'yes',
  lossless: 'yes',
  'proc-kill': 'yes',
};
const losingPower = { ...everywhere, lossless: 'no', 'proc-kill': 'no' } as const;
const strictOnly = {
  ...losingPower,
  'ext4-ordered': 'no',
  'ext4-writeback': 'no',
  xfs: 'no',
  btrfs: 'no',
  lazyfs: 'no',
} as const;

function planted(id: string): SourceEdit {
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant '${id}'`);
  return mutant;
}

/** The second sync of the first increment fails, and nothing of it reaches the disk. */
const SECOND_SYNC = 'g1.appendonly.aof.#.incr.aof:1/2';
const secondSyncFails = {
  [`fault/sync ${SECOND_SYNC}`]: 1,
  [`fault/reach sync ${SECOND_SYNC}`]: 1,
  [`fault/spoil sync ${SECOND_SYNC}/0`]: 0,
};

export const omissions: readonly Omission[] = [
  {
    step: 'fsync(tmp), rename onto existing name',
    edit: planted('temporary-rdb-not-synced'),
    protocol: 'save-over',
    generation: 2,
    quick: true,
    fates: { ...losingPower, 'ext4-ordered': 'no' },
  },
  {
    step: 'fsync(tmp), rename to fresh name',
    edit: planted('temporary-rdb-not-synced'),
    protocol: 'save-fresh',
    quick: true,
    fates: losingPower,
  },
  {
    step: 'fsync(dir) after rename (acked save)',
    edit: planted('no-directory-sync-after-rename'),
    protocol: 'save-fresh',
    quick: true,
    fates: { ...losingPower, lazyfs: 'no' },
  },
  {
    step: 'fsync(dir) between base-rename and manifest-rename',
    edit: planted('base-name-not-synced'),
    protocol: 'rewrite',
    quick: false,
    fates: strictOnly,
  },
  {
    step: 'history unlinked before manifest rename issued',
    edit: planted('history-removed-before-the-manifest'),
    protocol: 'rewrite',
    quick: false,
    fates: everywhere,
  },
  {
    step: 'history unlinked after rename, before fsync(dir)',
    edit: planted('history-removed-before-the-directory-sync'),
    protocol: 'rewrite',
    quick: false,
    fates: strictOnly,
  },
  {
    step: 'old INCR not fsynced at switch',
    edit: planted('old-increment-not-synced-at-the-switch'),
    protocol: 'rewrite-busy',
    timings: 30,
    quick: false,
    fates: losingPower,
  },
  {
    step: 'no fsync before ack (always)',
    edit: planted('reply-before-fsync'),
    protocol: 'append',
    quick: true,
    fates: losingPower,
  },
  {
    step: 'no reposition after ftruncate',
    remark:
      'V1 as it is in Redis: an increment without O_APPEND, a short write, an ftruncate that leaves the position.',
    edit: {
      file: 'src/engine/journal/rewrite.ts',
      find: `      exclusive: true,
      append: true,
    });`,
      replace: `      exclusive: true,
    }).then((file) => {
      let known = 0;
      const write = (bytes, done) =>
        file.write(bytes, (error, written) => {
          if (error !== undefined || written === bytes.length) {
            known += written;
            done(error, written);
          } else {
            file.truncate(known).then(() => done(undefined, 0));
          }
        });
      return new Proxy(file, {
        get: (_, name) => (name === 'write' ? write : typeof file[name] === 'function' ? file[name].bind(file) : file[name]),
      });
    });`,
    },
    protocol: 'rewrite',
    failing: { 'fault/short g1.appendonly.aof.#.incr.aof:2/1': 5 },
    quick: false,
    fates: everywhere,
  },
  {
    step: 'partial buffer: a short write taken for whole',
    edit: planted('short-write-taken-for-whole'),
    protocol: 'append',
    failing: { 'fault/short g1.appendonly.aof.#.incr.aof:1/2': 5 },
    quick: false,
    fates: everywhere,
  },
  {
    step: 'ignored fsync error',
    remark:
      'The null disk keeps what is pending, and what a failed write-back left is not. A kill shows it under btrfs, too, whose cache goes back to what is durable; proc-kill keeps its cache.',
    edit: {
      file: 'src/engine/journal/log-file.ts',
      find: `        this.syncError = error;`,
      replace: `        this.synced = covered;`,
    },
    protocol: 'append',
    failing: secondSyncFails,
    quick: false,
    fates: { ...losingPower, lossless: 'yes' },
  },
  {
    step: 'retried fsync error',
    edit: {
      file: 'src/engine/journal/log-file.ts',
      find: `        this.syncError = error;`,
      replace: `        this.synced = Math.min(this.synced, covered);`,
    },
    protocol: 'append',
    failing: secondSyncFails,
    quick: false,
    fates: { ...losingPower, lossless: 'yes' },
  },
];
