/** A key as it stands in a page: the Entry of a database and of an image. Reads on demand, holds no copy. */
import { parseInteger } from '../bytes/integer.ts';
import type { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import { readNextExpiry } from './field-expiries.ts';
import { HashReader } from './hash-reader.ts';
import type { Entry, Expiry, HashView, ListView, SetView, ValueType, ZsetView } from './keyspace.ts';
import { NO_EXPIRY } from './keyspace.ts';
import { ListReader } from './list-value.ts';
import { integerText } from './listpack.ts';
import { readExpiry, recordType, typeOf } from './page.ts';
import { SetReader } from './set-value.ts';
import { FixedSpot } from './spot.ts';
import {
  appendStored,
  contentStart,
  copyStored,
  copyStoredRange,
  embeddedBytes,
  isIntegerForm,
  isMarked,
  rawMarkBytes,
  readWord,
  storedEnd,
  storedInteger,
  storedLength,
} from './stored-string.ts';
import type { StreamView } from './stream.ts';
import { StreamReader } from './stream-view.ts';
import type { TableContext } from './table-view.ts';
import { TableView, compactFlag } from './table-view.ts';
import { ZsetReader } from './zset-value.ts';

export class StoredEntry implements Entry {
  readonly #context: TableContext;
  #bytes: Uint8Array;
  #record = 0;
  #typeAt = 0;

  constructor(context: TableContext) {
    this.#context = context;
    this.#bytes = context.chunks.bytes[0]!;
  }

  /** Makes this the entry of the record at `record`. */
  point(bytes: Uint8Array, record: number): this {
    this.#bytes = bytes;
    this.#record = record;
    this.#typeAt = typeOf(bytes, record);
    return this;
  }

  get type(): ValueType {
    return valueTypeOf(this.#recordType);
  }

  get expireAtMs(): Expiry {
    return this.#typeAt === this.#record ? NO_EXPIRY : readExpiry(this.#bytes, this.#record);
  }

  key(): Uint8Array {
    return copyStored(this.#context.chunks, this.#bytes, this.#typeAt + 1);
  }

  stringLength(): number {
    return storedLength(this.#bytes, this.#stringAt());
  }

  stringBytes(): Uint8Array {
    return copyStored(this.#context.chunks, this.#bytes, this.#stringAt());
  }

  stringRange(start: number, end: number): Uint8Array {
    return copyStoredRange(this.#context.chunks, this.#bytes, this.#stringAt(), start, end);
  }

  writeString(writer: ByteWriter): void {
    appendStored(this.#context.chunks, this.#bytes, this.#stringAt(), writer);
  }

  stringInteger(): number | undefined {
    const at = this.#stringAt();
    if (isIntegerForm(this.#bytes[at]!)) return storedInteger(this.#bytes, at);
    if (storedLength(this.#bytes, at) > 16) return undefined;
    return parseInteger(this.stringBytes());
  }

  get fieldExpiryMs(): number {
    if (this.#recordType !== recordType.expiringHash) return NO_EXPIRY;
    return readNextExpiry(this.#bytes, this.#valueAt);
  }

  encoding(): string {
    switch (this.#recordType) {
      case recordType.string: {
        const at = this.#stringAt();
        if (isMarked(this.#bytes, at))
          return contentStart(this.#bytes, at) - at === rawMarkBytes ? 'raw' : 'embstr';
        const length = storedLength(this.#bytes, at);
        if (isIntegerForm(this.#bytes[at]!)) return 'int';
        if (length <= 20 && integerText(this.stringBytes(), 0, length) !== undefined) return 'int';
        return length <= embeddedBytes ? 'embstr' : 'raw';
      }
      case recordType.intset:
        return 'intset';
      case recordType.listpackHash:
      case recordType.listpackZset:
        return 'listpack';
      case recordType.largeSet:
        return this.#isCompact() ? 'intset' : 'hashtable';
      case recordType.largeHash:
        return this.#isCompact() ? 'listpack' : 'hashtable';
      case recordType.expiringHash:
        return this.#isCompact() ? 'listpackex' : 'hashtable';
      case recordType.largeZset:
        return this.#isCompact() ? 'listpack' : 'skiplist';
      case recordType.packedList:
      case recordType.largeList:
        return 'quicklist';
      case recordType.stream:
        return 'stream';
      default:
        return 'hashtable';
    }
  }

  list(): ListView {
    assert(this.type === 'list', `a list is wanted, the key holds a ${this.type}`);
    return new ListReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
  }

  set(): SetView {
    assert(this.type === 'set', `a set is wanted, the key holds a ${this.type}`);
    return new SetReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
  }

  hash(): HashView {
    assert(this.type === 'hash', `a hash is wanted, the key holds a ${this.type}`);
    return new HashReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
  }

  zset(): ZsetView {
    assert(this.type === 'zset', `a sorted set is wanted, the key holds a ${this.type}`);
    return new ZsetReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
  }

  stream(): StreamView {
    assert(this.type === 'stream', `a stream is wanted, the key holds a ${this.type}`);
    return new StreamReader(this.#context, new FixedSpot(this.#bytes, this.#typeAt));
  }

  get #recordType(): number {
    return this.#bytes[this.#typeAt]!;
  }

  get #valueAt(): number {
    return storedEnd(this.#bytes, this.#typeAt + 1);
  }

  #stringAt(): number {
    assert(this.#recordType === recordType.string, `a string is wanted, the key holds a ${this.type}`);
    return this.#valueAt;
  }

  #isCompact(): boolean {
    const root = readWord(this.#bytes, this.#valueAt);
    return (new TableView(this.#context, 'member').attach(root).flags & compactFlag) !== 0;
  }
}

export function valueTypeOf(type: number): ValueType {
  switch (type) {
    case recordType.string:
      return 'string';
    case recordType.packedList:
    case recordType.largeList:
      return 'list';
    case recordType.intset:
    case recordType.plainSet:
    case recordType.largeSet:
      return 'set';
    case recordType.listpackZset:
    case recordType.largeZset:
      return 'zset';
    case recordType.stream:
      return 'stream';
    default:
      return 'hash';
  }
}
