/**
 * SimDisk: the core of the simulated disk.
 *
 * It is synchronous and knows nothing of promises, processes' fates or time: calls change the page cache at once and
 * throw a SimDiskError where POSIX would fail. A sync has a beginning (which notes what it covers) and an end (which
 * makes it durable). The asynchronous make of the Disk port stands on it (`door.ts`), and so may others.
 *
 * What is durable, what is pending and what may be left after a crash is the business of `file-inode.ts`, `dir-inode.ts`
 * and `crash.ts`; names change in `names.ts`, room is counted in `space.ts`, and failed write-back is in `write-back.ts`.
 */
import type { OpenFlags, Room, Stat } from '../../src/ports/disk.ts';
import { Arena, copyBytes } from './arena.ts';
import { DirInode, newest } from './dir-inode.ts';
import type { Inode, Slot } from './dir-inode.ts';
import { SimDiskError } from './error.ts';
import { PAGE_BYTES } from './file-inode.ts';
import type { FileInode, Seq } from './file-inode.ts';
import type { InflightOperation } from './inflight.ts';
import { Keys } from './keys.ts';
import { Locks } from './locks.ts';
import * as names from './names.ts';
import { OpenFile } from './open-file.ts';
import { locate, resolve, split } from './paths.ts';
import type { SyncCheat } from './profile.ts';
import { Space } from './space.ts';
import { NOTHING_REACHED, countError, evict, failWriteBack, revertWriteBack } from './write-back.ts';
import type { WriteBackFate } from './write-back.ts';

const ZEROS = new Uint8Array(PAGE_BYTES);

export interface SimDiskOptions {
  /** Bytes that fit: ENOSPC beyond. Default: no limit. */
  readonly capacityBytes?: number;
  /** Bytes that files may hold: EDQUOT beyond. Default: no limit. */
  readonly quotaBytes?: number;
  /** Open file descriptions that there may be at once: ENFILE beyond. Default: no limit. */
  readonly openLimit?: number;
  readonly arena?: Arena;
}

/** How the file system is since it met an error in its own structures. A loss of power ends it: the disk is mounted anew. */
export type Condition = 'healthy' | 'read-only' | 'shut down';

export class SimDisk {
  readonly root: DirInode;
  readonly arena: Arena;
  readonly space: Space;
  readonly keys = new Keys();
  /** Operations called and not applied, oldest first. Kept by the doors. */
  readonly inflight = new Set<InflightOperation>();
  /** How many syncs are in flight. Kept by the doors. */
  syncing = 0;
  condition: Condition = 'healthy';
  openLimit: number;
  openFiles = 0;
  seq: Seq = 0;
  /** What is wrong with its syncs; undefined for an honest disk. */
  cheat: SyncCheat | undefined;
  /**
   * Up to where a journal is committed, all names and sizes of all files: as ext4 does it (a sync of an inode that the
   * running transaction has changed commits the whole of it) and as xfs does (up to the inode's last change).
   */
  committedSeq: Seq = 0;
  forcedSeq: Seq = 0;
  #devices = 0;
  readonly #locks = new Locks();

  constructor(options: SimDiskOptions = {}) {
    this.space = new Space(options.capacityBytes ?? Infinity, options.quotaBytes ?? Infinity);
    this.openLimit = options.openLimit ?? Infinity;
    this.arena = options.arena ?? new Arena();
    this.root = new DirInode(0, '');
  }

  // Files ------------------------------------------------------------------------------------------------------------

  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EEXIST ENFILE ENOSPC EDQUOT EROFS EIO */
  open(path: string, flags: OpenFlags): OpenFile {
    this.mayRead('open', path);
    if (this.openFiles >= this.openLimit) throw SimDiskError.of('ENFILE', 'open', path);
    const place = locate(this.root, path, 'open');
    let { inode } = place;
    if (flags.create === true && place.wantsDirectory && place.name !== '')
      throw SimDiskError.of('EISDIR', 'open', path);
    if (inode === undefined) {
      if (flags.create !== true) throw SimDiskError.of('ENOENT', 'open', path);
      inode = names.createFile(this, place, path);
    } else {
      if (flags.create === true && flags.exclusive === true) throw SimDiskError.of('EEXIST', 'open', path);
      if (inode.kind === 'directory') throw SimDiskError.of('EISDIR', 'open', path);
      if (place.wantsDirectory) throw SimDiskError.of('ENOTDIR', 'open', path);
      if (flags.write === true || flags.truncate === true) this.#mayWrite('open', path);
      if (flags.truncate === true) this.#resize(inode, 0);
    }
    inode.opens++;
    this.openFiles++;
    return new OpenFile(inode, path, flags);
  }

  /** One more descriptor for an open file, as dup(2) and fork(2) make it: they share the position. */
  dup(file: OpenFile): OpenFile {
    this.#check(file, 'dup', true);
    file.descriptors++;
    return file;
  }

  /**
   * Writes bytes[start, end) at the end (`append`) or at the description's position; fewer when the disk is full.
   *
   * @throws SimDiskError EBADF, ENOSPC or EDQUOT when not one byte fits, EROFS EIO
   */
  write(file: OpenFile, bytes: Uint8Array, start = 0, end = bytes.length): number {
    this.#check(file, 'write', file.flags.write);
    const at = file.flags.append === true ? file.inode.sizeBytes : file.positionBytes;
    const count = this.#put(file, at, bytes, start, end);
    if (count > 0) file.positionBytes = at + count;
    return count;
  }

  /** Writes at a position and moves none. With `append` it goes to the end all the same, as it does under Linux. */
  pwrite(file: OpenFile, bytes: Uint8Array, position: number, start = 0, end = bytes.length): number {
    this.#check(file, 'write', file.flags.write);
    return this.#put(file, file.flags.append === true ? file.inode.sizeBytes : position, bytes, start, end);
  }

  /** Writes as much of bytes[start, end) at `at` as fits, and says how much that was. */
  writeAt(inode: FileInode, at: number, bytes: Uint8Array, start: number, end: number): number {
    if (end === start) return 0;
    const count = this.space.take(inode, at, end - start);
    if (count === 0) return 0;
    if (inode.badSectors !== undefined) inode.repair(at, at + count);
    inode.write(++this.seq, at, bytes, start, start + count, this.arena);
    return count;
  }

  /**
   * Reads into `into` from `position`, or from the description's position, which it moves then; returns how many bytes
   * there were. Short where a bad sector follows.
   *
   * @throws SimDiskError EBADF, EIO where a bad sector is the first
   */
  read(file: OpenFile, into: Uint8Array, position?: number): number {
    this.#check(file, 'read', file.flags.read);
    this.mayRead('read', file.path);
    const { inode } = file;
    const from = position ?? file.positionBytes;
    let end = Math.min(inode.sizeBytes, from + into.length);
    if (end <= from) return 0;
    if (inode.badSectors !== undefined) end = inode.readableUpTo(from, end);
    if (end === from) throw SimDiskError.of('EIO', 'read', file.path);
    copyBytes(inode.image(), from, end, into, 0);
    if (position === undefined) file.positionBytes = end;
    return end - from;
  }

  /** @throws SimDiskError EBADF, EINVAL for a descriptor that may not write, EROFS EIO */
  truncate(file: OpenFile, sizeBytes: number): void {
    this.#check(file, 'truncate', true);
    if (sizeBytes < 0 || file.flags.write !== true) throw SimDiskError.of('EINVAL', 'truncate', file.path);
    this.#mayWrite('truncate', file.path);
    this.#resize(file.inode, sizeBytes);
  }

  /** Sets an inode's size: `truncate` for in-flight operations. */
  truncateInode(inode: FileInode, sizeBytes: number): void {
    this.#resize(inode, sizeBytes);
  }

  /** Makes a file at least this long, with room for all of it. @throws SimDiskError EBADF ENOSPC EDQUOT EROFS EIO */
  allocate(file: OpenFile, sizeBytes: number): void {
    this.#check(file, 'allocate', file.flags.write);
    this.#mayWrite('allocate', file.path);
    if (!this.allocateInode(file.inode, sizeBytes))
      throw SimDiskError.of(this.space.fullCode, 'allocate', file.path);
  }

  /** The same for an inode; false when there is no room. */
  allocateInode(inode: FileInode, sizeBytes: number): boolean {
    if (!this.space.reserve(inode, sizeBytes)) return false;
    if (sizeBytes > inode.sizeBytes) this.#resize(inode, sizeBytes);
    return true;
  }

  /** Begins a sync: what it will make durable is everything up to the sequence number returned. */
  syncBegin(file: OpenFile): Seq {
    this.#check(file, 'sync', true);
    return this.seq;
  }

  /** Ends a sync with success; `dataOnly` for fdatasync, which no journal need hear of when nothing was resized. */
  syncEnd(inode: Inode, covered: Seq, dataOnly = false): void {
    if (this.cheat?.swallows(this, inode, covered, dataOnly) === true) return;
    this.persist(inode, covered, dataOnly);
  }

  /** Everything of an inode up to `covered` is durable from now on. */
  persist(inode: Inode, covered: Seq, dataOnly: boolean): void {
    const last = inode.lastJournalled(covered, dataOnly);
    if (last > this.committedSeq && covered > this.committedSeq) this.committedSeq = covered;
    if (last > this.forcedSeq) this.forcedSeq = last;
    inode.raiseFloor(covered);
  }

  /**
   * A write-back of everything up to `covered` fails, for a sync or behind everybody's back. The next sync of each open
   * file description reports it (`tellError`).
   */
  syncFail(
    inode: FileInode,
    covered: Seq,
    fate: WriteBackFate | 'reverts' = NOTHING_REACHED,
    code = 'EIO',
  ): void {
    const held = inode.sizeBytes + inode.slackBytes;
    if (fate === 'reverts') revertWriteBack(inode, covered);
    else failWriteBack(inode, covered, fate);
    this.space.usedBytes += inode.sizeBytes + inode.slackBytes - held;
    countError(inode, code);
  }

  /** The cache lets go of a file that nobody has open; true when it reads differently then. */
  evict(inode: FileInode): boolean {
    const held = inode.sizeBytes + inode.slackBytes;
    const differs = evict(inode);
    this.space.usedBytes += inode.sizeBytes + inode.slackBytes - held;
    return differs;
  }

  /** All that the journal has so far is on the disk. */
  commitEverything(): void {
    this.committedSeq = this.seq;
    this.forcedSeq = this.seq;
  }

  /** Closes one descriptor; the last one closes the description. @throws SimDiskError EBADF */
  close(file: OpenFile): void {
    this.#check(file, 'close', true);
    file.descriptors--;
    if (file.descriptors > 0) return;
    const { inode } = file;
    this.openFiles--;
    inode.opens--;
    if (inode.allocatesOnClose) {
      inode.allocatesOnClose = false;
      if (inode.log.length > 0) inode.allocations.push(++this.seq);
    }
    this.#maybeFree(inode);
  }

  // Names ------------------------------------------------------------------------------------------------------------

  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EINVAL ENOTEMPTY EBUSY EXDEV EROFS EIO */
  rename(from: string, to: string): void {
    this.mayRead('rename', from);
    names.rename(this, from, to);
  }

  /** @throws SimDiskError ENOENT ENOTDIR EEXIST EPERM EXDEV EROFS ENOSPC EDQUOT EIO */
  link(from: string, to: string): void {
    this.mayRead('link', from);
    names.link(this, from, to);
  }

  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EROFS EIO */
  unlink(path: string): void {
    this.mayRead('unlink', path);
    names.unlink(this, path);
  }

  /** @throws SimDiskError EEXIST ENOENT ENOTDIR EROFS ENOSPC EDQUOT EIO */
  mkdir(path: string): void {
    this.mayRead('mkdir', path);
    names.mkdir(this, path);
  }

  /** Makes a directory where another file system begins: no rename and no link goes across. */
  mount(path: string): void {
    names.mkdir(this, path, ++this.#devices);
  }

  /** @throws SimDiskError ENOENT ENOTDIR ENOTEMPTY EINVAL EBUSY EROFS EIO */
  rmdir(path: string): void {
    this.mayRead('rmdir', path);
    names.rmdir(this, path);
  }

  /** The names in a directory, sorted: the doors shuffle them. @throws SimDiskError ENOENT ENOTDIR EIO */
  readdir(path: string): string[] {
    const dir = this.directory(path, 'readdir');
    const found: string[] = [];
    for (const slot of dir.slots.values()) if (newest(slot).inode !== undefined) found.push(slot.name);
    return found.sort();
  }

  /** @throws SimDiskError ENOENT ENOTDIR EIO */
  stat(path: string): Stat {
    this.mayRead('stat', path);
    const inode = resolve(this.root, path, 'stat');
    return { kind: inode.kind, sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0 };
  }

  /** @throws SimDiskError ENOENT ENOTDIR EIO */
  statfs(path: string): Room {
    this.mayRead('statfs', path);
    resolve(this.root, path, 'statfs');
    const { capacityBytes, quotaBytes, freeBytes } = this.space;
    return { totalBytes: Math.min(capacityBytes, quotaBytes), freeBytes: Math.max(0, freeBytes) };
  }

  /** Begins a sync of a directory; `syncEnd` ends it. */
  dirSyncBegin(_dir: DirInode): Seq {
    return this.seq;
  }

  // Locks ------------------------------------------------------------------------------------------------------------

  /** Takes the exclusive lock of a directory; false when it is taken (also by the same process). */
  lock(path: string, pid: number): boolean {
    return this.#locks.take(this.directory(path, 'lock').id, pid);
  }

  unlock(path: string, pid: number): void {
    const inode = this.find(path);
    if (inode !== undefined) this.#locks.release(inode.id, pid);
  }

  /** A process has ended: its locks are gone. */
  unlockAll(pid: number): void {
    this.#locks.releaseAll(pid);
  }

  // For the makers of disks and ports ----------------------------------------------------------------------------------

  /** @throws SimDiskError EIO when the file system has shut down */
  mayRead(operation: string, path: string): void {
    if (this.condition === 'shut down') throw SimDiskError.of('EIO', operation, path);
  }

  /** @throws SimDiskError EROFS when the file system is read-only */
  mayChange(operation: string, path: string): void {
    if (this.condition === 'read-only') throw SimDiskError.of('EROFS', operation, path);
  }

  /** @throws SimDiskError ENOSPC EDQUOT when there is no room for one more name */
  mayGrow(operation: string, path: string): void {
    if (this.space.freeBytes <= 0) throw SimDiskError.of(this.space.fullCode, operation, path);
  }

  /** A name of a file is gone. */
  dropLink(inode: FileInode): void {
    inode.links--;
    this.#maybeFree(inode);
  }

  /** What a path leads to in the cache's view. */
  find(path: string): Inode | undefined {
    let inode: Inode = this.root;
    for (const name of split(path)) {
      if (inode.kind !== 'directory') return undefined;
      const next = inode.lookup(name);
      if (next === undefined) return undefined;
      inode = next;
    }
    return inode;
  }

  /** @throws SimDiskError ENOENT ENOTDIR EIO */
  directory(path: string, operation: string): DirInode {
    this.mayRead(operation, path);
    const inode = resolve(this.root, path, operation);
    if (inode.kind !== 'directory') throw SimDiskError.of('ENOTDIR', operation, path);
    return inode;
  }

  /** The slot of a name, made where there is none. */
  slotOf(dir: DirInode, name: string): Slot {
    let slot = dir.slots.get(name);
    if (slot === undefined) {
      slot = {
        name,
        key: this.keys.forName(dir.key, name),
        versions: [{ seq: 0, inode: undefined, rename: undefined }],
      };
      dir.slots.set(name, slot);
    }
    return slot;
  }

  /** Takes over another disk's limits, and goes on where its ids and ordinals stand. */
  continueFrom(other: SimDisk): void {
    this.keys.continueFrom(other.keys);
    this.seq = other.seq;
    this.openLimit = other.openLimit;
    this.space.quotaBytes = other.space.quotaBytes;
    this.#devices = other.#devices;
    this.cheat = other.cheat;
    this.committedSeq = other.committedSeq;
    this.forcedSeq = other.forcedSeq;
  }

  #check(file: OpenFile, operation: string, allowed: boolean | undefined): void {
    if (file.descriptors === 0 || allowed !== true) throw SimDiskError.of('EBADF', operation, file.path);
  }

  #mayWrite(operation: string, path: string): void {
    if (this.condition === 'healthy') return;
    throw SimDiskError.of(this.condition === 'read-only' ? 'EROFS' : 'EIO', operation, path);
  }

  #put(file: OpenFile, at: number, bytes: Uint8Array, start: number, end: number): number {
    if (this.condition !== 'healthy') this.#mayWrite('write', file.path);
    const count = this.writeAt(file.inode, at, bytes, start, end);
    if (count === 0 && end > start) throw SimDiskError.of(this.space.fullCode, 'write', file.path);
    return count;
  }

  /** A cut in the middle of a page zeroes the rest of it in the cache: a change of data, which may be written back without the cut. */
  #resize(inode: FileInode, sizeBytes: number): void {
    this.space.resize(inode, sizeBytes);
    const inPage = sizeBytes % PAGE_BYTES;
    if (sizeBytes < inode.sizeBytes && inPage > 0) {
      const end = Math.min(inode.sizeBytes - sizeBytes, PAGE_BYTES - inPage);
      inode.write(++this.seq, sizeBytes, ZEROS, 0, end, this.arena);
    }
    inode.truncate(++this.seq, sizeBytes);
  }

  #maybeFree(inode: FileInode): void {
    if (inode.links === 0 && inode.opens === 0) this.space.release(inode);
  }
}
