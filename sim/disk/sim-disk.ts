/**
 * SimDisk: the core of the simulated disk.
 *
 * It is synchronous and knows nothing of promises, processes' fates or time: calls change the page cache at once and
 * throw a SimDiskError where POSIX would fail. A sync has a beginning (which notes what it covers) and an end (which
 * makes it durable). The asynchronous make of the Disk port stands on it (`door.ts`), and so may others.
 *
 * What is durable, what is pending and what may be left after a crash is the business of `inode.ts` and `crash.ts`.
 */
import type { OpenFlags, Stat } from '../../src/ports/disk.ts';
import { Arena, copyBytes } from './arena.ts';
import { SimDiskError } from './error.ts';
import { DirInode, FileInode, newest } from './inode.ts';
import type { Inode, Rename, Seq, Slot } from './inode.ts';

/** An open file description: an inode, a position, flags. */
export interface OpenFile {
  readonly inode: FileInode;
  readonly path: string;
  readonly flags: OpenFlags;
  positionBytes: number;
  open: boolean;
}

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

export interface SimDiskOptions {
  /** Bytes that fit. Default: no limit. */
  readonly capacityBytes?: number;
  readonly arena?: Arena;
}

export class SimDisk {
  readonly root: DirInode;
  readonly arena: Arena;
  /** Operations called and not applied, oldest first. Kept by the doors. */
  readonly inflight = new Set<InflightOperation>();
  /** The life that new files belong to: part of their keys. */
  generation = 1;
  /** How many syncs are in flight. Kept by the doors. */
  syncing = 0;
  capacityBytes: number;
  usedBytes = 0;
  seq: Seq = 0;
  #nextId = 1;
  readonly #ordinals = new Map<string, number>();
  readonly #locks = new Map<number, number>();

  constructor(options: SimDiskOptions = {}) {
    this.capacityBytes = options.capacityBytes ?? Infinity;
    this.arena = options.arena ?? new Arena();
    this.root = new DirInode(0, '');
  }

  // Files ------------------------------------------------------------------------------------------------------------

  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EEXIST ENOSPC */
  open(path: string, flags: OpenFlags): OpenFile {
    const { dir, name } = this.#locate(path, 'open');
    let inode = dir.lookup(name);
    if (inode === undefined) {
      if (flags.create !== true) throw SimDiskError.of('ENOENT', 'open', path);
      if (this.freeBytes <= 0) throw SimDiskError.of('ENOSPC', 'open', path);
      const slot = this.slotOf(dir, name);
      inode = new FileInode(this.nextId(), this.nameKey('', name));
      inode.links = 1;
      slot.versions.push({ seq: ++this.seq, inode, rename: undefined });
    } else {
      if (flags.create === true && flags.exclusive === true) throw SimDiskError.of('EEXIST', 'open', path);
      if (inode.kind === 'directory') throw SimDiskError.of('EISDIR', 'open', path);
      if (flags.truncate === true && flags.write === true) this.#resize(inode, 0);
    }
    inode.opens++;
    return { inode, path, flags, positionBytes: 0, open: true };
  }

  /**
   * Writes bytes[start, end) at the end (`append`) or at the description's position; fewer when the disk is full.
   *
   * @throws SimDiskError ENOSPC when not one byte fits, EBADF
   */
  write(file: OpenFile, bytes: Uint8Array, start = 0, end = bytes.length): number {
    this.#check(file, 'write', file.flags.write);
    const at = file.flags.append === true ? file.inode.sizeBytes : file.positionBytes;
    const count = this.writeAt(file.inode, at, bytes, start, end);
    if (count === 0 && end > start) throw SimDiskError.of('ENOSPC', 'write', file.path);
    file.positionBytes = at + count;
    return count;
  }

  /** Writes as much of bytes[start, end) at `at` as fits, and says how much that was. */
  writeAt(inode: FileInode, at: number, bytes: Uint8Array, start: number, end: number): number {
    let count = end - start;
    const growth = at + count - inode.sizeBytes;
    if (growth > 0 && growth > this.freeBytes) count = Math.max(0, count - (growth - this.freeBytes));
    if (count === 0) return 0;
    const before = inode.sizeBytes;
    inode.write(++this.seq, at, bytes, start, start + count, this.arena);
    this.usedBytes += inode.sizeBytes - before;
    return count;
  }

  /** Reads into `into` from `position`; returns how many bytes there were. */
  read(file: OpenFile, into: Uint8Array, position: number): number {
    this.#check(file, 'read', file.flags.read);
    const { inode } = file;
    const end = Math.min(inode.sizeBytes, position + into.length);
    if (end <= position) return 0;
    copyBytes(inode.image(), position, end, into, 0);
    return end - position;
  }

  truncate(file: OpenFile, sizeBytes: number): void {
    this.#check(file, 'truncate', file.flags.write);
    this.#resize(file.inode, sizeBytes);
  }

  /** Sets an inode's size: `truncate` for in-flight operations. */
  truncateInode(inode: FileInode, sizeBytes: number): void {
    this.#resize(inode, sizeBytes);
  }

  /** Begins a sync: what it will make durable is everything up to the sequence number returned. */
  syncBegin(file: OpenFile): Seq {
    this.#check(file, 'sync', true);
    return this.seq;
  }

  /** Ends a sync with success. */
  syncEnd(inode: Inode, covered: Seq): void {
    inode.raiseFloor(covered);
  }

  /** Ends a sync with a write-back failure: what it should have covered is clean in the cache and not on the disk. */
  syncFail(inode: FileInode, covered: Seq): void {
    inode.loseUpTo(covered);
  }

  close(file: OpenFile): void {
    this.#check(file, 'close', true);
    file.open = false;
    file.inode.opens--;
    this.#maybeFree(file.inode);
  }

  // Names ------------------------------------------------------------------------------------------------------------

  /** @throws SimDiskError ENOENT ENOTDIR EISDIR EINVAL ENOTEMPTY ENOSPC */
  rename(from: string, to: string): void {
    const source = this.#locate(from, 'rename');
    const target = this.#locate(to, 'rename');
    const inode = source.dir.lookup(source.name);
    if (inode === undefined) throw SimDiskError.of('ENOENT', 'rename', from);
    const replaced = target.dir.lookup(target.name);
    if (replaced === inode) return;
    if (replaced !== undefined) {
      if (replaced.kind === 'directory') {
        if (inode.kind === 'file') throw SimDiskError.of('EISDIR', 'rename', to);
        if (replaced.count() > 0) throw SimDiskError.of('ENOTEMPTY', 'rename', to);
      } else if (inode.kind === 'directory') {
        throw SimDiskError.of('ENOTDIR', 'rename', to);
      }
    }
    if (inode.kind === 'directory' && (to + '/').startsWith(from + '/'))
      throw SimDiskError.of('EINVAL', 'rename', to);
    const fromSlot = this.slotOf(source.dir, source.name);
    const toSlot = this.slotOf(target.dir, target.name);
    const seq = ++this.seq;
    const rename: Rename = {
      seq,
      key: `${toSlot.key}/rename:${this.ordinal(`${toSlot.key}/rename`)}`,
      fromDir: source.dir,
      from: fromSlot,
      toDir: target.dir,
      to: toSlot,
    };
    fromSlot.versions.push({ seq, inode: undefined, rename });
    toSlot.versions.push({ seq, inode, rename });
    if (replaced?.kind === 'file') {
      replaced.links--;
      this.#maybeFree(replaced);
    }
  }

  /** @throws SimDiskError ENOENT EISDIR */
  unlink(path: string): void {
    const { dir, name } = this.#locate(path, 'unlink');
    const inode = dir.lookup(name);
    if (inode === undefined) throw SimDiskError.of('ENOENT', 'unlink', path);
    if (inode.kind === 'directory') throw SimDiskError.of('EISDIR', 'unlink', path);
    this.slotOf(dir, name).versions.push({ seq: ++this.seq, inode: undefined, rename: undefined });
    inode.links--;
    this.#maybeFree(inode);
  }

  /** @throws SimDiskError EEXIST ENOENT ENOTDIR ENOSPC */
  mkdir(path: string): void {
    const { dir, name } = this.#locate(path, 'mkdir');
    if (dir.lookup(name) !== undefined) throw SimDiskError.of('EEXIST', 'mkdir', path);
    if (this.freeBytes <= 0) throw SimDiskError.of('ENOSPC', 'mkdir', path);
    const slot = this.slotOf(dir, name);
    const inode = new DirInode(this.nextId(), slot.key);
    slot.versions.push({ seq: ++this.seq, inode, rename: undefined });
  }

  /** The names in a directory, sorted. @throws SimDiskError ENOENT ENOTDIR */
  readdir(path: string): string[] {
    const dir = this.directory(path, 'readdir');
    const names: string[] = [];
    for (const slot of dir.slots.values()) if (newest(slot).inode !== undefined) names.push(slot.name);
    return names.sort();
  }

  /** @throws SimDiskError ENOENT ENOTDIR */
  stat(path: string): Stat {
    const inode = this.find(path);
    if (inode === undefined) throw SimDiskError.of('ENOENT', 'stat', path);
    return { kind: inode.kind, sizeBytes: inode.kind === 'file' ? inode.sizeBytes : 0 };
  }

  /** Begins a sync of a directory; `syncEnd` ends it. */
  dirSyncBegin(_dir: DirInode): Seq {
    return this.seq;
  }

  // Locks ------------------------------------------------------------------------------------------------------------

  /** Takes the exclusive lock of a directory; false when it is taken (also by the same process). */
  lock(path: string, pid: number): boolean {
    const dir = this.directory(path, 'lock');
    if (this.#locks.has(dir.id)) return false;
    this.#locks.set(dir.id, pid);
    return true;
  }

  unlock(path: string, pid: number): void {
    const inode = this.find(path);
    if (inode !== undefined && this.#locks.get(inode.id) === pid) this.#locks.delete(inode.id);
  }

  /** A process has ended: its locks are gone. */
  unlockAll(pid: number): void {
    for (const [id, owner] of this.#locks) if (owner === pid) this.#locks.delete(id);
  }

  // For the makers of disks and ports ----------------------------------------------------------------------------------

  get freeBytes(): number {
    return this.capacityBytes - this.usedBytes;
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

  /** @throws SimDiskError ENOENT ENOTDIR */
  directory(path: string, operation: string): DirInode {
    const inode = this.find(path);
    if (inode === undefined) throw SimDiskError.of('ENOENT', operation, path);
    if (inode.kind !== 'directory') throw SimDiskError.of('ENOTDIR', operation, path);
    return inode;
  }

  /** The slot of a name, made where there is none. */
  slotOf(dir: DirInode, name: string): Slot {
    let slot = dir.slots.get(name);
    if (slot === undefined) {
      slot = {
        name,
        key: this.nameKey(dir.key, name),
        versions: [{ seq: 0, inode: undefined, rename: undefined }],
      };
      dir.slots.set(name, slot);
    }
    return slot;
  }

  nextId(): number {
    return this.#nextId++;
  }

  /** The next ordinal under a key, from 1. */
  ordinal(key: string): number {
    const ordinal = (this.#ordinals.get(key) ?? 0) + 1;
    this.#ordinals.set(key, ordinal);
    return ordinal;
  }

  /** A key for a new name: generation, role, ordinal among those of its role. */
  nameKey(parentKey: string, name: string): string {
    const key = `${parentKey === '' ? '' : `${parentKey}/`}g${this.generation}.${roleOf(name)}`;
    return `${key}:${this.ordinal(key)}`;
  }

  /** Makes ids and ordinals go on where another disk's stand. */
  continueFrom(other: SimDisk): void {
    this.generation = other.generation;
    this.seq = other.seq;
    this.#nextId = other.#nextId;
    for (const [key, ordinal] of other.#ordinals) this.#ordinals.set(key, ordinal);
  }

  #check(file: OpenFile, operation: string, allowed: boolean | undefined): void {
    if (!file.open || allowed !== true) throw SimDiskError.of('EBADF', operation, file.path);
  }

  #resize(inode: FileInode, sizeBytes: number): void {
    this.usedBytes += sizeBytes - inode.sizeBytes;
    inode.truncate(++this.seq, sizeBytes);
  }

  #maybeFree(inode: FileInode): void {
    if (inode.links === 0 && inode.opens === 0) this.usedBytes -= inode.sizeBytes;
  }

  #locate(path: string, operation: string): { dir: DirInode; name: string } {
    const names = split(path);
    const name = names.pop();
    if (name === undefined)
      throw SimDiskError.of(operation === 'mkdir' ? 'EEXIST' : 'EISDIR', operation, path);
    let dir: DirInode = this.root;
    for (const step of names) {
      const next = dir.lookup(step);
      if (next === undefined) throw SimDiskError.of('ENOENT', operation, path);
      if (next.kind !== 'directory') throw SimDiskError.of('ENOTDIR', operation, path);
      dir = next;
    }
    return { dir, name };
  }
}

/** The steps of a path from the root; '.' and '..' are resolved by name. */
export function split(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return names;
}

/** A name without its numbers and nonces: what the file is for. */
export function roleOf(name: string): string {
  return name.replace(/[0-9a-f]{8,}|[0-9]+/g, '#');
}
