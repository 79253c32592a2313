/**
 * Room on a disk: how much there is, who holds it, and which error says that it is used up.
 *
 * Counted in bytes, not in blocks, so that a disk can fill up at any byte. A file holds its size, less its holes, plus
 * what was reserved for it; it holds that until it has neither a name nor an open descriptor. Writing below the end of a
 * file with holes is taken to fill them.
 */
import type { FileInode } from './file-inode.ts';

export class Space {
  /** Bytes that fit: ENOSPC beyond. */
  capacityBytes: number;
  /** Bytes that the owner of the files may hold: EDQUOT beyond. */
  quotaBytes: number;
  usedBytes = 0;

  constructor(capacityBytes: number, quotaBytes: number) {
    this.capacityBytes = capacityBytes;
    this.quotaBytes = quotaBytes;
  }

  get freeBytes(): number {
    return Math.min(this.capacityBytes, this.quotaBytes) - this.usedBytes;
  }

  /** What a call gets that finds no room. */
  get fullCode(): 'ENOSPC' | 'EDQUOT' {
    return this.quotaBytes < this.capacityBytes ? 'EDQUOT' : 'ENOSPC';
  }

  /** Takes room for a write of `count` bytes at `at`; returns how many of them fit. Called before the write. */
  take(inode: FileInode, at: number, count: number): number {
    const { sizeBytes, slackBytes } = inode;
    if (slackBytes === 0 && at <= sizeBytes) {
      let growth = at + count - sizeBytes;
      if (growth <= 0) return count;
      const { freeBytes } = this;
      if (growth > freeBytes) {
        const excess = growth - Math.max(0, freeBytes);
        if (excess >= count) return 0;
        count -= excess;
        growth -= excess;
      }
      this.usedBytes += growth;
      return count;
    }
    return this.#takeAround(inode, at, count);
  }

  /** The same for a file with holes or reservations, or a write that makes a hole. */
  #takeAround(inode: FileInode, at: number, count: number): number {
    const { sizeBytes, slackBytes } = inode;
    const held = sizeBytes + slackBytes;
    const inside = Math.max(0, Math.min(count, sizeBytes - at));
    const fills = Math.min(inside, Math.max(0, -slackBytes));
    let needs = fills + Math.max(0, count - inside - Math.max(0, slackBytes));
    const fits = Math.max(0, this.freeBytes);
    if (needs > fits) {
      const excess = needs - fits;
      if (excess >= count) return 0;
      count -= excess;
      needs = fits;
    }
    this.usedBytes += needs;
    inode.slackBytes = held + needs - Math.max(sizeBytes, at + count);
    return count;
  }

  /** A file changes its size without a write: a cut gives back what lay beyond, a growth is a hole. Called before. */
  resize(inode: FileInode, toBytes: number): void {
    const { sizeBytes, slackBytes } = inode;
    const held = sizeBytes + slackBytes;
    const holds = toBytes < sizeBytes ? Math.min(held, toBytes) : held;
    inode.slackBytes = holds - toBytes;
    this.usedBytes += holds - held;
  }

  /** Reserves the first `toBytes` bytes of a file; false when they do not fit. */
  reserve(inode: FileInode, toBytes: number): boolean {
    const held = inode.sizeBytes + inode.slackBytes;
    const needs = toBytes - held;
    if (needs <= 0) return true;
    if (needs > this.freeBytes) return false;
    this.usedBytes += needs;
    inode.slackBytes += needs;
    return true;
  }

  /** A file has neither a name nor a descriptor any more. */
  release(inode: FileInode): void {
    this.usedBytes -= inode.sizeBytes + inode.slackBytes;
  }
}
