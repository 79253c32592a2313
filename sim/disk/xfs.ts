/**
 * `xfs`: one log for all names; a file's size follows the completion of its writes.
 *
 * The size on the disk is updated when a write has completed (linux@ba87ea699, the "NULL files" fix of 2007), so that it
 * never exceeds the end of some completed one. But they complete in any order: below that end whole pages may be missing,
 * and read as zeros. A rename over an existing name forces nothing. A sync commits the log up to the inode's last change.
 *
 * The knob `xfsNull` is xfs before that fix: a size needs no data at all, and tails are zeros.
 */
import { errorModels } from './error-model.ts';
import type { Choices } from '../draws/choices.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { Change, FileInode } from './file-inode.ts';
import { JournalChooser } from './journal.ts';
import type { ChosenSize, CrashSettings, Profile } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

export const xfs: Profile = {
  name: 'xfs',
  about: 'xfs: names in order; a file ends where a completed write ends, and may have holes of zeros before.',
  losesPower: true,
  losesEndsOnly: false,
  honest: true,
  errors: errorModels.xfs,
  chooser: (disk, choices, prefix, settings) => new XfsChooser(disk, choices, prefix, settings),
};

class XfsChooser extends JournalChooser {
  constructor(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings) {
    super(disk, choices, prefix, settings, disk.forcedSeq);
  }

  protected override minimum(): number {
    return this.growth.startBytes;
  }

  override least(_file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number {
    const isLast = (page + 1) * PAGE_BYTES >= size.sizeBytes;
    if (this.knobs.xfsNull === true || !isLast || size.sizeBytes <= this.growth.startBytes) return 0;
    return this.covering(versions, size.sizeBytes);
  }
}
