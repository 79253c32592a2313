/**
 * Reading a table: records found by extendible hashing.
 *
 * A table is a *root* block, which lists the addresses of *segments*, which list the addresses of pages:
 *
 *     root     word 2 depth   3 records   4 of them with an expiry   5 flags   6… segment addresses
 *     segment  word 2… page addresses
 *
 * The low `depth` bits of a key's hash index the pages as if all segments were one array. A page of a lesser depth d holds
 * all keys that share its d low bits, and stands at every index with them; its *prefix* is the least of these. Address 0
 * at an index is an empty page of full depth. A table without records has no root (address 0).
 *
 * One view is one table at a time (`attach`), a database's or the inside of a large set or hash. It holds no addresses
 * across calls but those of `locate`, which the next call on the view overwrites.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import type { HashSeed } from './hash.ts';
import { hashBytes, slotMix } from './hash.ts';
import type { RecordShape } from './page.ts';
import { expiryBytes, expiryOpcode, keyOf, pageHeaderBytes, pageWord, recordEnd, wideBit } from './page.ts';
import { extentForm, storedEquals } from './stored-string.ts';

export const rootWord = { depth: 2, records: 3, expires: 4, flags: 5, segments: 6 } as const;
export const segmentHeaderWords = 2;

/** The collection still is what Redis keeps as intset or listpack, however we store it. */
export const compactFlag = 1;
/** Of a database: a hash in it may have fields that expire. Goes with the table, into images and other databases. */
export const fieldExpiryFlag = 2;

/** What all tables of one keyspace have in common. */
export interface TableContext {
  readonly chunks: Chunks;
  readonly seed: HashSeed;
  /** log2 of the entries of a segment. */
  readonly segmentLog: number;
  /** Scratch for encoding what is looked for; used at once. */
  readonly probe: ByteWriter;
}

/** Empty directory indexes that one step of a scan passes over. */
const emptyAtOnce = 64;

/** Pages that are looked at before a random draw takes what comes. */
const randomTries = 64;

export class TableView {
  readonly context: TableContext;
  readonly chunks: Chunks;
  readonly seed: HashSeed;
  readonly shape: RecordShape;
  readonly segmentLog: number;
  /** Address of the root, 0 for a table without records. */
  root = 0;
  protected rootWords: Uint32Array;
  protected rootAt = 0;
  protected depth = 0;

  /** What `locate` found: the page, its bytes, the place of the record and of its key in them, and the slot. */
  page = 0;
  bytes: Uint8Array;
  record = 0;
  slot = 0;

  constructor(context: TableContext, shape: RecordShape) {
    this.context = context;
    this.chunks = context.chunks;
    this.seed = context.seed;
    this.segmentLog = context.segmentLog;
    this.shape = shape;
    this.rootWords = context.chunks.words[0]!;
    this.bytes = context.chunks.bytes[0]!;
  }

  attach(root: number): this {
    this.root = root;
    this.rootWords = this.chunks.words[root >>> 16]!;
    this.rootAt = (root & 0xffff) << 4;
    this.depth = root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.depth]!;
    return this;
  }

  get records(): number {
    return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.records]!;
  }

  get expires(): number {
    return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.expires]!;
  }

  get flags(): number {
    return this.root === 0 ? 0 : this.rootWords[this.rootAt + rootWord.flags]!;
  }

  /** Number of directory indexes. */
  get width(): number {
    return this.root === 0 ? 0 : 1 << this.depth;
  }

  hashOf(key: Uint8Array, start: number, end: number): number {
    return hashBytes(key, start, end, this.seed);
  }

  pageAt(index: number): number {
    const segment = this.rootWords[this.rootAt + rootWord.segments + (index >>> this.segmentLog)]!;
    return this.chunks.words[segment >>> 16]![
      ((segment & 0xffff) << 4) + segmentHeaderWords + (index & ((1 << this.segmentLog) - 1))
    ]!;
  }

  /** The page whose prefix is `index`, or 0 where there is none: so each page is met once when all indexes are walked. */
  pageWithPrefix(index: number): number {
    const page = this.pageAt(index);
    if (page === 0) return 0;
    return index >>> this.depthOf(page) === 0 ? page : 0;
  }

  depthOf(page: number): number {
    return (this.chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.shape]! >>> 8) & 0xff;
  }

  /** Finds the record of key[start, end), whose hash is given; fills `page`, `bytes`, `record`, `slot`. */
  locate(hash: number, key: Uint8Array, start: number, end: number): boolean {
    if (this.root === 0) return false;
    const page = this.pageAt(hash & ((1 << this.depth) - 1));
    if (page === 0) return false;
    const words = this.chunks.words[page >>> 16]!;
    const bytes = this.chunks.bytes[page >>> 16]!;
    const shape = words[((page & 0xffff) << 4) + pageWord.shape]!;
    const base = (page & 0xffff) << 6;
    const mask = (1 << (shape & 31)) - 1;
    const mixed = slotMix(hash);
    if ((shape & wideBit) !== 0) return this.#locateWide(page, mixed, mask, key, start, end);
    const slots = this.chunks.shorts[page >>> 16]!;
    const slotsAt = (base + pageHeaderBytes) >>> 1;
    const tag = mixed >>> 29;
    const length = end - start;
    const ofDatabase = this.shape === 'key';
    for (let slot = mixed & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slotsAt + slot]!;
      if (entry === 0) return false;
      if (entry >>> 13 !== tag) continue;
      const record = base + (entry & 0x1fff);
      let at = record;
      if (ofDatabase) at = bytes[record] === expiryOpcode ? record + expiryBytes + 1 : record + 1;
      if (length < 64 && bytes[at] !== extentForm) {
        if (bytes[at] !== length) continue;
        at++;
        let i = 0;
        while (i < length && bytes[at + i] === key[start + i]) i++;
        if (i < length) continue;
      } else if (!storedEquals(this.chunks, bytes, at, key, start, end)) {
        continue;
      }
      this.page = page;
      this.bytes = bytes;
      this.record = record;
      this.slot = slot;
      return true;
    }
  }

  #locateWide(
    page: number,
    mixed: number,
    mask: number,
    key: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const words = this.chunks.words[page >>> 16]!;
    const bytes = this.chunks.bytes[page >>> 16]!;
    const base = (page & 0xffff) << 6;
    const slotsAt = (base + pageHeaderBytes) >>> 2;
    const tag = mixed >>> 24;
    for (let slot = mixed & mask; ; slot = (slot + 1) & mask) {
      const entry = words[slotsAt + slot]!;
      if (entry === 0) return false;
      if (entry >>> 24 !== tag) continue;
      const record = base + (entry & 0xffffff);
      if (!storedEquals(this.chunks, bytes, keyOf(bytes, record, this.shape), key, start, end)) continue;
      this.page = page;
      this.bytes = bytes;
      this.record = record;
      this.slot = slot;
      return true;
    }
  }

  /** Calls `visit` for each record of a page, until it says false. */
  forEachInPage(page: number, visit: (bytes: Uint8Array, record: number) => boolean | void): boolean {
    const words = this.chunks.words[page >>> 16]!;
    const bytes = this.chunks.bytes[page >>> 16]!;
    const base = (page & 0xffff) << 6;
    const end = base + words[((page & 0xffff) << 4) + pageWord.end]!;
    for (let record = recordsStart(this.chunks, page); record < end;) {
      // Before the visit: it may look at other tables, never change this one.
      const next = recordEnd(bytes, record, this.shape);
      if (visit(bytes, record) === false) return false;
      record = next;
    }
    return true;
  }

  forEachRecord(visit: (bytes: Uint8Array, record: number) => boolean | void): void {
    const width = this.width;
    for (let index = 0; index < width; index++) {
      const page = this.pageWithPrefix(index);
      if (page !== 0 && !this.forEachInPage(page, visit)) return;
    }
  }

  /**
   * Visits one page, or a row of empty indexes, and gives the next cursor, 0 at the end. A cursor is a prefix that grows at
   * its low end in reversed bit order: a page's prefix stands for an interval of reversed hashes, splits and merges only
   * divide and join intervals, and all intervals before the cursor have been visited.
   */
  scan(cursor: number, visit: (bytes: Uint8Array, record: number) => void): number {
    if (this.root === 0) return 0;
    for (let left = emptyAtOnce; ; left--) {
      const page = this.pageAt(cursor & ((1 << this.depth) - 1));
      const depth = page === 0 ? this.depth : this.depthOf(page);
      // Beyond the interval of that depth that the cursor is in. A table without depth is one interval.
      const next = depth === 0 ? 1 : (reverseBits(cursor) >>> (32 - depth)) + 1;
      cursor = next === 1 << depth ? 0 : reverseBits((next << (32 - depth)) >>> 0);
      if (page !== 0) this.forEachInPage(page, visit);
      if (page !== 0 || cursor === 0 || left === 0) return cursor;
    }
  }

  /** A record, about equally likely each; fills `bytes` and `record`. The table is not empty (assert). */
  locateRandom(draw: () => number): void {
    const { width } = this;
    const records = this.records;
    assert(records > 0, 'a random record of an empty table');
    let index = 0;
    for (let tries = 0; tries < randomTries; tries++) {
      index = Math.floor(draw() * width);
      const page = this.pageAt(index);
      if (page === 0) continue;
      // An index is drawn as often as its page is shallow; a page fuller than its share is kept more often.
      const share = (this.#countOf(page) * (1 << this.depthOf(page))) / records;
      if (share < 4 && draw() * 4 >= share) continue;
      this.#randomInPage(page, draw);
      return;
    }
    for (; this.pageAt(index) === 0; index = (index + 1) % width);
    this.#randomInPage(this.pageAt(index), draw);
  }

  #countOf(page: number): number {
    return this.chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.count]!;
  }

  #randomInPage(page: number, draw: () => number): void {
    let left = Math.floor(draw() * this.#countOf(page));
    this.page = page;
    this.forEachInPage(page, (bytes, record) => {
      this.bytes = bytes;
      this.record = record;
      return left-- > 0;
    });
  }
}

/** Place of a page's first record in the chunk's bytes. */
export function recordsStart(chunks: Chunks, page: number): number {
  const shape = chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.shape]!;
  const slotBytes = (shape & wideBit) === 0 ? 2 : 4;
  return ((page & 0xffff) << 6) + pageHeaderBytes + (slotBytes << (shape & 31));
}

/** The 32 bits in reversed order, unsigned. */
function reverseBits(value: number): number {
  value = ((value >>> 1) & 0x55555555) | ((value & 0x55555555) << 1);
  value = ((value >>> 2) & 0x33333333) | ((value & 0x33333333) << 2);
  value = ((value >>> 4) & 0x0f0f0f0f) | ((value & 0x0f0f0f0f) << 4);
  value = ((value >>> 8) & 0x00ff00ff) | ((value & 0x00ff00ff) << 8);
  return ((value >>> 16) | (value << 16)) >>> 0;
}
