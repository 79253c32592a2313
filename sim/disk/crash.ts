/**
 * A crash: what is left when the lights go out, as a function of (disk, kind, profile, choices).
 *
 * A kill loses nothing that is pending: the page cache survives with its versions and floors; only operations in flight
 * are decided. A loss of power chooses one state that the profile allows (fault-model.md, A.4): first the operations in
 * flight, then the renames, then a version of each name that can be reached, then size and pages of each file. After it
 * everything that is left is durable and nothing is open.
 *
 * The disk that crashes is not changed: the same one can be crashed a thousand times.
 */
import type { Choices } from '../draws/choices.ts';
import { cloneDisk } from './clone.ts';
import { crashFile } from './crash-file.ts';
import { chooseRenames, chooseVersion } from './crash-names.ts';
import type { KeptRenames } from './crash-names.ts';
import { CrashTally } from './crash-report.ts';
import type { CrashReport } from './crash-report.ts';
import { SimDiskError } from './error.ts';
import { DirInode, newest } from './dir-inode.ts';
import { FileInode, SECTOR_BYTES } from './file-inode.ts';
import type { CrashChooser, CrashSettings, Profile } from './profile.ts';
import { SimDisk } from './sim-disk.ts';
import type { InflightOperation } from './inflight.ts';

export type CrashKind = 'kill' | 'power';

export interface Crash {
  readonly disk: SimDisk;
  readonly report: CrashReport;
}

export interface CrashOptions extends CrashSettings {
  /** Begins the keys of the choices. Default `crash`. A world gives each crash its own. */
  readonly prefix?: string;
}

/** Makes one of the disks that a crash of `disk` may leave. */
export function crash(
  disk: SimDisk,
  kind: CrashKind,
  profile: Profile,
  choices: Choices,
  options: CrashOptions = {},
): Crash {
  const tally = new CrashTally(false);
  const left = decide(disk, kind, profile, choices, options, tally);
  return {
    disk: left,
    report: {
      kind,
      profile: profile.name,
      pendingData: tally.pendingData,
      pendingNames: tally.pendingNames,
      lost: tally.lost,
      situations: tally.situations,
      table: () => {
        const again = new CrashTally(true);
        decide(disk, kind, profile, choices, options, again);
        return again.rows!;
      },
    },
  };
}

function decide(
  disk: SimDisk,
  kind: CrashKind,
  profile: Profile,
  choices: Choices,
  options: CrashOptions,
  tally: CrashTally,
): SimDisk {
  const prefix = options.prefix ?? 'crash';
  let before = disk;
  if (disk.syncing > 0) tally.count('crash-inside-sync');
  if (disk.inflight.size > 0 || kind === 'kill' || !profile.losesPower) {
    const clone = cloneDisk(disk);
    for (const operation of disk.inflight) {
      const portion = choosePortion(operation, choices, prefix, tally);
      performPortion(operation, portion, clone.disk, (inode) => clone.twin(inode));
    }
    before = clone.disk;
  }
  if (kind === 'kill' || !profile.losesPower) {
    countPending(before, tally);
    before.keys.generation = disk.keys.generation + 1;
    return before;
  }
  const left = losePower(before, profile.chooser(before, choices, prefix, options), choices, tally);
  profile.decay?.(left, choices, prefix, tally);
  return left;
}

/** Chooses how much of an operation in flight was applied: all of it for option 0. */
export function choosePortion(
  operation: InflightOperation,
  choices: Choices,
  prefix: string,
  tally: CrashTally,
): number {
  const { parts } = operation;
  const key = `${prefix}/in flight ${operation.key}`;
  const u = choices.uniform(key);
  const lean = u < 0.35 ? 0 : u < 0.65 ? parts : Math.floor(((u - 0.65) / 0.35) * (parts + 1));
  const dropped = choices.choose(key, parts + 1, lean);
  tally.count('crash-with-operation-in-flight');
  if (operation.operation === 'write') tally.count('crash-with-write-in-flight');
  tally.count(
    dropped === 0 ? 'in-flight-applied' : dropped === parts ? 'in-flight-dropped' : 'in-flight-partial',
  );
  tally.rows?.push({
    object: operation.key,
    what: 'in flight',
    detail: `${operation.operation}: ${parts - dropped} of ${parts} parts`,
    fate: dropped === 0 ? 'kept' : dropped === parts ? 'dropped' : 'partly',
  });
  return parts - dropped;
}

/** Applies a part of an operation in flight; that it fails is one of the things that may have happened. */
export function performPortion(
  operation: InflightOperation,
  portion: number,
  disk: SimDisk,
  twin: (inode: FileInode) => FileInode | undefined,
): void {
  if (portion === 0) return;
  try {
    operation.perform(disk, twin, portion);
  } catch (error) {
    if (!(error instanceof SimDiskError)) throw error;
  }
}

function losePower(disk: SimDisk, chooser: CrashChooser, choices: Choices, tally: CrashTally): SimDisk {
  const left = new SimDisk({ capacityBytes: disk.space.capacityBytes, arena: disk.arena });
  left.continueFrom(disk);
  left.commitEverything();
  left.keys.generation = disk.keys.generation + 1;
  const kept = chooseRenames(disk.root, chooser, tally);
  walk(disk.root, left.root, disk, left, kept, chooser, choices, tally, new Map());
  summarize(tally);
  return left;
}

/** R3: only what hangs from a chosen name is left. */
function walk(
  from: DirInode,
  to: DirInode,
  disk: SimDisk,
  left: SimDisk,
  kept: KeptRenames,
  chooser: CrashChooser,
  choices: Choices,
  tally: CrashTally,
  twins: Map<FileInode, FileInode>,
): void {
  to.floor = disk.seq;
  for (const slot of from.slots.values()) {
    const version = chooseVersion(from, slot, kept, chooser, tally);
    const { inode } = version;
    if (inode === undefined) continue;
    let twin: FileInode | DirInode;
    if (inode.kind === 'directory') {
      twin = new DirInode(inode.id, inode.key, inode.device);
      walk(inode, twin, disk, left, kept, chooser, choices, tally, twins);
    } else if (twins.has(inode)) {
      twin = twins.get(inode)!;
      twin.links++;
    } else {
      twin = new FileInode(inode.id, inode.key);
      twins.set(inode, twin);
      twin.links = 1;
      twin.writes = inode.writes;
      twin.syncs = inode.syncs;
      twin.earlierSizeBytes = inode.earlierSizeBytes;
      twin.floor = disk.seq;
      const lostBefore = tally.lost;
      crashFile(inode, twin, chooser, choices, tally);
      keepBadSectors(inode, twin);
      if (version.rename !== undefined && tally.lost > lostBefore) tally.count('renamed-file-incomplete');
      left.space.usedBytes += twin.sizeBytes;
    }
    to.slots.set(slot.name, {
      name: slot.name,
      key: slot.key,
      versions: [{ seq: disk.seq, inode: twin, rename: undefined }],
    });
  }
}

/** A medium that is bad stays so. A sector that was written since is not: the write went elsewhere. */
function keepBadSectors(file: FileInode, twin: FileInode): void {
  if (file.badSectors === undefined) return;
  for (const sector of file.badSectors)
    if (sector * SECTOR_BYTES < twin.sizeBytes) (twin.badSectors ??= new Set()).add(sector);
}

function summarize(tally: CrashTally): void {
  if (tally.pendingData > 0) tally.count('crash-with-pending-data');
  if (tally.pendingNames > 0) tally.count('crash-with-pending-name');
  if (tally.pendingData + tally.pendingNames > 0) {
    if (tally.lost === 0) tally.count('all-pending-kept');
  }
}

/** Counts what is pending on a disk: after a kill it still is. */
export function countPending(disk: SimDisk, tally: CrashTally): void {
  const visit = (dir: DirInode): void => {
    for (const slot of dir.slots.values()) {
      tally.pendingNames += slot.versions.length - 1;
      const { inode } = newest(slot);
      if (inode?.kind === 'file') tally.pendingData += inode.log.length;
      else if (inode !== undefined) visit(inode);
    }
  };
  visit(disk.root);
  summarize(tally);
}
