/**
 * The records of one database of an image, as they stand in an RDB file.
 *
 * Without compression, a row of records that are not special is handed out where it stands in its page: nothing is copied.
 * Extents, pages of large collections and runs of long lists are handed out in place too; what lies between them (types,
 * keys, lengths, headers of listpacks) is put together in `#made`. With compression every record is put together there.
 *
 * Large collections are written in the types that Redis uses for them: sets 2, hashes 4, sorted sets 5 from the highest score
 * to the lowest, lists 18 with one packed node a run; a long element is a packed node with one entry, since Redis 7.0 makes plain nodes only beyond a gigabyte.
 *
 * Compression stops trying short strings for a while when it has failed on many in a row: data that does not compress
 * costs little, and the choice depends on nothing but the data. Keys are never compressed.
 */
import { lzfCompress } from '../bytes/lzf.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { FieldExpiries } from './field-expiries.ts';
import { blockKind, byteOf, extentHeaderBytes, kindOf } from './chunks.ts';
import type { RecordCursor } from './keyspace.ts';
import { NO_EXPIRY } from './keyspace.ts';
import { forEachListPart, listCount, listHeaderBytes, listWord } from './list-view.ts';
import { packedPrefixBytes } from './list-value.ts';
import {
  appendBacklen,
  appendSigned,
  listpackEnd,
  listpackHeaderBytes,
  previousEntry,
  withEntry,
} from './listpack.ts';
import { isSpecial, pageWord, recordEnd, recordType, typeOf } from './page.ts';
import { scoreBytes } from './score.ts';
import {
  contentStart,
  copyStored,
  extentForm,
  integerBytes,
  integerOf,
  isMarked,
  readLength,
  readWord,
  storedEnd,
  writeInteger,
  writeLength,
} from './stored-string.ts';
import { FixedSpot } from './spot.ts';
import { streamParts } from './stream-record.ts';
import { StreamReader } from './stream-view.ts';
import type { TableContext } from './table-view.ts';
import { TableView, recordsStart } from './table-view.ts';

/** RDB's type of a stream, as Redis 7.0 writes it. */
const streamType = 19;
/** Redis compresses longer strings than this, where it gains at least `compressGainBytes`. */
const compressAboveBytes = 20;
const compressGainBytes = 4;
/** Strings of at least this are always tried. */
const alwaysTriedBytes = 512;
/** Longer strings are written as they are: compressing needs as much memory again. */
const compressUpToBytes = 1 << 26;
/** Most short strings that are passed over after a row of failures. */
const longestPause = 64;
/** Pages are gathered into runs of about this size where they are put together anyway. */
const runBytes = 32 * 1024;

/** The types of Redis's that stand for those of ours. */
const largeWrittenAs: ReadonlyMap<number, number> = new Map([
  [recordType.largeSet, recordType.plainSet],
  [recordType.largeHash, recordType.plainHash],
  [recordType.expiringHash, 24],
  [recordType.largeList, recordType.packedList],
  [recordType.largeZset, 5],
  [recordType.stream, streamType],
]);

/** What comes next in a large collection. */
type Inside =
  | { readonly kind: 'table'; readonly table: TableView; index: number }
  | { readonly kind: 'dated'; readonly table: TableView; readonly dates: FieldExpiries; index: number }
  | { readonly kind: 'list' | 'zset'; readonly parts: readonly number[]; index: number }
  | { readonly kind: 'stream'; readonly parts: Iterator<undefined> };

export class RunCursor implements RecordCursor {
  bytes: Uint8Array;
  start = 0;
  end = 0;
  keys = 0;

  readonly #context: TableContext;
  readonly #table: TableView;
  readonly #compress: boolean;
  readonly #made = new ByteWriter(1024);
  /** Where the runs that wait begin and end: in pages, or (null) in `#made`. */
  readonly #waitingBytes: (Uint8Array | null)[] = [];
  readonly #waitingRanges: number[] = [];
  #next = 0;
  /** The end of what of `#made` is in a run already. */
  #madeRun = 0;
  #index = 0;
  #page = 0;
  /** The next record of the page, and the end of its records. */
  #record = 0;
  #pageEnd = 0;
  #inside: Inside | undefined;
  #misses = 0;
  #pause = 0;

  constructor(context: TableContext, root: number, compress: boolean) {
    this.#context = context;
    this.#table = new TableView(context, 'key').attach(root);
    this.#compress = compress;
    this.bytes = context.chunks.bytes[0]!;
  }

  nextRun(): boolean {
    if (this.#next === this.#waitingBytes.length && !this.#fill()) return false;
    this.bytes = this.#waitingBytes[this.#next] ?? this.#made.buffer;
    this.start = this.#waitingRanges[2 * this.#next]!;
    this.end = this.#waitingRanges[2 * this.#next + 1]!;
    this.#next++;
    return true;
  }

  /** Prepares runs; false at the end. */
  #fill(): boolean {
    this.#waitingBytes.length = 0;
    this.#waitingRanges.length = 0;
    this.#next = 0;
    this.#made.clear();
    this.#madeRun = 0;
    for (;;) {
      if (this.#inside !== undefined) this.#fillInside(this.#inside);
      else if (this.#page !== 0) this.#fillFromPage();
      else if (!this.#turnPage()) break;
      // Short pieces are gathered, so that tiny pages do not make tiny runs when they are put together anyway.
      if (this.#waitingBytes.length > 0 || this.#made.length >= runBytes) break;
    }
    this.#endMade();
    return this.#waitingBytes.length > 0;
  }

  #turnPage(): boolean {
    const table = this.#table;
    const { width } = table;
    while (this.#index < width) {
      const page = table.pageWithPrefix(this.#index++);
      if (page === 0) continue;
      this.#page = page;
      this.#record = recordsStart(this.#context.chunks, page);
      this.#pageEnd = byteOf(page) + this.#pageWord(page, pageWord.end);
      return true;
    }
    return false;
  }

  #pageWord(page: number, word: number): number {
    return this.#context.chunks.words[page >>> 16]![((page & 0xffff) << 4) + word]!;
  }

  #fillFromPage(): void {
    const page = this.#page;
    const bytes = this.#context.chunks.bytes[page >>> 16]!;
    if (!this.#compress && this.#pageWord(page, pageWord.specials) === 0) {
      this.keys += this.#pageWord(page, pageWord.count);
      this.#run(bytes, this.#record, this.#pageEnd);
      this.#page = 0;
      return;
    }
    let plainFrom = this.#record;
    while (this.#record < this.#pageEnd) {
      const record = this.#record;
      this.#record = recordEnd(bytes, record, 'key');
      this.keys++;
      if (this.#compress) {
        this.#makeRecord(bytes, record);
        if (this.#inside !== undefined) return;
        continue;
      }
      if (!isSpecial(bytes, record, 'key')) continue;
      if (plainFrom < record) this.#run(bytes, plainFrom, record);
      plainFrom = this.#record;
      this.#makeRecord(bytes, record);
      if (this.#inside !== undefined) return;
    }
    if (!this.#compress && plainFrom < this.#pageEnd) this.#run(bytes, plainFrom, this.#pageEnd);
    this.#page = 0;
  }

  /** Writes a record, or the beginning of one whose rest is `#inside`. */
  #makeRecord(bytes: Uint8Array, record: number): void {
    const made = this.#made;
    const typeAt = typeOf(bytes, record);
    const valueAt = storedEnd(bytes, typeAt + 1);
    const type = bytes[typeAt]!;
    made.bytes(bytes, record, typeAt);
    made.byte(largeWrittenAs.get(type) ?? type);
    this.#string(bytes, typeAt + 1, false);
    switch (type) {
      case recordType.string:
      case recordType.intset:
      case recordType.listpackHash:
      case recordType.listpackZset:
        this.#string(bytes, valueAt, true);
        return;
      case recordType.packedList:
        made.bytes(bytes, valueAt, valueAt + packedPrefixBytes);
        this.#string(bytes, valueAt + packedPrefixBytes, true);
        return;
      case recordType.plainSet:
      case recordType.plainHash: {
        const count = readLength(bytes, valueAt);
        this.#length(count);
        this.#strings(bytes, contentStart(bytes, valueAt), type === recordType.plainSet ? count : 2 * count);
        return;
      }
      case recordType.largeList: {
        const parts: number[] = [];
        forEachListPart(this.#context.chunks, readWord(bytes, valueAt), (part) => void parts.push(part));
        this.#length(parts.length);
        this.#inside = { kind: 'list', parts, index: 0 };
        return;
      }
      case recordType.expiringHash: {
        const dates = new FieldExpiries(this.#context, readWord(bytes, valueAt + 4));
        const table = new TableView(this.#context, 'field').attach(readWord(bytes, valueAt));
        made.int64LE(dates.earliestMs);
        this.#length(table.records);
        this.#inside = { kind: 'dated', table, dates, index: 0 };
        return;
      }
      case recordType.largeZset: {
        const { chunks } = this.#context;
        const tree = readWord(bytes, valueAt + 4);
        const parts: number[] = [];
        forEachListPart(chunks, tree, (part) => void parts.push(part));
        this.#length(listCount(chunks, tree));
        this.#inside = { kind: 'zset', parts: parts.reverse(), index: 0 };
        return;
      }
      case recordType.stream: {
        const { firstId } = new StreamReader(this.#context, new FixedSpot(bytes, typeAt));
        const parts = streamParts(this.#context.chunks, readWord(bytes, valueAt), firstId, {
          count: (value) => this.#count(value),
          byte: (value) => made.byte(value),
          text: (text, start, end) => this.#text(text, start, end, true),
        });
        this.#inside = { kind: 'stream', parts };
        return;
      }
      default: {
        const table = new TableView(this.#context, type === recordType.largeSet ? 'member' : 'field').attach(
          readWord(bytes, valueAt),
        );
        this.#length(table.records);
        this.#inside = { kind: 'table', table, index: 0 };
      }
    }
  }

  /** Writes the next part of a large collection, or ends it. */
  #fillInside(inside: Inside): void {
    if (inside.kind === 'stream') {
      if (inside.parts.next().done === true) this.#inside = undefined;
      return;
    }
    if (inside.kind === 'dated') return this.#datedPage(inside);
    if (inside.kind !== 'table') {
      const part = inside.parts[inside.index++];
      if (part === undefined) this.#inside = undefined;
      else if (inside.kind === 'list') this.#listPart(part);
      else this.#zsetPart(part);
      return;
    }
    const { table } = inside;
    while (inside.index < table.width) {
      const page = table.pageWithPrefix(inside.index++);
      if (page === 0) continue;
      const bytes = this.#context.chunks.bytes[page >>> 16]!;
      const start = recordsStart(this.#context.chunks, page);
      if (!this.#compress && this.#pageWord(page, pageWord.specials) === 0) {
        this.#run(bytes, start, byteOf(page) + this.#pageWord(page, pageWord.end));
      } else {
        this.#strings(bytes, start, this.#pageWord(page, pageWord.count) * (table.shape === 'field' ? 2 : 1));
      }
      return;
    }
    this.#inside = undefined;
  }

  /** Writes a page of a hash's fields, each behind its expiry: 0 for none, else one more than its distance from the earliest. */
  #datedPage(inside: Extract<Inside, { kind: 'dated' }>): void {
    const { table, dates } = inside;
    const { chunks } = this.#context;
    while (inside.index < table.width) {
      const page = table.pageWithPrefix(inside.index++);
      if (page === 0) continue;
      table.forEachInPage(page, (bytes, record) => {
        const atMs = dates.of(copyStored(chunks, bytes, record));
        writeLongLength(this.#made, atMs === NO_EXPIRY ? 0 : atMs - dates.earliestMs + 1);
        this.#strings(bytes, record, 2);
      });
      return;
    }
    this.#inside = undefined;
  }

  /** Writes a run of a long list as a packed node. */
  #listPart(part: number): void {
    const made = this.#made;
    const { chunks } = this.#context;
    const bytes = chunks.bytes[part >>> 16]!;
    const start = byteOf(part) + listHeaderBytes;
    const words = chunks.words[part >>> 16]!;
    const at = (part & 0xffff) << 4;
    const plain = kindOf(chunks, part) === blockKind.listPlain;
    const contentBytes = plain ? words[at + listWord.end]! : words[at + listWord.end]! - listHeaderBytes;
    // A plain's bytes stand in the listpack as one string entry of the 32-bit form.
    const entryHead = plain ? 5 : 0;
    const head = new ByteWriter(32);
    head.length = listpackHeaderBytes;
    if (plain) {
      head.byte(0xf0);
      appendSigned(head, contentBytes, 4);
    }
    const tail = new ByteWriter(8);
    if (plain) appendBacklen(tail, entryHead + contentBytes);
    tail.byte(listpackEnd);
    const total = head.length + contentBytes + tail.length;
    head.length = 0;
    appendSigned(head, total, 4);
    appendSigned(head, plain ? 1 : words[at + listWord.count]!, 2);
    head.length = listpackHeaderBytes + entryHead;
    made.byte(2);
    if (this.#compress && total <= compressUpToBytes) {
      const whole = new ByteWriter(total);
      whole.bytes(head.buffer, 0, head.length);
      whole.bytes(bytes, start, start + contentBytes);
      whole.bytes(tail.buffer, 0, tail.length);
      this.#text(whole.buffer, 0, total, true);
      return;
    }
    this.#length(total);
    made.bytes(head.buffer, 0, head.length);
    this.#run(bytes, start, start + contentBytes);
    made.bytes(tail.buffer, 0, tail.length);
  }

  /** Writes a run of a large sorted set's elements, from its end: each is a member, then the eight bytes of its score. */
  #zsetPart(part: number): void {
    const { chunks } = this.#context;
    const bytes = chunks.bytes[part >>> 16]!;
    const start = byteOf(part) + listHeaderBytes;
    const element = (text: Uint8Array, from: number, to: number): void => {
      this.#text(text, from + scoreBytes, to, true);
      this.#made.bytes(text, from, from + scoreBytes);
    };
    if (kindOf(chunks, part) === blockKind.listPlain) {
      element(bytes, start, start + this.#pageWord(part, listWord.end));
      return;
    }
    for (let at = byteOf(part) + this.#pageWord(part, listWord.end); at > start;) {
      at = previousEntry(bytes, at);
      withEntry(bytes, at, element);
    }
  }

  #strings(bytes: Uint8Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#string(bytes, at, true);
      at = storedEnd(bytes, at);
    }
  }

  /** Writes the stored string at `at`, which may be an extent. */
  #string(bytes: Uint8Array, at: number, compressible: boolean): void {
    const form = bytes[at]!;
    if (form === extentForm) {
      const address = readWord(bytes, at + 1);
      const start = byteOf(address) + extentHeaderBytes;
      this.#text(
        this.#context.chunks.bytes[address >>> 16]!,
        start,
        start + readWord(bytes, at + 5),
        compressible,
      );
      return;
    }
    if (this.#compress && compressible && form <= 0x80 && readLength(bytes, at) > compressAboveBytes) {
      const start = contentStart(bytes, at);
      this.#text(bytes, start, start + readLength(bytes, at), true);
      return;
    }
    if (isMarked(bytes, at)) return this.#unmarked(bytes, contentStart(bytes, at), storedEnd(bytes, at));
    this.#made.bytes(bytes, at, storedEnd(bytes, at));
  }

  /** Writes the text of a marked string as it would stand without the mark. */
  #unmarked(bytes: Uint8Array, start: number, end: number): void {
    const made = this.#made;
    const integer = integerOf(bytes, start, end);
    if (integer === undefined) return this.#text(bytes, start, end, false);
    made.ensure(integerBytes(integer));
    made.length = writeInteger(made.buffer, made.length, integer);
    return undefined;
  }

  /** Writes text as a string, compressed where that is wanted and gains. Long text is handed out in place. */
  #text(bytes: Uint8Array, start: number, end: number, compressible: boolean): void {
    if (this.#compress && compressible && this.#compressed(bytes, start, end)) return;
    this.#length(end - start);
    if (end - start < runBytes || bytes.buffer instanceof ArrayBuffer) this.#made.bytes(bytes, start, end);
    else this.#run(bytes, start, end);
  }

  #compressed(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length <= compressAboveBytes || length > compressUpToBytes) return false;
    if (length < alwaysTriedBytes && this.#pause > 0) {
      this.#pause--;
      return false;
    }
    const made = this.#made;
    // Opcode and two lengths come first; 11 bytes are enough for them, and they are moved together afterwards.
    made.ensure(11 + length);
    const content = made.length + 11;
    const compressedBytes = lzfCompress(
      bytes,
      start,
      end,
      made.buffer,
      content,
      content + length - compressGainBytes,
    );
    if (compressedBytes === 0) {
      this.#misses++;
      if (this.#misses >= 8) this.#pause = Math.min(longestPause, this.#misses);
      return false;
    }
    this.#misses = 0;
    let at = made.length;
    made.buffer[at++] = 0xc3;
    at = writeLength(made.buffer, at, compressedBytes);
    at = writeLength(made.buffer, at, length);
    made.buffer.copyWithin(at, content, content + compressedBytes);
    made.length = at + compressedBytes;
    return true;
  }

  /** As `#length`, up to 64 bits. */
  #count(value: number | bigint): void {
    if (value <= 0xffffffff) return this.#length(Number(value));
    const long = BigInt(value);
    this.#made.byte(0x81);
    this.#made.uint32BE(Number(long >> 32n));
    this.#made.uint32BE(Number(long & 0xffffffffn));
    return undefined;
  }

  #length(length: number): void {
    this.#made.ensure(5);
    this.#made.length = writeLength(this.#made.buffer, this.#made.length, length);
  }

  /** Lets bytes[start, end) be a run of their own, behind what was made so far. */
  #run(bytes: Uint8Array, start: number, end: number): void {
    this.#endMade();
    this.#waitingBytes.push(bytes);
    this.#waitingRanges.push(start, end);
  }

  #endMade(): void {
    if (this.#madeRun === this.#made.length) return;
    this.#waitingBytes.push(null);
    this.#waitingRanges.push(this.#madeRun, this.#made.length);
    this.#madeRun = this.#made.length;
  }
}

/** A length that may be too long for the four bytes that lengths of strings have. */
function writeLongLength(into: ByteWriter, length: number): void {
  into.ensure(9);
  if (length <= 0xffff_ffff) {
    into.length = writeLength(into.buffer, into.length, length);
    return;
  }
  into.byte(0x81);
  into.uint32BE(Math.floor(length / 0x1_0000_0000));
  into.uint32BE(length % 0x1_0000_0000);
}
