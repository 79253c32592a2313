/**
 * What a profile is: it chooses, among the states that the common rules leave (fault-model.md, A.4, R1 to R6), one that
 * its file system could leave behind. It restricts; it never adds.
 *
 * Options are asked for newest first, so that option 0 always means "nothing lost".
 */
import type { Choices } from '../draws/choices.ts';
import type { ErrorModel } from './error-model.ts';
import type { Inode, Rename, Slot, SlotVersion, DirInode } from './dir-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import type { CrashTally } from './crash-report.ts';
import type { SimDisk } from './sim-disk.ts';

/**
 * What may be different about a profile. All but `renameAtomic`, `crossDirTie` and `psow` are false by themselves.
 *
 * `crossDirTie`: false lets the source of a rename across directories survive as a second name (R2).
 * `renameAtomic`: false lets the two sides of a rename go their own ways altogether.
 * `xfsNull`, `ext4Stale`: old kernels, see `xfs.ts` and `ext4.ts`.
 * `psow` (powersafe overwrite): false lets a write damage durable sectors of the page that it was for.
 * `fdatasyncGrowthBug`: fdatasync leaves the size of a file that has grown behind (what LMDB and bbolt met).
 * `nobarrier`: a sync returns when the drive has the data in its volatile cache: the last one of each file is not on it.
 */
export interface Knobs {
  readonly crossDirTie?: boolean;
  readonly renameAtomic?: boolean;
  readonly xfsNull?: boolean;
  readonly ext4Stale?: boolean;
  readonly psow?: boolean;
  readonly fdatasyncGrowthBug?: boolean;
  readonly nobarrier?: boolean;
}

/** Which renames have sides that stand or fall together: all, those inside one directory, or none. */
export type RenameTies = 'all' | 'same directory' | 'none';

/** A disk whose syncs are not all that they say. */
export interface SyncCheat {
  /** A sync of everything up to `covered` ends with success: true when the disk does not have it all the same. */
  swallows(disk: SimDisk, inode: Inode, covered: Seq, dataOnly: boolean): boolean;
}

/** A size, and up to which change of the file its truncations have happened. */
export interface ChosenSize {
  readonly sizeBytes: number;
  readonly seq: Seq;
}

/** Decides one crash. */
export interface CrashChooser {
  /** Does this rename survive? Asked from the newest to the oldest, only where the rules leave it open. */
  keepsRename(rename: Rename): boolean;
  /** Which of the versions (newest first, at least two) a name has. */
  slot(dir: DirInode, slot: Slot, versions: readonly SlotVersion[]): number;
  /** Which size a file has; `sizes` are the changes that made one, newest first. Asked before the file's pages. */
  size(file: FileInode, sizes: readonly Change[]): ChosenSize;
  /** How many of a page's versions (oldest first) are on the disk for sure: 0 where the durable page may be all. */
  least(file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number;
  /** How many of a page's versions (oldest first) can be on the disk. */
  most(file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number;
  /** How many of a page's versions are on the disk, from `least` to `most`. */
  page(file: FileInode, page: number, versions: readonly Change[], least: number, most: number): number;
  /** The oldest state (as a number of versions) that may lie under the chosen one where a page is torn. */
  beneath(
    file: FileInode,
    page: number,
    versions: readonly Change[],
    chosen: number,
    least: number,
    size: ChosenSize,
  ): number;
  /**
   * Which of `count` ways a page is torn; 0 is whole. `underneath` lists what may lie under the chosen version, the
   * nearest first: the sectors that differ from it, as a mask. See `tear.ts`.
   */
  torn(file: FileInode, page: number, underneath: readonly number[], count: number): number;
  /** What stands where a size came without its data: zeros, or noise. */
  hole(file: FileInode, page: number): 'zeros' | 'noise';
  /** The unit in which a page tears. */
  readonly sectorBytes: number;
  readonly ties: RenameTies;
  /**
   * What became of a rename across directories that is not tied: both sides kept, the new name beside the old one, or
   * neither.
   */
  crosses(rename: Rename, mayBeLost: boolean): 'kept' | 'doubled' | 'lost';
  /** Which of a page's durable sectors (from 1) its rewriting has damaged; 0 for none. */
  damaged(file: FileInode, page: number, sectors: number): number;
  /** The key under which a page's noise is drawn. */
  noiseKey(file: FileInode, page: number): string;
}

/** Settings of a crash that are not choices. */
export interface CrashSettings {
  /** Departures from what the profile is by itself. */
  readonly knobs?: Knobs;
  /** The unit in which a page tears: 512, or 4096 for pages that never tear. Default 512. */
  readonly sectorBytes?: 512 | 4096;
}

export interface Profile {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  /** False for a profile under which the power never fails: every crash is a kill. */
  readonly losesPower: boolean;
  /**
   * True where what was appended to a file, and not synced, is lost from its end on, with zeros in the place of some of it at
   * most: the syntax of a log is enough to find where it ends.
   */
  readonly losesEndsOnly: boolean;
  /** What the file system does when the device under it fails. */
  readonly errors: ErrorModel;
  /** False where what was synced may be lost: then the engine's promises of durability do not bind, only P13 does. */
  readonly honest: boolean;
  /** What is wrong with the syncs of a disk, if anything is. Made once for a world: its choices are the world's. */
  cheat?(choices: Choices): SyncCheat;
  /** What the medium does to what was durable while the power was off. Changes `left`. */
  decay?(left: SimDisk, choices: Choices, prefix: string, tally: CrashTally): void;
  /** Begins the decision of one crash. `prefix` begins the keys of its choices. */
  chooser(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings): CrashChooser;
}
