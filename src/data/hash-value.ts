/**
 * Hashes: field to value.
 *
 *     listpackHash   an RDB string holding a listpack of fields and values in turn: what Redis calls listpack
 *     plainHash      length, then field and value strings in turn: once a field or value was longer than 64 bytes
 *     largeHash      address of a table: when the record would be longer than `smallCollectionBytes`
 *     expiringHash   as largeHash, with what field-expiries.ts says: while a field expires
 *
 * A hash that Redis would have turned from listpack to hashtable (512 fields, 64 bytes, unless configured) never turns back, however it is
 * stored here; a large one keeps that in its `compact` flag.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import { FieldExpiries, expiryTimeBytes, readNextExpiry, writeTime } from './field-expiries.ts';
import type { HashValue, HashView } from './keyspace.ts';
import { NO_EXPIRY } from './keyspace.ts';
import {
  appendEntry,
  entryCount,
  entryText,
  listpackEnd,
  listpackHeaderBytes,
  nextEntry,
} from './listpack.ts';
import { putField, removeNested } from './nested-table.ts';
import { findPair, splicePairs } from './packed-pairs.ts';
import { recordType, valueEnd } from './page.ts';
import type { LiveSpot, Spot } from './spot.ts';
import type { Store } from './store.ts';
import {
  contentStart,
  copyStored,
  integerOf,
  readLength,
  readWord,
  storedEnd,
  storedEquals,
  writeInteger,
  writeLength,
} from './stored-string.ts';
import type { Table } from './table.ts';
import type { CompactLimits } from './tuning.ts';
import type { TableContext } from './table-view.ts';
import { TableView, compactFlag, fieldExpiryFlag } from './table-view.ts';

export class HashReader implements HashView {
  protected readonly context: TableContext;
  protected readonly spot: Spot;
  #view: TableView | undefined;

  constructor(context: TableContext, spot: Spot) {
    this.context = context;
    this.spot = spot;
  }

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

  protected get type(): number {
    return this.spot.bytes[this.spot.typeAt]!;
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

  protected view(): TableView {
    this.#view ??= new TableView(this.context, 'field');
    return this.#view.attach(readWord(this.spot.bytes, this.spot.valueAt));
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

export class HashHandle extends HashReader implements HashValue {
  readonly #store: Store;
  declare protected readonly spot: LiveSpot;
  #nested: Table | undefined;

  constructor(store: Store, spot: LiveSpot) {
    super(store, spot);
    this.#store = store;
  }

  put(field: Uint8Array, value: Uint8Array, keepExpiry = false): boolean {
    this.spot.sync();
    if (this.isExpiring && !keepExpiry) this.#forget(field);
    switch (this.type) {
      case recordType.listpackHash:
        return this.#putInListpack(field, value);
      case recordType.plainHash:
        return this.#putPlain(field, value);
      default: {
        const nested = this.#ownNested();
        const isNew = putField(this.#store, nested, field, value);
        if (
          (nested.flags & compactFlag) !== 0 &&
          !isCompact(this.#store.limits, field, value, nested.records)
        )
          nested.setFlags(0);
        this.spot.writeAddress(nested.root);
        return isNew;
      }
    }
  }

  remove(field: Uint8Array): boolean {
    this.spot.sync();
    if (this.isExpiring) this.#forget(field);
    const { bytes } = this.spot;
    switch (this.type) {
      case recordType.listpackHash: {
        const at = findPair(this.context, this.spot, field);
        if (at < 0) return false;
        this.#store.probe.clear();
        const fitted = splicePairs(this.#store, this.spot, at, nextEntry(bytes, nextEntry(bytes, at)), -2);
        assert(fitted, 'a smaller listpack fits');
        return true;
      }
      case recordType.plainHash: {
        const at = this.findPlain(field);
        if (at < 0) return false;
        this.#store.probe.clear();
        const fitted = this.#splicePlain(at, storedEnd(bytes, storedEnd(bytes, at)), -1);
        assert(fitted, 'a smaller hash fits');
        return true;
      }
      default: {
        const nested = this.#ownNested();
        const removed = removeNested(this.#store, nested, field);
        this.spot.writeAddress(nested.root);
        return removed;
      }
    }
  }

  setFieldExpiry(field: Uint8Array, expireAtMs: number): boolean {
    if (!this.has(field)) return false;
    if (expireAtMs === NO_EXPIRY) {
      if (this.isExpiring) this.#forget(field);
      return true;
    }
    if (!this.isExpiring) this.#beginExpiring(expireAtMs);
    const next = Math.min(expireAtMs, this.nextExpiryMs);
    const time = new Uint8Array(expiryTimeBytes);
    writeTime(time, 0, expireAtMs);
    const expiries = this.#ownExpiries();
    putField(this.#store, expiries, field, time);
    this.#writeExpiries(expiries.root, next);
    return true;
  }

  removeExpired(nowMs: number): Uint8Array[] {
    const expired: Uint8Array[] = [];
    let next = Infinity;
    this.forEachExpiry((field, atMs) => {
      if (atMs < nowMs) expired.push(field);
      else next = Math.min(next, atMs);
    });
    for (const field of expired) this.remove(field);
    if (next !== Infinity) this.#writeExpiries(this.#ownExpiries().root, next);
    return expired;
  }

  /** Takes away the expiry that a field may have. With the last one the hash is a plain large one again. */
  #forget(field: Uint8Array): void {
    if (this.expiries().of(field) === NO_EXPIRY) return;
    const expiries = this.#ownExpiries();
    removeNested(this.#store, expiries, field);
    if (expiries.records > 0) {
      this.#writeExpiries(expiries.root, this.nextExpiryMs);
      return;
    }
    expiries.dropAll();
    this.spot.rewriteLarge(recordType.largeHash, readWord(this.spot.bytes, this.spot.valueAt));
  }

  /** Makes room for expiries. A hash without one has none for an instant, until the caller has put it. */
  #beginExpiring(nextMs: number): void {
    const store = this.#store;
    let root = 0;
    if (this.type === recordType.largeHash) {
      root = readWord(this.spot.bytes, this.spot.valueAt);
    } else {
      const nested = store.table('field');
      nested.plant();
      nested.setFlags(this.type === recordType.listpackHash ? compactFlag : 0);
      this.forEach((field, value) => void putField(store, nested, field, value));
      ({ root } = nested);
    }
    const expiries = store.table('field');
    expiries.plant();
    const time = new Uint8Array(expiryTimeBytes);
    writeTime(time, 0, nextMs);
    this.spot.flagTable(fieldExpiryFlag);
    this.spot.rewriteLarge(
      recordType.expiringHash,
      root,
      expiries.root,
      readWord(time, 0),
      readWord(time, 4),
    );
  }

  /** The table of expiries, in a record that may be written. */
  #ownExpiries(): Table {
    this.spot.own();
    return this.#store.table('field').attach(readWord(this.spot.bytes, this.spot.valueAt + 4));
  }

  #writeExpiries(root: number, nextMs: number): void {
    this.spot.writeAddress(root, 1);
    writeTime(this.spot.bytes, this.spot.valueAt + 8, nextMs);
  }

  #putInListpack(field: Uint8Array, value: Uint8Array): boolean {
    const at = findPair(this.context, this.spot, field);
    const { bytes, valueAt } = this.spot;
    const { probe } = this.#store;
    const isNew = at < 0;
    if (!isCompact(this.#store.limits, field, value, this.size + (isNew ? 1 : 0))) {
      this.#rebuild(field, value, false);
      return isNew;
    }
    let from: number;
    let to: number;
    if (isNew) {
      // The probe holds the field's entry already.
      const listpack = contentStart(bytes, valueAt);
      from = to = listpack + readWord(bytes, listpack) - 1;
    } else {
      probe.clear();
      from = nextEntry(bytes, at);
      to = nextEntry(bytes, from);
    }
    appendEntry(probe, value, 0, value.length);
    if (!splicePairs(this.#store, this.spot, from, to, isNew ? 2 : 0)) this.#rebuild(field, value, true);
    return isNew;
  }

  #putPlain(field: Uint8Array, value: Uint8Array): boolean {
    const at = this.findPlain(field);
    const { bytes, typeAt, valueAt } = this.spot;
    const { probe } = this.#store;
    const isNew = at < 0;
    if (field.length + value.length > this.#store.tuning.smallCollectionBytes) {
      this.#rebuild(field, value, false);
      return isNew;
    }
    probe.clear();
    let from: number;
    let to: number;
    if (isNew) {
      appendString(probe, field, false);
      from = to = valueEnd(bytes, bytes[typeAt]!, valueAt);
    } else {
      from = storedEnd(bytes, at);
      to = storedEnd(bytes, from);
    }
    appendString(probe, value, true);
    if (!this.#splicePlain(from, to, isNew ? 1 : 0)) this.#rebuild(field, value, false);
    return isNew;
  }

  #splicePlain(from: number, to: number, countDelta: number): boolean {
    const { bytes, typeAt, valueAt } = this.spot;
    const { probe } = this.#store;
    const end = valueEnd(bytes, bytes[typeAt]!, valueAt);
    const grows = probe.length > to - from;
    if (grows && end - valueAt - (to - from) + probe.length > this.#store.tuning.smallCollectionBytes)
      return false;
    const content = this.#store.value;
    content.clear();
    content.ensure(5);
    content.length = writeLength(content.buffer, 0, readLength(bytes, valueAt) + countDelta);
    content.bytes(bytes, contentStart(bytes, valueAt), from);
    content.bytes(probe.buffer, 0, probe.length);
    content.bytes(bytes, to, end);
    this.spot.rewrite(recordType.plainHash, content.buffer, 0, content.length);
    return true;
  }

  /** Stores all fields and the given one anew: as a plain hash where that is asked for and short enough, else large. */
  #rebuild(field: Uint8Array, value: Uint8Array, compact: boolean): void {
    const store = this.#store;
    const pairs: [Uint8Array, Uint8Array][] = [];
    let isNew = true;
    this.forEach((oldField, oldValue) => {
      const same = oldField.length === field.length && oldField.every((byte, i) => byte === field[i]);
      if (same) isNew = false;
      pairs.push([oldField, same ? value : oldValue]);
    });
    if (isNew) pairs.push([field, value]);
    // An integer may turn out shorter than its text, never longer.
    const length = pairs.reduce((sum, [name, text]) => sum + name.length + text.length + 2, 5);
    if (!compact && length <= store.tuning.smallCollectionBytes) {
      const content = store.value;
      content.clear();
      content.ensure(5);
      content.length = writeLength(content.buffer, 0, pairs.length);
      for (const [name, text] of pairs) {
        appendString(content, name, false);
        appendString(content, text, true);
      }
      this.spot.rewrite(recordType.plainHash, content.buffer, 0, content.length);
      return;
    }
    const nested = store.table('field');
    nested.plant();
    nested.setFlags(compact ? compactFlag : 0);
    for (const [name, text] of pairs) putField(store, nested, name, text);
    this.spot.rewriteLarge(recordType.largeHash, nested.root);
  }

  #ownNested(): Table {
    this.spot.own();
    this.#nested ??= this.#store.table('field');
    return this.#nested.attach(readWord(this.spot.bytes, this.spot.valueAt));
  }
}

function isCompact(limits: CompactLimits, field: Uint8Array, value: Uint8Array, size: number): boolean {
  const { hashMaxListpackEntries, hashMaxListpackValueBytes: longest } = limits;
  return field.length <= longest && value.length <= longest && size <= hashMaxListpackEntries;
}

/** Appends a stored string, as an integer where it is one and may be. */
export function appendString(writer: ByteWriter, text: Uint8Array, mayBeInteger: boolean): void {
  writer.ensure(text.length + 5);
  const integer = mayBeInteger ? integerOf(text, 0, text.length) : undefined;
  if (integer !== undefined) {
    writer.length = writeInteger(writer.buffer, writer.length, integer);
    return;
  }
  writer.length = writeLength(writer.buffer, writer.length, text.length);
  writer.bytes(text, 0, text.length);
}
