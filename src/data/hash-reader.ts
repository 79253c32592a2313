/**
 * Hashes, field to value: how they are stored, and how they are read. What changes one is `hash-value.ts`.
 *
 *     listpackHash   an RDB string holding a listpack of fields and values in turn: what Redis calls listpack
 *     plainHash      length, then field and value strings in turn: once a field or value was longer than 64 bytes
 *     largeHash      address of a table: when the record would be longer than `smallCollectionBytes`
 *     expiringHash   as largeHash, with what field-expiries.ts says: while a field expires
 *
 * A hash that Redis would have turned from listpack to hashtable (512 fields, 64 bytes, unless configured) never turns back, however it is
 * stored here; a large one keeps that in its `compact` flag.
 */
import { assert } from './assert.ts';
import { FieldExpiries, readNextExpiry } from './field-expiries.ts';
import type { HashView } from './keyspace.ts';
import { NO_EXPIRY } from './keyspace.ts';
import { entryCount, entryText, listpackEnd, listpackHeaderBytes, nextEntry } from './listpack.ts';
import { findPair } from './packed-pairs.ts';
import { recordType } from './page.ts';
import { contentStart, copyStored, readLength, readWord, storedEnd, storedEquals } from './stored-string.ts';
import { TableReader } from './table-reader.ts';

export class HashReader extends TableReader implements HashView {
  protected readonly recordKind = 'field';

  get size(): number {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    switch (this.type) {
      case recordType.listpackHash:
        return entryCount(bytes, contentStart(bytes, valueAt)) >>> 1;
      case recordType.plainHash:
        return readLength(bytes, valueAt);
      default:
        return this.view().records;
    }
  }

  get(field: Uint8Array): Uint8Array | undefined {
    this.spot.sync();
    const { bytes } = this.spot;
    switch (this.type) {
      case recordType.listpackHash: {
        const at = findPair(this.context, this.spot, field);
        return at < 0 ? undefined : entryText(bytes, nextEntry(bytes, at));
      }
      case recordType.plainHash: {
        const at = this.findPlain(field);
        return at < 0 ? undefined : copyStored(this.context.chunks, bytes, storedEnd(bytes, at));
      }
      default: {
        const view = this.view();
        if (!view.locate(view.hashOf(field, 0, field.length), field, 0, field.length)) return undefined;
        return copyStored(this.context.chunks, view.bytes, storedEnd(view.bytes, view.record));
      }
    }
  }

  has(field: Uint8Array): boolean {
    this.spot.sync();
    switch (this.type) {
      case recordType.listpackHash:
        return findPair(this.context, this.spot, field) >= 0;
      case recordType.plainHash:
        return this.findPlain(field) >= 0;
      default: {
        const view = this.view();
        return view.locate(view.hashOf(field, 0, field.length), field, 0, field.length);
      }
    }
  }

  get nextExpiryMs(): number {
    this.spot.sync();
    return this.isExpiring ? readNextExpiry(this.spot.bytes, this.spot.valueAt) : NO_EXPIRY;
  }

  fieldExpiry(field: Uint8Array): number {
    this.spot.sync();
    return this.isExpiring ? this.expiries().of(field) : NO_EXPIRY;
  }

  forEachExpiry(visit: (field: Uint8Array, expireAtMs: number) => boolean | void): void {
    this.spot.sync();
    if (this.isExpiring) this.expiries().forEach(visit);
  }

  forEach(visit: (field: Uint8Array, value: Uint8Array) => boolean | void): void {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    const { chunks } = this.context;
    switch (this.type) {
      case recordType.listpackHash: {
        const listpack = contentStart(bytes, valueAt);
        for (let at = listpack + listpackHeaderBytes; bytes[at] !== listpackEnd;) {
          const value = nextEntry(bytes, at);
          if (visit(entryText(bytes, at), entryText(bytes, value)) === false) return;
          at = nextEntry(bytes, value);
        }
        return;
      }
      case recordType.plainHash: {
        let at = contentStart(bytes, valueAt);
        for (let left = readLength(bytes, valueAt); left > 0; left--) {
          const value = storedEnd(bytes, at);
          if (visit(copyStored(chunks, bytes, at), copyStored(chunks, bytes, value)) === false) return;
          at = storedEnd(bytes, value);
        }
        return;
      }
      default:
        this.view().forEachRecord((page, at) =>
          visit(copyStored(chunks, page, at), copyStored(chunks, page, storedEnd(page, at))),
        );
    }
  }

  random(draw: () => number): { field: Uint8Array; value: Uint8Array } {
    const { size } = this;
    assert(size > 0, 'a random field of an empty hash');
    if (this.isTable) {
      const view = this.view();
      view.locateRandom(draw);
      const { bytes, record } = view;
      return {
        field: copyStored(this.context.chunks, bytes, record),
        value: copyStored(this.context.chunks, bytes, storedEnd(bytes, record)),
      };
    }
    let left = Math.floor(draw() * size);
    let drawn: { field: Uint8Array; value: Uint8Array } | undefined;
    this.forEach((field, value) => {
      if (left-- > 0) return true;
      drawn = { field, value };
      return false;
    });
    assert(drawn !== undefined, 'a hash has as many fields as it says');
    return drawn;
  }

  scan(cursor: number, visit: (field: Uint8Array, value: Uint8Array) => void): number {
    this.spot.sync();
    if (this.isTable) {
      const { chunks } = this.context;
      return this.view().scan(cursor, (page, at) =>
        visit(copyStored(chunks, page, at), copyStored(chunks, page, storedEnd(page, at))),
      );
    }
    this.forEach((field, value) => visit(field, value));
    return 0;
  }

  protected get isExpiring(): boolean {
    return this.type === recordType.expiringHash;
  }

  protected get isTable(): boolean {
    return this.isExpiring || this.type === recordType.largeHash;
  }

  protected expiries(): FieldExpiries {
    return new FieldExpiries(this.context, readWord(this.spot.bytes, this.spot.valueAt + 4));
  }

  /** Place of the field's string, or -1. */
  protected findPlain(field: Uint8Array): number {
    const { bytes, valueAt } = this.spot;
    let at = contentStart(bytes, valueAt);
    for (let left = readLength(bytes, valueAt); left > 0; left--) {
      if (storedEquals(this.context.chunks, bytes, at, field, 0, field.length)) return at;
      at = storedEnd(bytes, storedEnd(bytes, at));
    }
    return -1;
  }
}
