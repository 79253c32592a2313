/**
 * `btrfs`: the last transaction, and over it what was synced since, inode by inode.
 *
 * The disk is as of some transaction (the cut), with the data that had been written back by then; a synced file has its
 * own data and size, its names and the directories above it (the tree log), and says nothing about any other file, even an
 * older one. Data is never overwritten in place, so nothing tears. A file grows by a prefix of its pages (disk_i_size; a
 * file system with NO_HOLES may show zeros there, which is not modelled). A rename flushes nothing (since 3.17).
 */
import { errorModels } from './error-model.ts';
import type { Choices } from '../draws/choices.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { DirInode, Inode, Rename, Slot, SlotVersion } from './dir-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import { countUpTo, JournalChooser } from './journal.ts';
import type { ChosenSize, CrashSettings, Profile } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

export const btrfs: Profile = {
  name: 'btrfs',
  about: 'btrfs: an old transaction, and over it each synced file with its names, whatever the order.',
  losesPower: true,
  losesEndsOnly: true,
  honest: true,
  errors: errorModels.btrfs,
  chooser: (disk, choices, prefix, settings) => new BtrfsChooser(disk, choices, prefix, settings),
};

class BtrfsChooser extends JournalChooser {
  constructor(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings) {
    super(disk, choices, prefix, settings, 0);
  }

  override keepsRename(rename: Rename): boolean {
    if (rename.seq <= this.cut) return true;
    const inode = rename.to.versions.find((version) => version.rename === rename)?.inode;
    return inode !== undefined && isLogged(inode, rename.seq);
  }

  override slot(_dir: DirInode, _slot: Slot, versions: readonly SlotVersion[]): number {
    for (let i = 0; i < versions.length; i++) {
      const { seq, inode } = versions[i]!;
      if (seq <= this.cut || (inode !== undefined && isLogged(inode, seq))) return i;
    }
    return versions.length - 1;
  }

  protected override minimum(): number {
    return this.growth.startBytes;
  }

  override least(_file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number {
    const needed = Math.min((page + 1) * PAGE_BYTES, size.sizeBytes);
    return needed <= this.growth.startBytes ? 0 : this.covering(versions, needed);
  }

  override most(_file: FileInode, _page: number, versions: readonly Change[]): number {
    return countUpTo(versions, this.cut);
  }

  override beneath(_file: FileInode, _page: number, _versions: readonly Change[], chosen: number): number {
    return chosen;
  }
}

/** True when a sync of an inode, or of one below it, has logged the name that it got at `seq`. */
function isLogged(inode: Inode, seq: Seq): boolean {
  if (inode.floor >= seq) return true;
  if (inode.kind === 'file') return false;
  for (const { versions } of inode.slots.values())
    for (const version of versions)
      if (version.inode !== undefined && version.seq > 0 && isLogged(version.inode, version.seq)) return true;
  return false;
}
