/**
 * ext4 with delayed allocation and auto_da_alloc, in both of its modes.
 *
 * `ext4-ordered` (data=ordered): blocks are allocated, and a size journalled, when data is written back, data before the
 * journal. So a file grows by a prefix of its pages. But an extension inside a block that is allocated already is
 * journalled at the write, while its data is ordered after nothing: up to the end of that block a size may lead its data,
 * read as zeros (seen on a default mount, kernel 6.18). Overwrites in place are ordered after nothing. A rename over an
 * existing name, and a close after a truncation to nothing, make the file system allocate first: a journal that has them
 * has the data too (auto_da_alloc, linux@afd4672dc). A rename to a fresh name has no such help.
 *
 * `ext4-writeback` (data=writeback): the same journal, but sizes are ordered after no data: new bytes may read as zeros or
 * as whatever the blocks had before.
 *
 * The knob `ext4Stale` shows what the blocks had before also where a size leads its data inside an allocated block
 * (kernels before linux@06bd3c36a733).
 *
 * A sync of an inode that the running transaction has changed commits all of it: the names and truncations of all
 * files, not their unwritten data (from memory; not valid with fast_commit). One of a clean inode commits nothing (seen).
 */
import { errorModels } from './error-model.ts';
import type { Choices } from '../draws/choices.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import { countUpTo, JournalChooser } from './journal.ts';
import type { ChosenSize, CrashSettings, Profile } from './profile.ts';
import type { SimDisk } from './sim-disk.ts';

export const ext4Ordered: Profile = {
  name: 'ext4-ordered',
  about:
    'ext4, data=ordered: names in order; files grow page by page; a tail may be zeros to the end of its block.',
  losesPower: true,
  losesEndsOnly: true,
  honest: true,
  errors: errorModels.ext4,
  chooser: (disk, choices, prefix, settings) => new OrderedChooser(disk, choices, prefix, settings),
};

export const ext4Writeback: Profile = {
  name: 'ext4-writeback',
  about: 'ext4, data=writeback: names in order, but a size may come long before its data.',
  losesPower: true,
  losesEndsOnly: false,
  honest: true,
  errors: errorModels.ext4,
  chooser: (disk, choices, prefix, settings) => new WritebackChooser(disk, choices, prefix, settings),
};

class Ext4Chooser extends JournalChooser {
  constructor(disk: SimDisk, choices: Choices, prefix: string, settings: CrashSettings) {
    super(disk, choices, prefix, settings, disk.committedSeq);
  }

  /** An extension inside an allocated block is a matter of the journal. */
  protected override journalled(file: FileInode, into: Set<Seq>): void {
    for (const seq of file.allocations) into.add(seq);
    let sizeBytes = file.durableSizeBytes;
    let allocatedBytes = sizeBytes;
    for (const change of file.log) {
      if (!change.resizes) continue;
      if (change.kind === 'truncate') allocatedBytes = Math.min(allocatedBytes, change.sizeBytes);
      else if (leadLimit(sizeBytes, allocatedBytes) > sizeBytes) into.add(change.seq);
      sizeBytes = change.sizeBytes;
    }
  }

  protected override minimum(file: FileInode, extents: readonly Change[]): number {
    const { startBytes, allocatedBytes } = this.growth;
    const reached = extents[0]?.sizeBytes ?? startBytes;
    const forced = this.forced(file);
    const written = extents.find(({ seq }) => seq <= forced)?.sizeBytes ?? startBytes;
    return Math.max(written, Math.min(reached, leadLimit(startBytes, allocatedBytes)));
  }

  /** Up to here the journal's having a rename or a close means that the data is there; 0 for nowhere. */
  protected forced(file: FileInode): Seq {
    let forced = 0;
    for (const seq of file.allocations) if (seq <= this.cut) forced = seq;
    return forced;
  }
}

class OrderedChooser extends Ext4Chooser {
  override least(file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number {
    const start = page * PAGE_BYTES;
    const end = start + PAGE_BYTES;
    const forced = countUpTo(versions, this.forced(file));
    if (Math.min(end, size.sizeBytes) <= this.growth.startBytes) return forced;
    if (end < size.sizeBytes) return Math.max(forced, this.covering(versions, end));
    return Math.max(forced, this.hasBlock(page) ? 0 : this.first(versions));
  }

  override hole(file: FileInode, page: number): 'zeros' | 'noise' {
    return this.knobs.ext4Stale === true ? this.anyHole(file, page) : 'zeros';
  }
}

class WritebackChooser extends Ext4Chooser {
  override beneath(
    _file: FileInode,
    _page: number,
    _versions: readonly Change[],
    _chosen: number,
    least: number,
  ): number {
    return least;
  }

  override hole(file: FileInode, page: number): 'zeros' | 'noise' {
    return this.anyHole(file, page);
  }
}

/** How far a size may lead its data: to the end of its last block, if that one is allocated. */
function leadLimit(sizeBytes: number, allocatedBytes: number): number {
  const block = Math.floor(sizeBytes / PAGE_BYTES) * PAGE_BYTES;
  return sizeBytes > block && block < allocatedBytes ? block + PAGE_BYTES : sizeBytes;
}
