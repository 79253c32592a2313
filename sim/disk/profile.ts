/**
 * What a profile is: it chooses, among the states that the common rules leave (fault-model.md, A.4, R1 to R6), one that
 * its file system could leave behind. It restricts; it never adds.
 *
 * Options are asked for newest first, so that option 0 always means "nothing lost".
 */
import type { Choices } from '../draws/choices.ts';
import type { ErrorModel } from './error-model.ts';
import type { Change, FileInode, Rename, Slot, SlotVersion, DirInode } from './inode.ts';
import type { SimDisk } from './sim-disk.ts';

/** Decides one crash. */
export interface CrashChooser {
  /** Does this rename survive? Asked from the newest to the oldest, only where the rules leave it open. */
  keepsRename(rename: Rename): boolean;
  /** Which of the versions (newest first, at least two) a name has. */
  slot(dir: DirInode, slot: Slot, versions: readonly SlotVersion[]): number;
  /** Which size a file has: sizes[i] (newest first), or the durable one for i = sizes.length. */
  size(file: FileInode, sizes: readonly Change[]): number;
  /** How many of a page's versions (newest first) are lost: versions.length leaves the durable page. */
  page(file: FileInode, page: number, versions: readonly Change[]): number;
  /**
   * Which of `count` ways a page is torn; 0 is whole. `underneath` lists what may lie under the chosen version, the
   * nearest first: the sectors that differ from it, as a mask. See `tear.ts`.
   */
  torn(file: FileInode, page: number, underneath: readonly number[], count: number): number;
  /** What stands where a size came without its data: zeros, or noise. */
  hole(file: FileInode, page: number): 'zeros' | 'noise';
  /** How many of an in-flight operation's parts were applied: parts (all) for option 0. */
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
  /** Begins the decision of one crash. `prefix` begins the keys of its choices. */
  chooser(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings): CrashChooser;
}
