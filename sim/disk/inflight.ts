import type { FileInode } from './file-inode.ts';
import type { SimDisk } from './sim-disk.ts';

/** An operation that was called and has not been applied yet: a crash decides whether, and how much of it, was. */
export interface InflightOperation {
  /** Names the operation in the keys of choices. */
  readonly key: string;
  readonly operation: string;
  readonly pid: number;
  /** The bytes of a write; 1 for everything else. */
  readonly parts: number;
  /** Applies the first `portion` parts to a disk, where `twin` finds the inode that stands for one of the original's. */
  perform(disk: SimDisk, twin: (inode: FileInode) => FileInode | undefined, portion: number): void;
}
