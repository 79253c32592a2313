/** One database: a table of keys, and what the records in it mean. */
import type { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import {
  blockKind,
  copyBytes,
  copyWords,
  extentHeaderBytes,
  unitBytes,
  unitsOf,
  wordsFrom,
  wordsUpTo,
} from './chunks.ts';
import { StoredEntry } from './entry.ts';
import { hasExpiringHash, readNextExpiry } from './field-expiries.ts';
import { footprint } from './footprint.ts';
import { HashHandle } from './hash-value.ts';
import { appendEmptyIntset, intsetHeaderBytes } from './intset.ts';
import type {
  Database,
  Entry,
  Expiry,
  HashValue,
  ListValue,
  SetValue,
  StringOrigin,
  ZsetValue,
} from './keyspace.ts';
import { KEEP_EXPIRY, NO_EXPIRY } from './keyspace.ts';
import { ListTree } from './list-tree.ts';
import { ListHandle } from './list-value.ts';
import { appendSigned, integerText, listpackEnd, listpackHeaderBytes } from './listpack.ts';
import { cloneNested, dropNested, forEachSpecial } from './nested-table.ts';
import {
  expiryBytes,
  hasExpiry,
  isSpecial,
  pageWord,
  readExpiry,
  recordEnd,
  recordType,
  typeOf,
  writeExpiry,
} from './page.ts';
import { SetHandle } from './set-value.ts';
import { LiveSpot } from './spot.ts';
import type { StreamValue } from './stream.ts';
import { cloneStream } from './stream-clone.ts';
import { StreamHandle, dropStream, newStreamHead } from './stream-value.ts';
import type { Store } from './store.ts';
import {
  copyStored,
  embeddedBytes,
  extentAddress,
  extentReferenceBytes,
  integerBytes,
  integerOf,
  isMarked,
  isOwnForm,
  lengthBytes,
  rawMarkBytes,
  readWord,
  storedEnd,
  textMarkBytes,
  writeExtentReference,
  writeInteger,
  writeLength,
  writeMark,
  writeWord,
} from './stored-string.ts';
import type { Table } from './table.ts';
import { fieldExpiryFlag } from './table-view.ts';
import { ZsetHandle } from './zset-value.ts';

/** Bytes that `reserve` takes a record to have: it says how wide the directory becomes, no more. */
const reservedRecordBytes = 120;
/** Directory indexes that `collectExpired` looks at for each page it may visit. */
const indexesPerPage = 16;

export class PagedDatabase implements Database {
  readonly table: Table;
  readonly #store: Store;
  readonly #entry: StoredEntry;
  #expireIndex = 0;
  /** Where `collectFieldExpiries` goes on, and whether it has met such a hash since it last began at 0. */
  #fieldIndex = 0;
  #metFieldExpiries = true;

  constructor(store: Store) {
    this.#store = store;
    this.table = store.table('key');
    this.#entry = new StoredEntry(store);
  }

  get size(): number {
    return this.table.records;
  }

  get expires(): number {
    return this.table.expires;
  }

  find(key: Uint8Array, start = 0, end: number = key.length): Entry | undefined {
    const { table } = this;
    if (!table.locate(table.hashOf(key, start, end), key, start, end)) return undefined;
    return this.#entry.point(table.bytes, table.record);
  }

  footprint(key: Uint8Array, samples: number): number | undefined {
    const { table } = this;
    if (!table.locate(table.hashOf(key, 0, key.length), key, 0, key.length)) return undefined;
    return footprint(this.#store, table.bytes, table.record, samples);
  }

  putString(key: Uint8Array, value: Uint8Array, expireAtMs: Expiry, origin?: StringOrigin): void {
    this.putStringRange(key, 0, key.length, value, 0, value.length, expireAtMs, origin);
  }

  putStringRange(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: Expiry,
    origin: StringOrigin = 'given',
  ): void {
    const store = this.#store;
    const { table } = this;
    store.changed();
    const hash = table.hashOf(key, keyStart, keyEnd);
    const length = valueEnd - valueStart;
    const markBytes = origin === 'given' ? 0 : markBytesFor(origin, value, valueStart, valueEnd);
    const integer = markBytes === 0 ? integerOf(value, valueStart, valueEnd) : undefined;
    const apart = integer === undefined && markBytes === 0 && length > store.tuning.extentThresholdBytes;
    let valueBytes = (markBytes === 0 ? lengthBytes(length) : markBytes) + length;
    if (integer !== undefined) valueBytes = integerBytes(integer);
    else if (apart) valueBytes = extentReferenceBytes;
    let expire = expireAtMs;
    let keyExtent = 0;
    let valueExtent = 0;

    const found = table.locate(hash, key, keyStart, keyEnd);
    if (found) {
      const { bytes, record } = table;
      const typeAt = typeOf(bytes, record);
      const valueAt = storedEnd(bytes, typeAt + 1);
      const oldExpires = typeAt !== record;
      if (expire === KEEP_EXPIRY) expire = oldExpires ? readExpiry(bytes, record) : NO_EXPIRY;
      if (bytes[typeAt] === recordType.string) {
        const oldExtent = extentAddress(bytes, valueAt);
        if (oldExtent === 0) {
          if (
            !apart &&
            oldExpires === (expire !== NO_EXPIRY) &&
            isMarked(bytes, valueAt) === markBytes > 0 &&
            storedEnd(bytes, valueAt) - valueAt === valueBytes
          ) {
            // Same shape: the value changes where it stands.
            table.ownLocated(hash);
            const moved = table.record - record;
            if (oldExpires) writeExpiry(table.bytes, table.record, expire);
            this.#writeValue(valueAt + moved, value, valueStart, valueEnd, markBytes, integer, 0);
            return;
          }
        } else if (apart && this.#fits(oldExtent, length)) {
          valueExtent = oldExtent;
          const chunk = store.chunks.bytes[oldExtent >>> 16]!;
          copyBytes(value, valueStart, valueEnd, chunk, ((oldExtent & 0xffff) << 6) + extentHeaderBytes);
        } else {
          store.memory.drop(oldExtent);
        }
      } else {
        this.#dropValue(bytes, typeAt, valueAt);
      }
      keyExtent = extentAddress(bytes, typeAt + 1);
    } else {
      if (expire === KEEP_EXPIRY) expire = NO_EXPIRY;
      if (keyEnd - keyStart > store.tuning.extentThresholdBytes)
        keyExtent = store.newExtent(key, keyStart, keyEnd);
    }
    if (apart && valueExtent === 0) valueExtent = store.newExtent(value, valueStart, valueEnd);

    const expires = expire !== NO_EXPIRY;
    const headBytes = (expires ? expiryBytes : 0) + 1 + keyBytes(keyExtent, keyEnd - keyStart);
    const special = keyExtent !== 0 || valueExtent !== 0 || markBytes > 0;
    const recordBytes = headBytes + valueBytes;
    const at = found
      ? table.replace(hash, recordBytes, special, expires)
      : table.place(hash, recordBytes, special, expires);
    writeHead(table.bytes, at, expire, recordType.string, key, keyStart, keyEnd, keyExtent);
    this.#writeValue(at + headBytes, value, valueStart, valueEnd, markBytes, integer, valueExtent);
  }

  /** Writes a string value into the page that was located or made room in last. */
  #writeValue(
    at: number,
    value: Uint8Array,
    start: number,
    end: number,
    markBytes: number,
    integer: number | undefined,
    extent: number,
  ): void {
    const { bytes, page } = this.table;
    const length = end - start;
    if (integer !== undefined) {
      writeInteger(bytes, at, integer);
    } else if (extent !== 0) {
      writeExtentReference(bytes, at, extent, length);
    } else {
      const to = markBytes > 0 ? writeMark(bytes, at, markBytes, length) : writeLength(bytes, at, length);
      const source = length >= wordsFrom && length <= wordsUpTo ? this.#store.sources.of(value) : undefined;
      if (source === undefined) copyBytes(value, start, end, bytes, to);
      else copyWords(source, start, end, this.#store.chunks.views[page >>> 16]!, to);
    }
  }

  patch(key: Uint8Array, offset: number, bytes: Uint8Array): boolean {
    const { table } = this;
    const store = this.#store;
    const hash = table.hashOf(key, 0, key.length);
    if (!table.locate(hash, key, 0, key.length)) return false;
    const typeAt = typeOf(table.bytes, table.record);
    if (table.bytes[typeAt] !== recordType.string) return false;
    const valueAt = storedEnd(table.bytes, typeAt + 1);
    const old = extentAddress(table.bytes, valueAt);
    if (old === 0) return false;
    const oldBytes = readWord(table.bytes, valueAt + 5);
    const newBytes = Math.max(oldBytes, offset + bytes.length);
    // So short a one has to be marked as edited.
    if (newBytes <= embeddedBytes) return false;
    store.changed();
    const extent = this.#ownExtent(old, oldBytes, newBytes);
    const chunk = store.chunks.bytes[extent >>> 16]!;
    const start = ((extent & 0xffff) << 6) + extentHeaderBytes;
    if (offset > oldBytes) chunk.fill(0, start + oldBytes, start + offset);
    copyBytes(bytes, 0, bytes.length, chunk, start + offset);
    if (extent === old && newBytes === oldBytes) return true;
    const inRecord = valueAt - table.record;
    table.ownLocated(hash);
    writeExtentReference(table.bytes, table.record + inRecord, extent, newBytes);
    return true;
  }

  /** An extent with the content of `old` that may be written to, with room for `newBytes`: `old` itself where that will do. */
  #ownExtent(old: number, oldBytes: number, newBytes: number): number {
    const { memory, chunks } = this.#store;
    const roomBytes = unitsOf(chunks, old) * unitBytes - extentHeaderBytes;
    const isOwn = !memory.isFrozen(old) && !memory.isShared(old);
    if (isOwn && newBytes <= roomBytes) return old;
    // What has grown once grows again.
    const spareBytes = newBytes > roomBytes ? newBytes >>> 3 : 0;
    const extent = memory.takeBytes(extentHeaderBytes + newBytes + spareBytes, blockKind.extent);
    const from = ((old & 0xffff) << 6) + extentHeaderBytes;
    const to = ((extent & 0xffff) << 6) + extentHeaderBytes;
    copyBytes(chunks.bytes[old >>> 16]!, from, from + oldBytes, chunks.bytes[extent >>> 16]!, to);
    if (memory.isFrozen(old)) memory.copiedBytes += oldBytes;
    memory.drop(old);
    return extent;
  }

  list(key: Uint8Array, create: boolean): ListValue | undefined {
    const spot = this.#spot(key, create, recordType.packedList);
    return spot && new ListHandle(this.#store, spot);
  }

  set(key: Uint8Array, create: boolean): SetValue | undefined {
    const spot = this.#spot(key, create, recordType.intset);
    return spot && new SetHandle(this.#store, spot);
  }

  hash(key: Uint8Array, create: boolean): HashValue | undefined {
    const spot = this.#spot(key, create, recordType.listpackHash);
    return spot && new HashHandle(this.#store, spot);
  }

  zset(key: Uint8Array, create: boolean): ZsetValue | undefined {
    const spot = this.#spot(key, create, recordType.listpackZset);
    return spot && new ZsetHandle(this.#store, spot);
  }

  stream(key: Uint8Array, create: boolean): StreamValue | undefined {
    const spot = this.#spot(key, create, recordType.stream);
    return spot && new StreamHandle(this.#store, spot);
  }

  setExpiry(key: Uint8Array, expireAtMs: Expiry): boolean {
    const { table } = this;
    const { scratch } = this.#store;
    const hash = table.hashOf(key, 0, key.length);
    if (!table.locate(hash, key, 0, key.length)) return false;
    if (expireAtMs === KEEP_EXPIRY) return true;
    this.#store.changed();
    const expires = expireAtMs !== NO_EXPIRY;
    const { bytes, record } = table;
    const typeAt = typeOf(bytes, record);
    if (!expires && typeAt === record) return true;
    if (expires && typeAt !== record) {
      table.ownLocated(hash);
      writeExpiry(table.bytes, table.record, expireAtMs);
      return true;
    }
    // The record's length changes: it leaves its page as a whole and may come back to another.
    scratch.clear();
    scratch.bytes(bytes, typeAt, recordEnd(bytes, record, 'key'));
    const headBytes = expires ? expiryBytes : 0;
    const special = isSpecial(bytes, record, 'key');
    const at = table.replace(hash, headBytes + scratch.length, special, expires);
    if (expires) writeExpiry(table.bytes, at, expireAtMs);
    copyBytes(scratch.buffer, 0, scratch.length, table.bytes, at + headBytes);
    return true;
  }

  remove(key: Uint8Array): boolean {
    const { table } = this;
    const hash = table.hashOf(key, 0, key.length);
    if (!table.locate(hash, key, 0, key.length)) return false;
    this.#store.changed();
    this.#dropReferences(table.bytes, table.record);
    table.erase(hash);
    return true;
  }

  rename(from: Uint8Array, to: Uint8Array, target: Database = this): void {
    assert(
      target instanceof PagedDatabase && target.#store === this.#store,
      'a key moves within its keyspace',
    );
    if (target === this && sameBytes(from, to)) return;
    const { table } = this;
    const store = this.#store;
    const hash = table.hashOf(from, 0, from.length);
    assert(table.locate(hash, from, 0, from.length), 'rename of a key that does not exist');
    store.changed();
    const { bytes, record } = table;
    const expire = hasExpiry(bytes, record, 'key') ? readExpiry(bytes, record) : NO_EXPIRY;
    const type = takeValue(bytes, record, store.value);
    const keyExtent = extentAddress(bytes, typeOf(bytes, record) + 1);
    if (keyExtent !== 0) store.memory.drop(keyExtent);
    table.erase(hash);
    target.#putValue(to, expire, type, store.value);
  }

  copy(from: Uint8Array, to: Uint8Array, target: Database = this): void {
    assert(
      target instanceof PagedDatabase && target.#store === this.#store,
      'a key is copied within its keyspace',
    );
    if (target === this && sameBytes(from, to)) return;
    const { table } = this;
    const store = this.#store;
    assert(
      table.locate(table.hashOf(from, 0, from.length), from, 0, from.length),
      'copy of a key that does not exist',
    );
    store.changed();
    const { bytes, record } = table;
    const expire = hasExpiry(bytes, record, 'key') ? readExpiry(bytes, record) : NO_EXPIRY;
    const type = takeValue(bytes, record, store.value);
    const value = store.value.buffer;
    switch (type) {
      case recordType.string:
        if (extentAddress(value, 0) !== 0) store.memory.share(extentAddress(value, 0));
        break;
      case recordType.largeSet:
        writeWord(value, 0, cloneNested(store, store.table('member').attach(readWord(value, 0))));
        break;
      case recordType.largeHash:
        writeWord(value, 0, cloneNested(store, store.table('field').attach(readWord(value, 0))));
        break;
      case recordType.expiringHash:
        for (const at of [0, 4])
          writeWord(value, at, cloneNested(store, store.table('field').attach(readWord(value, at))));
        break;
      case recordType.largeList:
        writeWord(value, 0, new ListTree(store, readWord(value, 0)).share());
        break;
      case recordType.largeZset:
        writeWord(value, 0, cloneNested(store, store.table('field').attach(readWord(value, 0))));
        writeWord(value, 4, new ListTree(store, readWord(value, 4)).share());
        break;
      case recordType.stream:
        writeWord(value, 0, cloneStream(store, readWord(value, 0)));
        break;
    }
    target.#putValue(to, expire, type, store.value);
  }

  clear(): void {
    const { table } = this;
    if (table.root === 0) return;
    this.#store.changed();
    forEachSpecial(table, (bytes, record) => this.#dropReferences(bytes, record));
    table.dropAll();
  }

  reserve(keys: number): void {
    this.#store.changed();
    this.table.reserve(keys, reservedRecordBytes);
  }

  scan(cursor: number, visit: (entry: Entry) => void): number {
    const entry = new StoredEntry(this.#store);
    return this.table.scan(cursor, (bytes, record) => visit(entry.point(bytes, record)));
  }

  forEach(visit: (entry: Entry) => void): void {
    const entry = new StoredEntry(this.#store);
    this.table.forEachRecord((bytes, record) => visit(entry.point(bytes, record)));
  }

  randomKey(draw: () => number): Uint8Array | undefined {
    if (this.size === 0) return undefined;
    this.table.locateRandom(draw);
    return this.#entry.point(this.table.bytes, this.table.record).key();
  }

  collectExpired(nowMs: number, pages: number): Uint8Array[] {
    const { table } = this;
    const { chunks } = this.#store;
    const expired: Uint8Array[] = [];
    if (table.expires === 0) return expired;
    const { width } = table;
    let left = pages;
    for (let step = 0; step < Math.min(width, pages * indexesPerPage) && left > 0; step++) {
      const index = this.#expireIndex % width;
      this.#expireIndex = index + 1;
      const page = table.pageWithPrefix(index);
      if (page === 0 || chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.expires] === 0) continue;
      left--;
      table.forEachInPage(page, (bytes, record) => {
        if (!hasExpiry(bytes, record, 'key') || readExpiry(bytes, record) >= nowMs) return;
        expired.push(copyStored(chunks, bytes, record + expiryBytes + 1));
      });
    }
    return expired;
  }

  get mayHaveFieldExpiries(): boolean {
    return (this.table.flags & fieldExpiryFlag) !== 0;
  }

  collectFieldExpiries(nowMs: number, pages: number): Uint8Array[] {
    const { table } = this;
    const { chunks } = this.#store;
    const keys: Uint8Array[] = [];
    if (!this.mayHaveFieldExpiries) return keys;
    const { width } = table;
    let left = pages;
    for (let step = 0; step < Math.min(width, pages * indexesPerPage) && left > 0; step++) {
      if (this.#fieldIndex >= width) this.#fieldIndex = 0;
      if (this.#fieldIndex === 0) {
        // After a round without one, they may all be gone, or have come behind the walk: then nobody need look again.
        if (!this.#metFieldExpiries && !hasExpiringHash(table)) {
          this.#metFieldExpiries = true;
          this.#store.changed();
          table.setFlags(table.flags & ~fieldExpiryFlag);
          return keys;
        }
        this.#metFieldExpiries = false;
      }
      const page = table.pageWithPrefix(this.#fieldIndex++);
      if (page === 0 || chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.specials] === 0)
        continue;
      left--;
      table.forEachInPage(page, (bytes, record) => {
        const typeAt = typeOf(bytes, record);
        if (bytes[typeAt] !== recordType.expiringHash) return;
        this.#metFieldExpiries = true;
        if (readNextExpiry(bytes, storedEnd(bytes, typeAt + 1)) < nowMs)
          keys.push(copyStored(chunks, bytes, typeAt + 1));
      });
    }
    return keys;
  }

  /** Exchanges contents with another database of the same keyspace. */
  swap(other: PagedDatabase): void {
    const { root } = this.table;
    this.table.attach(other.table.root);
    other.table.attach(root);
    const index = this.#expireIndex;
    this.#expireIndex = other.#expireIndex;
    other.#expireIndex = index;
  }

  /** The spot of a collection; made empty, in the form that small ones have, where it does not exist and is wanted. */
  #spot(key: Uint8Array, create: boolean, type: number): LiveSpot | undefined {
    const { table } = this;
    const store = this.#store;
    const hash = table.hashOf(key, 0, key.length);
    if (!table.locate(hash, key, 0, key.length)) {
      if (!create) return undefined;
      const { value } = store;
      value.clear();
      if (type === recordType.packedList) {
        value.byte(1);
        value.byte(2);
      }
      if (type === recordType.stream) {
        value.uint32LE(newStreamHead(store));
      } else if (type === recordType.intset) {
        value.byte(intsetHeaderBytes);
        appendEmptyIntset(value);
      } else {
        value.byte(listpackHeaderBytes + 1);
        appendSigned(value, listpackHeaderBytes + 1, 4);
        appendSigned(value, 0, 2);
        value.byte(listpackEnd);
      }
      store.changed();
      this.#putValue(key, NO_EXPIRY, type, value);
    }
    return new LiveSpot(store, table, key.slice(), hash);
  }

  /** Puts a whole value, as it stands in records, under a key, whatever was there. */
  #putValue(key: Uint8Array, expire: Expiry, type: number, value: ByteWriter): void {
    const { table } = this;
    const store = this.#store;
    const hash = table.hashOf(key, 0, key.length);
    const found = table.locate(hash, key, 0, key.length);
    let keyExtent = 0;
    if (found) {
      const { bytes, record } = table;
      const typeAt = typeOf(bytes, record);
      this.#dropValue(bytes, typeAt, storedEnd(bytes, typeAt + 1));
      keyExtent = extentAddress(bytes, typeAt + 1);
    } else if (key.length > store.tuning.extentThresholdBytes) {
      keyExtent = store.newExtent(key, 0, key.length);
    }
    const expires = expire !== NO_EXPIRY;
    const headBytes = (expires ? expiryBytes : 0) + 1 + keyBytes(keyExtent, key.length);
    const special =
      keyExtent !== 0 ||
      type > recordType.packedList ||
      (type === recordType.string && isOwnForm(value.buffer, 0));
    const length = headBytes + value.length;
    const at = found
      ? table.replace(hash, length, special, expires)
      : table.place(hash, length, special, expires);
    writeHead(table.bytes, at, expire, type, key, 0, key.length, keyExtent);
    copyBytes(value.buffer, 0, value.length, table.bytes, at + headBytes);
    if (type === recordType.expiringHash) table.setFlags(table.flags | fieldExpiryFlag);
  }

  /** Whether new content may be written into an extent: nobody else sees it, and it is neither too small nor far too large. */
  #fits(extent: number, length: number): boolean {
    if (this.#store.memory.isFrozen(extent) || this.#store.memory.isShared(extent)) return false;
    const sizeBytes = unitsOf(this.#store.chunks, extent) * unitBytes;
    return extentHeaderBytes + length <= sizeBytes && length * 2 + unitBytes > sizeBytes;
  }

  /** Drops all that a record refers to. */
  #dropReferences(bytes: Uint8Array, record: number): void {
    const typeAt = typeOf(bytes, record);
    const keyExtent = extentAddress(bytes, typeAt + 1);
    if (keyExtent !== 0) this.#store.memory.drop(keyExtent);
    this.#dropValue(bytes, typeAt, storedEnd(bytes, typeAt + 1));
  }

  #dropValue(bytes: Uint8Array, typeAt: number, valueAt: number): void {
    const store = this.#store;
    switch (bytes[typeAt]!) {
      case recordType.string: {
        const extent = extentAddress(bytes, valueAt);
        if (extent !== 0) store.memory.drop(extent);
        return;
      }
      case recordType.largeSet:
        dropNested(store, store.table('member').attach(readWord(bytes, valueAt)));
        return;
      case recordType.largeHash:
        dropNested(store, store.table('field').attach(readWord(bytes, valueAt)));
        return;
      case recordType.expiringHash:
        dropNested(store, store.table('field').attach(readWord(bytes, valueAt)));
        dropNested(store, store.table('field').attach(readWord(bytes, valueAt + 4)));
        return;
      case recordType.largeList:
        new ListTree(store, readWord(bytes, valueAt)).drop();
        return;
      case recordType.largeZset:
        dropNested(store, store.table('field').attach(readWord(bytes, valueAt)));
        new ListTree(store, readWord(bytes, valueAt + 4)).drop();
        return;
      case recordType.stream:
        dropStream(store, readWord(bytes, valueAt));
        return;
    }
  }
}

/** Bytes of the length that marks a string of that origin; 0 where it needs no mark. */
function markBytesFor(origin: StringOrigin, text: Uint8Array, start: number, end: number): number {
  if (origin === 'edited') return end - start <= embeddedBytes ? rawMarkBytes : 0;
  return integerText(text, start, end) === undefined ? 0 : textMarkBytes;
}

/** Bytes of a key in its record. */
function keyBytes(extent: number, length: number): number {
  return extent !== 0 ? extentReferenceBytes : lengthBytes(length) + length;
}

/** Copies a record's value into `value` and gives its type. */
function takeValue(bytes: Uint8Array, record: number, value: ByteWriter): number {
  const typeAt = typeOf(bytes, record);
  value.clear();
  value.bytes(bytes, storedEnd(bytes, typeAt + 1), recordEnd(bytes, record, 'key'));
  return bytes[typeAt]!;
}

function writeHead(
  bytes: Uint8Array,
  at: number,
  expireAtMs: Expiry,
  type: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  keyExtent: number,
): void {
  if (expireAtMs !== NO_EXPIRY) {
    writeExpiry(bytes, at, expireAtMs);
    at += expiryBytes;
  }
  bytes[at++] = type;
  if (keyExtent !== 0) writeExtentReference(bytes, at, keyExtent, keyEnd - keyStart);
  else copyBytes(key, keyStart, keyEnd, bytes, writeLength(bytes, at, keyEnd - keyStart));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
