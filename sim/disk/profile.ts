/**
 * What a profile is: it chooses, among the states that the common rules leave (fault-model.md, A.4, R1 to R6), one that
 * its file system could leave behind. It restricts; it never adds.
 *
 * Options are asked for newest first, so that option 0 always means "nothing lost".
 */
import type { Choices } from '../draws/choices.ts';
import type { ErrorModel } from './error-model.ts';
import type { Change, FileInode, Rename, Seq, Slot, SlotVersion, DirInode } from './inode.ts';
import type { SimDisk } from './sim-disk.ts';

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
  /** The key under which a page's noise is drawn. */
  noiseKey(file: FileInode, page: number): string;
}

/** Settings of a crash that are not choices. */
export interface CrashSettings {
  /** The unit in which a page tears: 512, or 4096 for pages that never tear. Default 512. */
  readonly sectorBytes?: 512 | 4096;
}

export interface Profile {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  /** False for a profile under which the power never fails: every crash is a kill. */
  readonly losesPower: boolean;
  /** What the file system does when the device under it fails. */
  readonly errors: ErrorModel;
  /** False where what was synced may be lost: then the engine's promises of durability do not bind, only P13 does. */
  readonly honest: boolean;
  /** Begins the decision of one crash. `prefix` begins the keys of its choices. */
  chooser(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings): CrashChooser;
}
