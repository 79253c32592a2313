/**
 * Where a collection's record stands.
 *
 * A `FixedSpot` is for reading what does not move: an image's record, or a live one until something changes. A `LiveSpot`
 * belongs to a key: it finds the record again when anything in the keyspace has changed since it last looked, and it is the
 * only one through which a collection's record is written.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import { copyBytes } from './chunks.ts';
import { hasExpiry, isSpecial, recordEnd, typeOf } from './page.ts';
import type { Store } from './store.ts';
import { storedEnd, writeWord } from './stored-string.ts';
import type { Table } from './table.ts';

export interface Spot {
  /** Call before reading the fields. */
  sync(): void;
  readonly bytes: Uint8Array;
  /** Place of the type byte. */
  readonly typeAt: number;
  /** Place of the value. */
  readonly valueAt: number;
}

export class FixedSpot implements Spot {
  readonly bytes: Uint8Array;
  readonly typeAt: number;
  readonly valueAt: number;

  constructor(bytes: Uint8Array, typeAt: number) {
    this.bytes = bytes;
    this.typeAt = typeAt;
    this.valueAt = storedEnd(bytes, typeAt + 1);
  }

  sync(): void {}
}

export class LiveSpot implements Spot {
  readonly store: Store;
  bytes: Uint8Array;
  typeAt = 0;
  valueAt = 0;
  readonly #table: Table;
  readonly #key: Uint8Array;
  readonly #hash: number;
  #stamp = -1;

  constructor(store: Store, table: Table, key: Uint8Array, hash: number) {
    this.store = store;
    this.bytes = key;
    this.#table = table;
    this.#key = key;
    this.#hash = hash;
  }

  sync(): void {
    if (this.#stamp !== this.store.stamp) this.#locate();
  }

  #locate(): void {
    assert(
      this.#table.locate(this.#hash, this.#key, 0, this.#key.length),
      'a collection was used after its key was removed',
    );
    this.#refresh();
  }

  #refresh(): void {
    this.bytes = this.#table.bytes;
    this.typeAt = typeOf(this.bytes, this.#table.record);
    this.valueAt = storedEnd(this.bytes, this.typeAt + 1);
    this.#stamp = this.store.stamp;
  }

  /** Makes the record's page writable in place and finds the record in it. */
  own(): void {
    this.store.memory.freeSome();
    this.#locate();
    if (!this.store.memory.isFrozen(this.#table.page)) return;
    this.#table.ownLocated(this.#hash);
    this.store.changed();
    this.#refresh();
  }

  /** Keeps expiry and key, and puts the type and value that `value` holds in place of what is there. */
  rewrite(type: number, value: Uint8Array, start: number, end: number): void {
    this.#locate();
    const { scratch } = this.store;
    scratch.clear();
    scratch.bytes(this.bytes, this.#table.record, this.valueAt);
    scratch.buffer[this.typeAt - this.#table.record] = type;
    scratch.bytes(value, start, end);
    this.#put(scratch);
  }

  /** As `rewrite`, with the addresses of a large collection's structures for a value. */
  rewriteLarge(type: number, ...addresses: readonly number[]): void {
    const { value } = this.store;
    value.clear();
    value.ensure(4 * addresses.length);
    for (const address of addresses) {
      writeWord(value.buffer, value.length, address);
      value.length += 4;
    }
    this.rewrite(type, value.buffer, 0, value.length);
  }

  /** Notes in the flags of the database's table what this record is going to be. */
  flagTable(flag: number): void {
    if ((this.#table.flags & flag) !== 0) return;
    this.#table.setFlags(this.#table.flags | flag);
    this.store.changed();
  }

  #put(record: ByteWriter): void {
    const { buffer, length } = record;
    assert(recordEnd(buffer, 0, 'key') === length, 'a record is as long as its parts');
    const at = this.#table.replace(
      this.#hash,
      length,
      isSpecial(buffer, 0, 'key'),
      hasExpiry(buffer, 0, 'key'),
    );
    copyBytes(buffer, 0, length, this.#table.bytes, at);
    this.store.changed();
    this.#refresh();
  }

  /** Writes the address of a large collection's structure, the first unless said, where it stands. The record is owned. */
  writeAddress(address: number, index = 0): void {
    writeWord(this.bytes, this.valueAt + 4 * index, address);
  }
}
