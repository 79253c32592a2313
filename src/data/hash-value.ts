/** Hashes that can be changed: from one form to the next as they grow. The forms stand in `hash-reader.ts`. */
import { assert } from './assert.ts';
import { expiryTimeBytes, writeTime } from './field-expiries.ts';
import { HashReader } from './hash-reader.ts';
import type { HashValue } from './keyspace.ts';
import { NO_EXPIRY } from './keyspace.ts';
import { appendEntry, nextEntry } from './listpack.ts';
import { putField, removeNested } from './nested-table.ts';
import { findPair, splicePairs } from './packed-pairs.ts';
import { recordType, valueEnd } from './page.ts';
import type { LiveSpot } from './spot.ts';
import type { Store } from './store.ts';
import { appendString, contentStart, readLength, readWord, storedEnd, writeLength } from './stored-string.ts';
import type { Table } from './table.ts';
import { compactFlag, fieldExpiryFlag } from './table-view.ts';
import type { CompactLimits } from './tuning.ts';

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
