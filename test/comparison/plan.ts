/** What is compared: which lives of servers are recorded, and how the lights go out in them. */
import type { CrashKind } from '../../sim/disk/index.ts';
import type { Configuration, RecordOptions } from './record.ts';
import type { Command } from './workload.ts';

export interface Life extends RecordOptions {
  readonly configuration: Configuration;
  readonly units: number;
  readonly admin: readonly Command[];
  /** An administrator's command comes after so many units. */
  readonly every: number;
}

/** Table by table: how the lights go out. */
export interface FailureClass {
  readonly title: string;
  readonly kind: CrashKind;
  readonly profiles: readonly string[];
  readonly lives: readonly Life[];
  /** True: nothing that was promised may be missing, and every server must start. */
  readonly isHonest: boolean;
}

/** A disk that is full for a while: no simulation, a small tmpfs. */
export interface FullDisk extends FailureClass {
  /** What the ballast leaves, run by run. */
  readonly roomsBytes: readonly number[];
}

const rewrite: Command = ['BGREWRITEAOF'];
const brisk = { pauseMs: 2, slowSyncMs: 0 };

/** The log under everysec, without snapshots. */
export const everysecArgs = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];

const always: Life = {
  ...brisk,
  configuration: {
    name: 'appendfsync always',
    args: ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    promise: 'always',
  },
  units: 30,
  admin: [rewrite],
  every: 8,
};

const everysec: Life = {
  configuration: {
    name: 'appendfsync everysec',
    args: everysecArgs,
    promise: 'everysec',
  },
  units: 40,
  admin: [rewrite],
  every: 9,
  pauseMs: 80,
  slowSyncMs: 0,
};

const snapshots: Life = {
  ...brisk,
  configuration: {
    name: 'snapshots',
    args: ['--appendonly', 'no', '--save', ''],
    promise: 'save',
  },
  units: 24,
  admin: [['SAVE']],
  every: 5,
};

const slowSyncs: Life = { ...everysec, slowSyncMs: 700, units: 30, pauseMs: 120 };

export const classes: readonly FailureClass[] = [
  {
    title: 'Honest power loss',
    kind: 'power',
    profiles: ['ext4-ordered', 'ext4-writeback', 'xfs', 'posix-strict'],
    lives: [always, everysec, snapshots],
    isHonest: true,
  },
  {
    title: 'Kills',
    kind: 'kill',
    profiles: ['proc-kill'],
    lives: [always, slowSyncs],
    isHonest: true,
  },
  {
    title: 'Lying and rotting disks',
    kind: 'power',
    profiles: ['lying', 'rot'],
    lives: [always],
    isHonest: false,
  },
];

export const fullDisk: FullDisk = {
  title: 'A disk that is full for a while, then a kill',
  kind: 'kill',
  profiles: ['tmpfs'],
  lives: [{ ...everysec, units: 36, admin: [rewrite], every: 100 }],
  isHonest: true,
  roomsBytes: [4096, 8192, 16_384],
};

/** Images that hold a trap, in files that Redis wrote. */
export const aimed: FailureClass = {
  title: 'Aimed at known answers',
  kind: 'power',
  profiles: ['posix-strict', 'lying', 'rot'],
  lives: [always, { ...slowSyncs, every: 5 }],
  isHonest: false,
};
