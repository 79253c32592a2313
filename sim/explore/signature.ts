/**
 * Telling instants apart: two with the same signature have the same disk, the same things pending on it and the same
 * operations in flight, and so the same states after a crash.
 */
import type { InflightOperation, SimDisk } from '../disk/index.ts';
import type { DirInode } from '../disk/dir-inode.ts';
import type { FileInode } from '../disk/file-inode.ts';

export class Signatures {
  /** Operations by the order in which they were first seen. */
  readonly #numbers = new WeakMap<InflightOperation, number>();
  #next = 1;

  of(disk: SimDisk): string {
    const parts: (number | string)[] = [disk.seq, disk.committedSeq, disk.forcedSeq];
    visit(disk.root, parts, new Set());
    for (const operation of disk.inflight) {
      let number = this.#numbers.get(operation);
      if (number === undefined) {
        number = this.#next++;
        this.#numbers.set(operation, number);
      }
      parts.push('i', number);
    }
    return parts.join(' ');
  }
}

/** Whatever changes without a new sequence number is written down: floors, and what a failed write-back took away. */
function visit(dir: DirInode, parts: (number | string)[], seen: Set<FileInode | DirInode>): void {
  parts.push('d', dir.floor);
  for (const { versions } of dir.slots.values()) {
    for (const { inode } of versions) {
      if (inode === undefined || seen.has(inode)) continue;
      seen.add(inode);
      if (inode.kind === 'directory') visit(inode, parts, seen);
      else parts.push(inode.floor, inode.log.length, inode.lost?.size ?? 0, inode.badSectors?.size ?? 0);
    }
  }
}
