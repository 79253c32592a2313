/**
 * An open file description: what open(2) makes, and dup(2) and fork(2) share.
 *
 * The position belongs to the description: a write through one descriptor moves it for all. So does the memory of which
 * write-back errors were told: each error is told once to each description that was open when it happened.
 */
import type { OpenFlags } from '../../src/ports/disk.ts';
import type { FileInode } from './file-inode.ts';

export class OpenFile {
  readonly inode: FileInode;
  readonly path: string;
  readonly flags: OpenFlags;
  positionBytes = 0;
  /** How many descriptors lead here. At 0 it is closed. */
  descriptors = 1;
  /** How many of the inode's write-back errors this description knows of. */
  errorsSeen: number;

  constructor(inode: FileInode, path: string, flags: OpenFlags) {
    this.inode = inode;
    this.path = path;
    this.flags = flags;
    this.errorsSeen = inode.errorsAtOpen();
  }

  get open(): boolean {
    return this.descriptors > 0;
  }
}
