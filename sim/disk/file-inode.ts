/**
 * The inode of a file: what the durable disk has of it, what the page cache has, and everything in between.
 *
 * The model (fault-model.md, A.2). A file is its durable content (`base`, `durableSizeBytes`) and the row of changes since
 * (`log`), each under its sequence number. A change is at once a version of every page that it touches, kept as a delta
 * by reference, and, where it `resizes`, a version of the size. What the kernel may write back is decided a page at a
 * time, and only at a crash; until then versions are never merged and never forgotten, except by a sync: `floor` says
 * that everything up to it is durable, and such changes are folded into the base.
 *
 * The newest content (the page cache, what `read` sees) is the base with all changes applied in order. It is made when
 * somebody reads a file with changes pending, and kept current from then on.
 *
 * After a write-back failure (A.5) the failed pages count as clean: the cache has the new bytes, the disk the old, and
 * nothing is pending. Such pages are `lost`; the next write to one dirties it as a whole.
 */
import { copyBytes } from './arena.ts';
import type { Arena } from './arena.ts';

export const PAGE_BYTES = 4096;
export const SECTOR_BYTES = 512;

/** Global, one more for each change of any kind: the order in which the page cache saw them. */
export type Seq = number;

/** A write or a truncation that is not known to be durable. Immutable, so that clones share it. */
export interface Change {
  readonly kind: 'write' | 'truncate';
  readonly seq: Seq;
  /** A write's bytes go to [at, end) of the file and stand in chunk[offset, …). A truncation has at = end = size. */
  readonly at: number;
  readonly end: number;
  readonly chunk: Uint8Array;
  readonly offset: number;
  /** The file's size after the change. */
  readonly sizeBytes: number;
  /** True when the change makes a version of the size. */
  readonly resizes: boolean;
}

const NO_BYTES = new Uint8Array(0);

export class FileInode {
  readonly kind = 'file';
  readonly id: number;
  /** Names the file in the keys of choices: generation, role, ordinal. */
  readonly key: string;
  /** How many names it has now, in the cache's view. */
  links = 0;
  /** How many open file descriptions it has. */
  opens = 0;
  /** Writes called so far: the ordinal in the keys of choices. */
  writes = 0;
  /** Syncs, and, where faults are asked for, reads and closes called so far. */
  syncs = 0;
  reads = 0;
  closes = 0;
  /** When the last sync in flight ends, in microseconds of virtual time: writes wait for it. */
  busyUntilUs = 0;
  floor: Seq = 0;
  /** Durable content; zero beyond `durableSizeBytes`. */
  base: Uint8Array = NO_BYTES;
  /** True when a clone may have the same base: copy before writing. */
  shared = false;
  durableSizeBytes = 0;
  /** Changes after the floor, oldest first. */
  log: Change[] = [];
  sizeBytes = 0;
  /** Page versions up to here are durable, also where the floor is lower: the size has been left behind. */
  dataFloor: Seq = 0;
  /** The durable size before the last sync that changed it: what a write that went nowhere would have left. */
  earlierSizeBytes = 0;
  /** When it was made (0 for durably there) and when its names changed: what a journal has of it beside its log. */
  nameSeqs: Seq[] = [0];
  /**
   * When the file system was made to allocate all that was unwritten (auto_da_alloc: renamed over an existing name, or
   * closed after a truncation to nothing). From a journal that has such a moment, the data up to it is not missing.
   */
  allocations: Seq[] = [];
  /** True between a truncation to nothing and the next close. */
  allocatesOnClose = false;
  /** Pages whose cached bytes are clean but not on the disk. */
  lost: Set<number> | undefined;
  /** True when the cached size is not on the disk and no pending change carries it. */
  sizeLost = false;
  /** Bytes held on the disk beyond `sizeBytes` (reserved by `allocate`), or, negative, holes that hold none. */
  slackBytes = 0;
  /** 512-byte sectors that cannot be read until they are written. */
  badSectors: Set<number> | undefined;
  /** Write-back errors so far, how many of them somebody was told, and the code of the last. */
  errors = 0;
  errorsTold = 0;
  errorCode = 'EIO';
  /** Holds the hash of the durable content, when it is known. Shared with the content. */
  digest: { text: string | undefined } = { text: undefined };
  #cache: Uint8Array | undefined;

  constructor(id: number, key: string) {
    this.id = id;
    this.key = key;
  }

  /** Writes bytes[start, end) at `at`. */
  write(seq: Seq, at: number, bytes: Uint8Array, start: number, end: number, arena: Arena): void {
    let to = at + end - start;
    const grows = to > this.sizeBytes;
    if (grows) this.sizeBytes = to;
    if (this.#cache !== undefined) {
      this.#cache = withRoom(this.#cache, this.sizeBytes);
      copyBytes(bytes, start, end, this.#cache, at);
    }
    if (this.lost !== undefined) {
      const first = Math.floor(at / PAGE_BYTES);
      const last = Math.floor((to - 1) / PAGE_BYTES);
      if (this.lost.has(first)) at = first * PAGE_BYTES;
      if (this.lost.has(last)) to = Math.min(this.sizeBytes, (last + 1) * PAGE_BYTES);
      for (let page = first; page <= last; page++) this.lost.delete(page);
      if (this.lost.size === 0) this.lost = undefined;
      bytes = this.#cache!;
      start = at;
      end = to;
    }
    const offset = arena.keep(bytes, start, end);
    const resizes = grows || this.sizeLost;
    this.sizeLost = false;
    this.log.push({
      kind: 'write',
      seq,
      at,
      end: to,
      chunk: arena.chunk,
      offset,
      sizeBytes: this.sizeBytes,
      resizes,
    });
  }

  truncate(seq: Seq, sizeBytes: number): void {
    if (sizeBytes === this.sizeBytes && !this.sizeLost) return;
    if (this.#cache !== undefined) {
      if (sizeBytes < this.sizeBytes) this.#cache.fill(0, sizeBytes, this.sizeBytes);
      else this.#cache = withRoom(this.#cache, sizeBytes);
    }
    if (this.lost !== undefined) {
      for (const page of this.lost) if (page * PAGE_BYTES >= sizeBytes) this.lost.delete(page);
      if (this.lost.size === 0) this.lost = undefined;
    }
    this.sizeBytes = sizeBytes;
    this.sizeLost = false;
    if (sizeBytes === 0) this.allocatesOnClose = true;
    this.log.push({
      kind: 'truncate',
      seq,
      at: sizeBytes,
      end: sizeBytes,
      chunk: NO_BYTES,
      offset: 0,
      sizeBytes,
      resizes: true,
    });
  }

  /** The newest content; only [0, sizeBytes) of it counts. To be read, not kept. */
  image(): Uint8Array {
    if (this.#cache !== undefined) return this.#cache;
    if (this.log.length === 0 && this.base.length >= this.sizeBytes) return this.base;
    const cache = new Uint8Array(Math.max(64, this.sizeBytes));
    copyBytes(this.base, 0, Math.min(this.durableSizeBytes, cache.length), cache, 0);
    for (const change of this.log) applyTo(change, cache);
    this.#cache = cache;
    return cache;
  }

  /** The last change up to `seq` that a journal has of the inode; with `dataOnly` only those that fdatasync waits for. */
  lastJournalled(seq: Seq, dataOnly: boolean): Seq {
    let last = 0;
    const names = dataOnly ? 1 : this.nameSeqs.length;
    for (let i = 0; i < names; i++) if (this.nameSeqs[i]! <= seq) last = this.nameSeqs[i]!;
    for (let i = this.log.length - 1; i >= 0; i--) {
      const change = this.log[i]!;
      if (change.seq <= seq && (change.resizes || !dataOnly)) return Math.max(last, change.seq);
    }
    return last;
  }

  /** A sync has succeeded: everything up to `seq` is durable. */
  raiseFloor(seq: Seq): void {
    if (seq <= this.floor) return;
    this.floor = seq;
    if (this.allocations.length > 0) this.allocations = this.allocations.filter((at) => at > seq);
    const { log } = this;
    let count = 0;
    let reach = this.durableSizeBytes;
    while (count < log.length && log[count]!.seq <= seq) {
      const { end } = log[count++]!;
      if (end > reach) reach = end;
    }
    if (count === 0) return;
    this.#ownBase(reach);
    const { base } = this;
    let size = this.durableSizeBytes;
    for (let i = 0; i < count; i++) {
      const change = log[i]!;
      if (change.kind === 'write') {
        copyBytes(change.chunk, change.offset, change.offset + change.end - change.at, base, change.at);
      } else if (change.sizeBytes < base.length) {
        base.fill(0, change.sizeBytes, Math.min(base.length, Math.max(reach, size)));
      }
      if (change.resizes) size = change.sizeBytes;
    }
    if (size !== this.durableSizeBytes) this.earlierSizeBytes = this.durableSizeBytes;
    this.durableSizeBytes = size;
    this.digest = { text: undefined };
    if (count === log.length) {
      log.length = 0;
      if (this.lost === undefined && !this.sizeLost) this.#cache = undefined;
    } else {
      log.splice(0, count);
    }
  }

  /** Where reading [from, end) must stop: at its end, or before a bad sector. */
  readableUpTo(from: number, end: number): number {
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      if (this.badSectors?.has(sector) === true) return Math.max(from, sector * SECTOR_BYTES);
    }
    return end;
  }

  /** Sectors that are written can be read again. */
  repair(from: number, end: number): void {
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++)
      this.badSectors?.delete(sector);
    if (this.badSectors?.size === 0) this.badSectors = undefined;
  }

  /** What a new open file description knows of the errors: all that anybody was told. */
  errorsAtOpen(): number {
    return this.errorsTold < this.errors ? this.errors - 1 : this.errors;
  }

  /** Makes the cache independent of the durable content, which is about to differ from it. */
  pinCache(): void {
    if (this.image() === this.base) this.#cache = this.base.slice(0, Math.max(this.sizeBytes, 1));
  }

  /** Forgets the cached content: it is the durable one and what is pending. */
  dropCache(): void {
    this.#cache = undefined;
  }

  /** A twin in the same state; content is shared until one of the two writes. */
  clone(): FileInode {
    const twin = new FileInode(this.id, this.key);
    twin.links = this.links;
    twin.writes = this.writes;
    twin.syncs = this.syncs;
    twin.reads = this.reads;
    twin.closes = this.closes;
    twin.floor = this.floor;
    twin.shareBaseOf(this);
    twin.log = this.log.slice();
    twin.sizeBytes = this.sizeBytes;
    twin.sizeLost = this.sizeLost;
    twin.slackBytes = this.slackBytes;
    twin.errors = this.errors;
    twin.errorsTold = this.errorsTold;
    twin.errorCode = this.errorCode;
    if (this.badSectors !== undefined) twin.badSectors = new Set(this.badSectors);
    twin.dataFloor = this.dataFloor;
    twin.earlierSizeBytes = this.earlierSizeBytes;
    twin.nameSeqs = this.nameSeqs.slice();
    twin.allocations = this.allocations.slice();
    twin.allocatesOnClose = this.allocatesOnClose;
    if (this.lost !== undefined) twin.lost = new Set(this.lost);
    if (this.lost !== undefined || this.sizeLost) twin.#cache = this.#cache?.slice();
    return twin;
  }

  /** Takes over another inode's durable content, by reference. */
  shareBaseOf(other: FileInode): void {
    other.shared = true;
    this.shared = true;
    this.base = other.base;
    this.durableSizeBytes = other.durableSizeBytes;
    this.digest = other.digest;
  }

  /** Makes `bytes` the durable content; they belong to the inode from now on. */
  adopt(bytes: Uint8Array): void {
    this.base = bytes;
    this.shared = false;
    this.durableSizeBytes = bytes.length;
    this.sizeBytes = bytes.length;
    this.digest = { text: undefined };
  }

  #ownBase(reachBytes: number): void {
    if (!this.shared && this.base.length >= reachBytes) return;
    let capacity = Math.max(256, this.base.length);
    while (capacity < reachBytes) capacity *= 2;
    const own = new Uint8Array(capacity);
    copyBytes(this.base, 0, Math.min(this.durableSizeBytes, this.base.length), own, 0);
    this.base = own;
    this.shared = false;
  }
}

/** Applies a change to a file's content, which is large enough for it. */
function applyTo(change: Change, content: Uint8Array): void {
  const { at, offset } = change;
  if (change.kind === 'truncate') {
    if (at < content.length) content.fill(0, at);
    return;
  }
  const count = Math.min(change.end, content.length) - at;
  if (count > 0) copyBytes(change.chunk, offset, offset + count, content, at);
}

function withRoom(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (bytes.length >= sizeBytes) return bytes;
  const grown = new Uint8Array(Math.max(sizeBytes, bytes.length * 2));
  grown.set(bytes);
  return grown;
}
