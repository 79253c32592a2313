/**
 * Changing a table: pages that grow, split, shrink and merge, copied first where an image sees them.
 *
 * The three ways in are `place` (room for a new record), `replace` (another length for the located one) and `erase`. The
 * first two give the place where the caller writes the record, at once and in full; they keep the counts of special
 * records and of expiries by what they are told. What a record refers to (extents, structures) is the caller's.
 *
 * Ownership goes from the root down: a write into a page first makes root, segment and page this epoch's own. Any of them
 * may move by that, so no address is used across `own…`; `root` may change in every call, and whoever keeps it elsewhere
 * stores it again.
 *
 * A page is as large as its records ask for, in steps of a quarter octave, up to `pageBytes`; then it splits by the next
 * bit of the hash. The directory never gets more than 16 times as wide as there are records: where splitting would go
 * beyond that (keys with equal hashes, tiny pages), the page grows past `pageBytes` instead and is slow, not wrong.
 */
import { assert } from './assert.ts';
import {
  birthOf,
  blockKind,
  copyBytes,
  copyWords,
  unitBytes,
  unitsOf,
  wordsFrom,
  wordsUpTo,
} from './chunks.ts';
import type { CowMemory } from './cow-memory.ts';
import { slotMix } from './hash.ts';
import type { RecordShape } from './page.ts';
import {
  hasExpiry,
  hashOfRecord,
  isSpecial,
  narrowPageBytes,
  pageHeaderBytes,
  pageWord,
  recordEnd,
  slotCapacity,
  slotsLogFor,
  wideBit,
} from './page.ts';
import { roundUnits } from './slab.ts';
import type { TableContext } from './table-view.ts';
import { TableView, recordsStart, rootWord, segmentHeaderWords } from './table-view.ts';

/** No directory is wider than 2^26, whatever happens. */
const deepest = 26;
/** Bits that the directory may be deeper than the number of records asks for. */
const spareDepth = 4;

export class Table extends TableView {
  readonly memory: CowMemory;
  readonly #pageBytes: number;
  /** Hashes of a page's records in their order, while it is divided. */
  #hashes = new Int32Array(64);
  /** What `reserve` was told last; 0 once so many records are there. */
  #expected = 0;

  constructor(memory: CowMemory, context: TableContext, shape: RecordShape, pageBytes: number) {
    super(context, shape);
    this.memory = memory;
    this.#pageBytes = pageBytes;
  }

  setFlags(flags: number): void {
    this.#ownRoot();
    this.rootWords[this.rootAt + rootWord.flags] = flags;
  }

  /** Makes a root where there is none, for an empty table that has flags to keep. */
  plant(): void {
    if (this.root !== 0) return;
    const segment = this.memory.takeBytes((segmentHeaderWords + 1) * 4, blockKind.segment);
    this.chunks.words[segment >>> 16]![((segment & 0xffff) << 4) + segmentHeaderWords] = 0;
    const root = this.memory.takeBytes((rootWord.segments + 1) * 4, blockKind.root);
    const words = this.chunks.words[root >>> 16]!;
    const at = (root & 0xffff) << 4;
    words.fill(0, at + 2, at + rootWord.segments);
    words[at + rootWord.segments] = segment;
    this.attach(root);
  }

  /**
   * Makes room for a new record of that length and gives its place in `bytes` (also in `record`; `page` is its page).
   * No record with this key may exist.
   */
  place(hash: number, length: number, special: boolean, expires: boolean): number {
    if (this.root === 0) this.plant();
    this.#ownRoot();
    const rootAt = this.rootAt;
    const records = ++this.rootWords[rootAt + rootWord.records]!;
    if (records >= this.#expected) this.#expected = 0;
    if (expires) this.rootWords[rootAt + rootWord.expires]!++;
    return this.#append(hash, length, special, expires);
  }

  /** As `place`, of the record just located: its place stays the same where that is possible. Its old bytes are gone. */
  replace(hash: number, length: number, special: boolean, expires: boolean): number {
    this.ownLocated(hash);
    const record = this.record;
    const bytes = this.bytes;
    const wasSpecial = isSpecial(bytes, record, this.shape);
    const didExpire = hasExpiry(bytes, record, this.shape);
    const oldLength = recordEnd(bytes, record, this.shape) - record;
    if (didExpire !== expires) {
      this.#ownRoot();
      this.rootWords[this.rootAt + rootWord.expires]! += expires ? 1 : -1;
    }
    const words = this.chunks.words[this.page >>> 16]!;
    const at = (this.page & 0xffff) << 4;
    const base = at << 2;
    const end = words[at + pageWord.end]!;
    const delta = length - oldLength;
    const sizeBytes = (words[at]! & 0xffffff) * unitBytes;
    if (end + delta <= sizeBytes) {
      if (delta !== 0) {
        bytes.copyWithin(record + length, record + oldLength, base + end);
        this.#shiftSlots(record - base, delta);
        words[at + pageWord.end] = end + delta;
      }
      words[at + pageWord.specials]! += (special ? 1 : 0) - (wasSpecial ? 1 : 0);
      words[at + pageWord.expires]! += (expires ? 1 : 0) - (didExpire ? 1 : 0);
      return record;
    }
    this.#cut(oldLength, wasSpecial, didExpire);
    return this.#append(hash, length, special, expires);
  }

  /** Takes away the record just located. What it refers to may be gone already. */
  erase(hash: number): void {
    this.#ownRoot();
    this.ownLocated(hash);
    const { record, bytes } = this;
    const expires = hasExpiry(bytes, record, this.shape);
    const rootAt = this.rootAt;
    this.rootWords[rootAt + rootWord.records]!--;
    if (expires) this.rootWords[rootAt + rootWord.expires]!--;
    const prefix = this.#prefixOf(hash, this.page);
    this.#cut(recordEnd(bytes, record, this.shape) - record, isSpecial(bytes, record, this.shape), expires);
    this.#settle(prefix, this.page);
  }

  /** Makes the located record's page this epoch's own, and finds the record, whose hash is given, in it again. */
  ownLocated(hash: number): void {
    if (!this.memory.isFrozen(this.page)) return;
    const old = this.page;
    const offset = this.record - ((old & 0xffff) << 6);
    this.page = this.#ownPage(this.#prefixOf(hash, old), old);
    this.bytes = this.chunks.bytes[this.page >>> 16]!;
    this.record = ((this.page & 0xffff) << 6) + offset;
  }

  /** Prepares the directory for so many records of about so many bytes. */
  reserve(records: number, recordBytes: number): void {
    const pages = (records * (recordBytes + 4)) / (this.#pageBytes * 0.75);
    let depth = 0;
    this.#expected = records;
    while (depth < 22 && 1 << depth < pages) depth++;
    if (depth <= this.depth && this.root !== 0) return;
    if (this.root === 0) this.plant();
    while (this.depth < depth) this.#double();
  }

  /** Drops every block of the table. What the records refer to has been dropped before (`forget`) or is by the caller. */
  dropAll(): void {
    if (this.root === 0) return;
    const width = this.width;
    for (let index = 0; index < width; index++) {
      const page = this.pageWithPrefix(index);
      if (page !== 0) this.memory.drop(page);
    }
    this.#dropDirectory();
  }

  /** A copy of every block, as the root of a table of its own. What the records refer to is shared, until the caller copies it too. */
  clone(): number {
    if (this.root === 0) return 0;
    const copyOf = new Map<number, number>();
    const width = this.width;
    const perSegment = Math.min(width, 1 << this.segmentLog);
    const root = this.#cloneBlock(this.root);
    for (let number = 0; number * perSegment < width; number++) {
      const segment = this.#cloneBlock(this.rootWords[this.rootAt + rootWord.segments + number]!);
      this.chunks.words[root >>> 16]![((root & 0xffff) << 4) + rootWord.segments + number] = segment;
      const at = ((segment & 0xffff) << 4) + segmentHeaderWords;
      for (let i = 0; i < perSegment; i++) {
        const page = this.chunks.words[segment >>> 16]![at + i]!;
        if (page === 0) continue;
        let copy = copyOf.get(page);
        if (copy === undefined) {
          copy = this.#cloneBlock(page);
          copyOf.set(page, copy);
        }
        this.chunks.words[segment >>> 16]![at + i] = copy;
      }
    }
    return root;
  }

  #cloneBlock(address: number): number {
    return cloneBlock(this.memory, address);
  }

  #dropDirectory(): void {
    const segments = Math.max(1, this.width >>> this.segmentLog);
    for (let i = 0; i < segments; i++) this.memory.drop(this.rootWords[this.rootAt + rootWord.segments + i]!);
    this.memory.drop(this.root);
    this.attach(0);
    this.#expected = 0;
  }

  // --- the directory

  #ownRoot(): void {
    if (this.rootWords[this.rootAt + 1]! <= this.memory.frozen)
      this.attach(this.memory.copyAndDrop(this.root));
  }

  #ownSegment(number: number): number {
    const segment = this.rootWords[this.rootAt + rootWord.segments + number]!;
    if (!this.memory.isFrozen(segment)) return segment;
    this.#ownRoot();
    const copy = this.memory.copyAndDrop(segment);
    this.rootWords[this.rootAt + rootWord.segments + number] = copy;
    return copy;
  }

  /** Lets all indexes with that prefix of `depth` bits lead to `page`. */
  #point(prefix: number, depth: number, page: number): void {
    const width = 1 << this.depth;
    const mask = (1 << this.segmentLog) - 1;
    for (let index = prefix; index < width; index += 1 << depth) {
      const segment = this.#ownSegment(index >>> this.segmentLog);
      this.chunks.words[segment >>> 16]![((segment & 0xffff) << 4) + segmentHeaderWords + (index & mask)] =
        page;
    }
  }

  /** Twice as many indexes, the upper half leading where the lower does. */
  #double(): void {
    this.#ownRoot();
    const width = 1 << this.depth;
    const perSegment = 1 << this.segmentLog;
    if (width < perSegment) {
      const old = this.rootWords[this.rootAt + rootWord.segments]!;
      const segment = this.memory.takeBytes((segmentHeaderWords + 2 * width) * 4, blockKind.segment);
      const from = this.chunks.words[old >>> 16]!;
      const fromAt = ((old & 0xffff) << 4) + segmentHeaderWords;
      const to = this.chunks.words[segment >>> 16]!;
      const toAt = ((segment & 0xffff) << 4) + segmentHeaderWords;
      for (let i = 0; i < width; i++) to[toAt + i] = to[toAt + width + i] = from[fromAt + i]!;
      this.rootWords[this.rootAt + rootWord.segments] = segment;
      this.memory.drop(old);
    } else {
      const segments = width / perSegment;
      const root = this.memory.takeBytes((rootWord.segments + 2 * segments) * 4, blockKind.root);
      const words = this.chunks.words[root >>> 16]!;
      const at = (root & 0xffff) << 4;
      for (let i = 2; i < rootWord.segments + segments; i++) words[at + i] = this.rootWords[this.rootAt + i]!;
      for (let i = 0; i < segments; i++) {
        words[at + rootWord.segments + segments + i] = this.#cloneBlock(
          this.rootWords[this.rootAt + rootWord.segments + i]!,
        );
      }
      this.memory.drop(this.root);
      this.attach(root);
    }
    this.depth++;
    this.rootWords[this.rootAt + rootWord.depth] = this.depth;
  }

  #prefixOf(hash: number, page: number): number {
    return hash & ((1 << this.depthOf(page)) - 1);
  }

  // --- pages

  #ownPage(prefix: number, page: number): number {
    const copy = this.memory.copyAndDrop(page);
    this.#point(prefix, this.depthOf(copy), copy);
    return copy;
  }

  #newPage(sizeBytes: number, slotsLog: number, depth: number): number {
    const units = Math.ceil(sizeBytes / unitBytes);
    const page = this.memory.take(units, blockKind.page);
    const words = this.chunks.words[page >>> 16]!;
    const at = (page & 0xffff) << 4;
    const wide = units * unitBytes > narrowPageBytes;
    const slotBytes = (wide ? 4 : 2) << slotsLog;
    words[at + pageWord.end] = pageHeaderBytes + slotBytes;
    words[at + pageWord.count] = 0;
    words[at + pageWord.shape] = slotsLog | (depth << 8) | (wide ? wideBit : 0);
    words[at + pageWord.specials] = 0;
    words[at + pageWord.expires] = 0;
    words.fill(0, at + (pageHeaderBytes >>> 2), at + ((pageHeaderBytes + slotBytes) >>> 2));
    return page;
  }

  /** Bytes for a page with so many records of so many bytes together, in a size that blocks come in. */
  #sizeFor(count: number, recordBytes: number, slackBytes: number): number {
    const slots = 1 << slotsLogFor(count);
    const needed = pageHeaderBytes + 2 * slots + recordBytes;
    if (needed <= this.#pageBytes)
      return Math.min(this.#pageBytes, roundUnits(Math.ceil((needed + slackBytes) / unitBytes)) * unitBytes);
    const size = roundUnits(Math.ceil(needed / unitBytes)) * unitBytes;
    return size <= narrowPageBytes
      ? size
      : roundUnits(Math.ceil((needed + 2 * slots) / unitBytes)) * unitBytes;
  }

  /**
   * A page for the first record of a directory index, of that length. Where `reserve` has told how many will come it gets
   * room, and slots, for three quarters of its share of them: at most one larger page follows it instead of a dozen, and
   * pages whose share turns out less waste little. The record at hand is the best guess at how long the others are.
   */
  #firstPage(length: number): number {
    const count = Math.floor((this.#expected / (1 << this.depth)) * 0.75);
    if (count < 4) return this.#newPage(this.#sizeFor(1, length, 3 * length), slotsLogFor(1), this.depth);
    // A slot takes less than five bytes a record.
    const most = Math.max(1, Math.min(count, Math.floor((this.#pageBytes - unitBytes) / (length + 5))));
    return this.#newPage(this.#sizeFor(most, most * length, 0), slotsLogFor(most), this.depth);
  }

  /**
   * A page that will grow: with slots for twice as many records where they fit, so that when it does the slots are copied
   * as they are and no key is hashed again.
   */
  #roomyPage(count: number, recordBytes: number, slackBytes: number, depth: number): number {
    const twice = slotsLogFor(2 * count);
    const fits = pageHeaderBytes + (2 << twice) + recordBytes <= this.#pageBytes;
    const slotsFor = fits ? 2 * count : count;
    return this.#newPage(
      this.#sizeFor(slotsFor, recordBytes, slackBytes),
      fits ? twice : slotsLogFor(count),
      depth,
    );
  }

  #append(hash: number, length: number, special: boolean, expires: boolean): number {
    for (;;) {
      const index = hash & ((1 << this.depth) - 1);
      let page = this.pageAt(index);
      if (page === 0) {
        page = this.#firstPage(length);
        this.#point(index, this.depth, page);
      }
      const words = this.chunks.words[page >>> 16]!;
      const at = (page & 0xffff) << 4;
      const end = words[at + pageWord.end]!;
      const count = words[at + pageWord.count]!;
      const fits =
        end + length <= (words[at]! & 0xffffff) * unitBytes &&
        count < slotCapacity(words[at + pageWord.shape]! & 31);
      if (!fits) {
        this.#makeRoom(page, index, length);
        continue;
      }
      if (words[at + 1]! <= this.memory.frozen) {
        this.#ownPage(this.#prefixOf(hash, page), page);
        continue;
      }
      words[at + pageWord.end] = end + length;
      words[at + pageWord.count] = count + 1;
      if (special) words[at + pageWord.specials]!++;
      if (expires) words[at + pageWord.expires]!++;
      this.page = page;
      this.bytes = this.chunks.bytes[page >>> 16]!;
      this.record = (at << 2) + end;
      this.slot = this.#fillSlot(page, hash, end);
      return this.record;
    }
  }

  /** Grows or splits the page at `index`, so that there is more room than before. */
  #makeRoom(page: number, index: number, length: number): void {
    const words = this.chunks.words[page >>> 16]!;
    const at = (page & 0xffff) << 4;
    const depth = (words[at + pageWord.shape]! >>> 8) & 0xff;
    const count = words[at + pageWord.count]!;
    const recordBytes = (at << 2) + words[at + pageWord.end]! - recordsStart(this.chunks, page);
    const needed = pageHeaderBytes + (2 << slotsLogFor(count + 1)) + recordBytes + length;
    if (needed > this.#pageBytes && count > 0 && depth < this.#deepest()) {
      this.#split(page, index & ((1 << depth) - 1), depth, count);
      return;
    }
    // Twice as large, for each step costs two blocks and a copy; less where the page had room for most of its share already.
    const slack = this.#expected > 0 ? recordBytes >>> 2 : recordBytes;
    const larger = this.#roomyPage(count + 1, recordBytes + length, slack, depth);
    this.#refill(page, larger);
    this.#point(index & ((1 << depth) - 1), depth, larger);
    this.memory.drop(page);
  }

  #deepest(): number {
    return Math.min(deepest, spareDepth + 32 - Math.clz32(this.records));
  }

  /** Moves all records of a page into an empty one, slots as they are where they fit as they are. */
  #refill(from: number, to: number): void {
    const start = recordsStart(this.chunks, from);
    const words = this.chunks.words[from >>> 16]!;
    const at = (from & 0xffff) << 4;
    const end = (at << 2) + words[at + pageWord.end]!;
    const toWords = this.chunks.words[to >>> 16]!;
    const toAt = (to & 0xffff) << 4;
    const toStart = recordsStart(this.chunks, to);
    copyBytes(this.chunks.bytes[from >>> 16]!, start, end, this.chunks.bytes[to >>> 16]!, toStart);
    toWords[toAt + pageWord.end] = toStart - (toAt << 2) + end - start;
    toWords[toAt + pageWord.count] = words[at + pageWord.count]!;
    toWords[toAt + pageWord.specials] = words[at + pageWord.specials]!;
    toWords[toAt + pageWord.expires] = words[at + pageWord.expires]!;
    const shape = words[at + pageWord.shape]!;
    const toShape = toWords[toAt + pageWord.shape]!;
    if ((shape & (wideBit | 31)) === (toShape & (wideBit | 31))) {
      const slotWords = (recordsStart(this.chunks, from) - (at << 2) - pageHeaderBytes) >>> 2;
      const first = pageHeaderBytes >>> 2;
      for (let i = 0; i < slotWords; i++) toWords[toAt + first + i] = words[at + first + i]!;
      return;
    }
    this.#hashAll(to);
  }

  /** Fills the empty slots of a page from its records. */
  #hashAll(page: number): void {
    const base = (page & 0xffff) << 6;
    this.forEachInPage(page, (bytes, record) => {
      this.#fillSlot(page, hashOfRecord(this.chunks, bytes, record, this.shape, this.seed), record - base);
    });
  }

  #fillSlot(page: number, hash: number, offset: number): number {
    const shape = this.chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.shape]!;
    const mask = (1 << (shape & 31)) - 1;
    const mixed = slotMix(hash);
    let slot = mixed & mask;
    if ((shape & wideBit) === 0) {
      const slots = this.chunks.shorts[page >>> 16]!;
      const slotsAt = (((page & 0xffff) << 6) + pageHeaderBytes) >>> 1;
      while (slots[slotsAt + slot] !== 0) slot = (slot + 1) & mask;
      slots[slotsAt + slot] = offset | ((mixed >>> 29) << 13);
    } else {
      const slots = this.chunks.words[page >>> 16]!;
      const slotsAt = (((page & 0xffff) << 6) + pageHeaderBytes) >>> 2;
      while (slots[slotsAt + slot] !== 0) slot = (slot + 1) & mask;
      slots[slotsAt + slot] = offset | ((mixed >>> 24) << 24);
    }
    return slot;
  }

  /** Divides a page by bit `depth` of its records' hashes. */
  #split(page: number, prefix: number, depth: number, count: number): void {
    if (depth === this.depth) this.#double();
    if (this.#hashes.length < count) this.#hashes = new Int32Array(2 * count);
    const hashes = this.#hashes;
    const bytes = this.chunks.bytes[page >>> 16]!;
    let number = 0;
    let highCount = 0;
    let highBytes = 0;
    let lowBytes = 0;
    const start = recordsStart(this.chunks, page);
    const end =
      ((page & 0xffff) << 6) + this.chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.end]!;
    for (let record = start; record < end;) {
      const next = recordEnd(bytes, record, this.shape);
      const hash = hashOfRecord(this.chunks, bytes, record, this.shape, this.seed);
      hashes[number++] = hash;
      if (((hash >>> depth) & 1) === 1) {
        highCount++;
        highBytes += next - record;
      } else {
        lowBytes += next - record;
      }
      record = next;
    }
    const low = this.#half(count - highCount, lowBytes, depth + 1);
    const high = this.#half(highCount, highBytes, depth + 1);
    // Records that go to the same side in a row are copied together.
    number = 0;
    for (let record = start; record < end;) {
      const side = (hashes[number]! >>> depth) & 1;
      const target = side === 1 ? high : low;
      const targetAt = (target & 0xffff) << 4;
      const targetWords = this.chunks.words[target >>> 16]!;
      const runStart = record;
      let offset = targetWords[targetAt + pageWord.end]!;
      const runOffset = offset;
      while (record < end && ((hashes[number]! >>> depth) & 1) === side) {
        const next = recordEnd(bytes, record, this.shape);
        this.#fillSlot(target, hashes[number]!, offset);
        offset += next - record;
        targetWords[targetAt + pageWord.count]!++;
        if (isSpecial(bytes, record, this.shape)) targetWords[targetAt + pageWord.specials]!++;
        if (hasExpiry(bytes, record, this.shape)) targetWords[targetAt + pageWord.expires]!++;
        record = next;
        number++;
      }
      const runBytes = record - runStart;
      const to = (targetAt << 2) + runOffset;
      if (runBytes >= wordsFrom && runBytes <= wordsUpTo)
        copyWords(this.chunks.views[page >>> 16]!, runStart, record, this.chunks.views[target >>> 16]!, to);
      else copyBytes(bytes, runStart, record, this.chunks.bytes[target >>> 16]!, to);
      targetWords[targetAt + pageWord.end] = offset;
    }
    this.#point(prefix, depth + 1, low);
    this.#point(prefix | (1 << depth), depth + 1, high);
    this.memory.drop(page);
  }

  #half(count: number, recordBytes: number, depth: number): number {
    if (count === 0) return 0;
    return this.#roomyPage(count, recordBytes, recordBytes >>> 1, depth);
  }

  // --- taking records out

  /** Closes the gap of the located record and frees its slot. The page is owned. */
  #cut(length: number, special: boolean, expires: boolean): void {
    const { page, bytes, record } = this;
    const words = this.chunks.words[page >>> 16]!;
    const at = (page & 0xffff) << 4;
    const base = at << 2;
    this.#freeSlot(page, this.slot);
    const end = words[at + pageWord.end]!;
    bytes.copyWithin(record, record + length, base + end);
    words[at + pageWord.end] = end - length;
    words[at + pageWord.count]!--;
    if (special) words[at + pageWord.specials]!--;
    if (expires) words[at + pageWord.expires]!--;
    this.#shiftSlots(record - base, -length);
  }

  /** Adds `delta` to the offsets of all records behind `offset`. */
  #shiftSlots(offset: number, delta: number): void {
    const shape = this.chunks.words[this.page >>> 16]![((this.page & 0xffff) << 4) + pageWord.shape]!;
    const count = 1 << (shape & 31);
    const byte = ((this.page & 0xffff) << 6) + pageHeaderBytes;
    if ((shape & wideBit) === 0) {
      const slots = this.chunks.shorts[this.page >>> 16]!;
      for (let i = byte >>> 1, last = i + count; i < last; i++) {
        const entry = slots[i]!;
        if ((entry & 0x1fff) > offset) slots[i] = entry + delta;
      }
    } else {
      const slots = this.chunks.words[this.page >>> 16]!;
      for (let i = byte >>> 2, last = i + count; i < last; i++) {
        const entry = slots[i]!;
        if ((entry & 0xffffff) > offset) slots[i] = entry + delta;
      }
    }
  }

  /** Empties a slot and moves up what probing would no longer reach. Hashes the keys up to the next empty slot. */
  #freeSlot(page: number, slot: number): void {
    const shape = this.chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.shape]!;
    const mask = (1 << (shape & 31)) - 1;
    const wide = (shape & wideBit) !== 0;
    const slots = wide ? this.chunks.words[page >>> 16]! : this.chunks.shorts[page >>> 16]!;
    const base = (page & 0xffff) << 6;
    const slotsAt = (base + pageHeaderBytes) >>> (wide ? 2 : 1);
    const offsetMask = wide ? 0xffffff : 0x1fff;
    const bytes = this.chunks.bytes[page >>> 16]!;
    let gap = slot;
    for (let next = (gap + 1) & mask; ; next = (next + 1) & mask) {
      const entry = slots[slotsAt + next]!;
      if (entry === 0) break;
      const home =
        slotMix(hashOfRecord(this.chunks, bytes, base + (entry & offsetMask), this.shape, this.seed)) & mask;
      // It may move into the gap unless its home lies behind the gap.
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        slots[slotsAt + gap] = entry;
        gap = next;
      }
    }
    slots[slotsAt + gap] = 0;
  }

  /** After an erase: frees, merges or shrinks the page where it has become too empty. */
  #settle(prefix: number, page: number): void {
    const words = this.chunks.words[page >>> 16]!;
    const at = (page & 0xffff) << 4;
    const count = words[at + pageWord.count]!;
    const depth = (words[at + pageWord.shape]! >>> 8) & 0xff;
    if (count === 0) {
      this.memory.drop(page);
      if (this.records === 0) {
        this.#dropDirectory();
        return;
      }
      this.#point(prefix, depth, 0);
      return;
    }
    const units = unitsOf(this.chunks, page);
    const used = words[at + pageWord.end]!;
    if (used > (units * unitBytes) >>> 1 && units > 2) return;
    const recordBytes = (at << 2) + used - recordsStart(this.chunks, page);
    if (depth > 0 && this.#merge(prefix, page, depth, count, recordBytes)) return;
    const size = this.#sizeFor(count, recordBytes, recordBytes >>> 3);
    if (size >= units * unitBytes) return;
    const smaller = this.#newPage(size, slotsLogFor(count), depth);
    this.#refill(page, smaller);
    this.#point(prefix, depth, smaller);
    this.memory.drop(page);
  }

  /** Joins a page with the one it was split from, where both together fill little more than half a page. */
  #merge(prefix: number, page: number, depth: number, count: number, recordBytes: number): boolean {
    const buddyPrefix = prefix ^ (1 << (depth - 1));
    const joinedPrefix = prefix & ((1 << (depth - 1)) - 1);
    const buddy = this.pageAt(buddyPrefix);
    let buddyCount = 0;
    let buddyBytes = 0;
    if (buddy === 0) {
      // Empty at its one index, if the page is as deep as the directory; else its indexes would have to be looked at.
      if (depth !== this.depth) return false;
    } else {
      if (this.depthOf(buddy) !== depth) return false;
      const at = (buddy & 0xffff) << 4;
      const words = this.chunks.words[buddy >>> 16]!;
      buddyCount = words[at + pageWord.count]!;
      buddyBytes = (at << 2) + words[at + pageWord.end]! - recordsStart(this.chunks, buddy);
    }
    const all = count + buddyCount;
    const allBytes = recordBytes + buddyBytes;
    if (pageHeaderBytes + (2 << slotsLogFor(all)) + allBytes > this.#pageBytes * 0.625) return false;
    const joined = this.#newPage(this.#sizeFor(all, allBytes, allBytes >>> 3), slotsLogFor(all), depth - 1);
    const words = this.chunks.words[joined >>> 16]!;
    const at = (joined & 0xffff) << 4;
    for (const part of buddy === 0 ? [page] : [page, buddy]) {
      const start = recordsStart(this.chunks, part);
      const partWords = this.chunks.words[part >>> 16]!;
      const partAt = (part & 0xffff) << 4;
      const end = (partAt << 2) + partWords[partAt + pageWord.end]!;
      const offset = words[at + pageWord.end]!;
      copyBytes(
        this.chunks.bytes[part >>> 16]!,
        start,
        end,
        this.chunks.bytes[joined >>> 16]!,
        (at << 2) + offset,
      );
      words[at + pageWord.end] = offset + end - start;
      words[at + pageWord.count]! += partWords[partAt + pageWord.count]!;
      words[at + pageWord.specials]! += partWords[partAt + pageWord.specials]!;
      words[at + pageWord.expires]! += partWords[partAt + pageWord.expires]!;
      this.memory.drop(part);
    }
    this.#hashAll(joined);
    this.#point(joinedPrefix, depth - 1, joined);
    return true;
  }
}

/** A block with the same content, born now; the original stays. */
export function cloneBlock(memory: CowMemory, address: number): number {
  const { chunks } = memory;
  const units = unitsOf(chunks, address);
  const copy = memory.take(units, chunks.words[address >>> 16]![(address & 0xffff) << 4]! >>> 24);
  const from = (address & 0xffff) << 6;
  copyBytes(
    chunks.bytes[address >>> 16]!,
    from + 8,
    from + units * unitBytes,
    chunks.bytes[copy >>> 16]!,
    ((copy & 0xffff) << 6) + 8,
  );
  assert(birthOf(chunks, copy) === memory.epoch, 'a copy is born now');
  return copy;
}
