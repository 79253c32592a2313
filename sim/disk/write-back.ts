/**
 * Failed write-back: what a file is after the device refused its pages (fault-model.md, A.5).
 *
 * Invariants. What was to be written is clean afterwards: nothing of it is pending, no later sync writes it. Where the
 * cache keeps the new bytes, they are `lost` pages until something dirties them again; a page that had a later change
 * waiting is dirty as a whole, so that this change brings all of it. The error is counted on the inode and told to open
 * file descriptions by their own count.
 */
import type { ErrorModel } from './error-model.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { Change, FileInode, Seq } from './file-inode.ts';
import type { OpenFile } from './open-file.ts';

/** How far a write-back came that failed. */
export interface WriteBackFate {
  /** Whether a page reached the disk all the same. */
  reaches(page: number): boolean;
  /** Whether the size did. */
  readonly sizeReaches: boolean;
  /** Leaves garbage in a page that did not, and has no older content: fills bytes[start, end), or leaves zeros. */
  spoil(page: number, bytes: Uint8Array, start: number, end: number): void;
}

/** Nothing reached the disk, and nothing on it was spoilt. */
export const NOTHING_REACHED: WriteBackFate = {
  reaches: () => false,
  sizeReaches: false,
  spoil: () => {},
};

/** The error counter of an inode goes up: `tellError` reports it. */
export function countError(inode: FileInode, code: string): void {
  inode.errors++;
  inode.errorCode = code;
}

/** The error that a sync through this description has to report, if any. It counts as told then. */
export function tellError(file: OpenFile, model: ErrorModel): string | undefined {
  const { inode } = file;
  const known = model.told === 'each description' ? file.errorsSeen : inode.errorsTold;
  if (known >= inode.errors) return undefined;
  file.errorsSeen = inode.errors;
  inode.errorsTold = inode.errors;
  return inode.errorCode;
}

/** Everything up to `seq` counts as clean; the cache keeps it, the disk has what `fate` says. */
export function failWriteBack(inode: FileInode, seq: Seq, fate: WriteBackFate): void {
  const pages = dirtyPages(inode, seq);
  const cuts = inode.log.some((change) => change.seq <= seq && change.kind === 'truncate');
  const oldSize = inode.durableSizeBytes;
  const old = inode.base.slice(0, oldSize);
  inode.raiseFloor(seq);
  const newSize = inode.durableSizeBytes;
  const meant = inode.base.slice(0, newSize);
  inode.pinCache();

  const sizeReaches = fate.sizeReaches || newSize === oldSize;
  const left = new Uint8Array(sizeReaches ? newSize : oldSize);
  const whole = sizeReaches || !cuts;
  left.set((whole ? meant : old).subarray(0, left.length));
  const failed: number[] = [];
  for (const page of pages) {
    const start = page * PAGE_BYTES;
    // What lies beyond a size that did not reach the disk is not there, whatever became of the page.
    const isWhole = Math.min(newSize, start + PAGE_BYTES) <= left.length;
    const reached = whole && fate.reaches(page);
    if (!reached || !isWhole) failed.push(page);
    if (reached) continue;
    const end = Math.min(left.length, start + PAGE_BYTES);
    if (start >= end) continue;
    left.fill(0, start, end);
    left.set(old.subarray(start, Math.min(end, oldSize)), start);
    // A block that was there before keeps what it had; only a new one may hold anything.
    if (start >= oldSize) fate.spoil(page, left, start, end);
  }
  const { sizeBytes } = inode;
  inode.adopt(left);
  inode.sizeBytes = sizeBytes;
  // A size that an earlier failure left behind is still not there when another one has nothing to write.
  inode.sizeLost = (inode.sizeLost || !sizeReaches) && !inode.log.some((change) => change.resizes);
  if (failed.length > 0) {
    inode.lost ??= new Set();
    for (const page of failed) if (page * PAGE_BYTES < sizeBytes) inode.lost.add(page);
    redirty(inode, meant);
    if (inode.lost.size === 0) inode.lost = undefined;
  }
}

/** Everything up to `seq` is gone from the cache, too: content and size are the durable ones and what came later. */
export function revertWriteBack(inode: FileInode, seq: Seq): void {
  const later = inode.log.filter((change) => change.seq > seq);
  let size = inode.durableSizeBytes;
  inode.log = later.map((change) => {
    const sizeBytes = change.kind === 'truncate' ? change.at : Math.max(size, change.end);
    const resizes = change.kind === 'truncate' || sizeBytes > size;
    size = sizeBytes;
    return { ...change, sizeBytes, resizes };
  });
  inode.sizeBytes = size;
  inode.slackBytes = Math.max(Math.min(inode.slackBytes, 0), -size);
  inode.lost = undefined;
  inode.sizeLost = false;
  inode.dropCache();
}

function dirtyPages(inode: FileInode, seq: Seq): Set<number> {
  const pages = new Set<number>();
  for (const change of inode.log) {
    if (change.seq > seq) break;
    if (change.kind !== 'write') continue;
    for (let page = Math.floor(change.at / PAGE_BYTES); page * PAGE_BYTES < change.end; page++)
      pages.add(page);
  }
  return pages;
}

/** The first later change of each lost page brings the whole page, as the cache had it after that change. */
function redirty(inode: FileInode, meant: Uint8Array): void {
  const { log, lost } = inode;
  if (log.length === 0 || lost === undefined) return;
  let content = meant;
  for (const [index, change] of log.entries()) {
    const grown = new Uint8Array(change.sizeBytes);
    grown.set(content.subarray(0, change.sizeBytes));
    if (change.kind === 'truncate') {
      content = grown;
      continue;
    }
    grown.set(change.chunk.subarray(change.offset, change.offset + change.end - change.at), change.at);
    content = grown;
    let { at, end } = change;
    const last = Math.floor((change.end - 1) / PAGE_BYTES);
    for (let page = Math.floor(change.at / PAGE_BYTES); page <= last; page++) {
      if (!lost.delete(page)) continue;
      at = Math.min(at, page * PAGE_BYTES);
      end = Math.max(end, Math.min(change.sizeBytes, (page + 1) * PAGE_BYTES));
    }
    if (at < change.at || end > change.end) log[index] = widened(change, at, end, content);
  }
}

function widened(change: Change, at: number, end: number, content: Uint8Array): Change {
  return { ...change, at, end, chunk: content.slice(at, end), offset: 0 };
}

/**
 * The cache lets go of a file without pending changes: what is read from now on comes from the disk. Returns whether that
 * makes a difference. The errors are forgotten with the inode.
 */
export function evict(inode: FileInode): boolean {
  if (inode.log.length > 0) return false;
  const differs = inode.lost !== undefined || inode.sizeLost;
  inode.lost = undefined;
  inode.sizeLost = false;
  inode.sizeBytes = inode.durableSizeBytes;
  inode.slackBytes = Math.max(inode.slackBytes, -inode.sizeBytes);
  inode.errorsTold = inode.errors;
  inode.dropCache();
  return differs;
}
