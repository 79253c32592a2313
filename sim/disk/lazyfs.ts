/**
 * `lazyfs`: what the tool of that name can do (VLDB 2024).
 *
 * Names are durable at once: a missing sync of a directory cannot be seen. A file is as at its last sync, or any of the
 * writes since are there as well (torn-seq: a later one without an earlier one), one of them perhaps in part (torn-op). A
 * write brings its size.
 */
import { errorModels } from './error-model.ts';
import { FreeChooser } from './free-chooser.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { Change, FileInode } from './file-inode.ts';
import type { ChosenSize, Profile } from './profile.ts';

export const lazyfs: Profile = {
  name: 'lazyfs',
  about: 'LazyFS: names are durable at once; of a file, any of the writes since its last sync are left.',
  losesPower: true,
  losesEndsOnly: false,
  honest: true,
  errors: errorModels.strict,
  chooser: (_disk, choices, prefix, settings) => new LazyfsChooser(choices, prefix, settings),
};

class LazyfsChooser extends FreeChooser {
  override keepsRename(): boolean {
    return true;
  }

  override slot(): number {
    return 0;
  }

  override least(_file: FileInode, page: number, versions: readonly Change[], size: ChosenSize): number {
    if ((page + 1) * PAGE_BYTES < size.sizeBytes) return 0;
    for (let i = 0; i < versions.length; i++) {
      const { seq, sizeBytes, resizes } = versions[i]!;
      if (resizes && seq === size.seq && sizeBytes === size.sizeBytes) return i + 1;
    }
    return 0;
  }

  /** A write that is there has brought its size: one beyond the size is lost, and with it all later ones to its page. */
  override most(_file: FileInode, _page: number, versions: readonly Change[], size: ChosenSize): number {
    const later = versions.findIndex(({ seq, resizes }) => resizes && seq > size.seq);
    return later === -1 ? versions.length : later;
  }

  override hole(): 'zeros' | 'noise' {
    return 'zeros';
  }
}
