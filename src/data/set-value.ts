/**
 * Sets of members.
 *
 *     intset     an RDB string holding an intset: while all members are integers and at most `setMaxIntsetEntries`, as in Redis
 *     plainSet   length, then the members as strings: Redis 7.0 has no other form for a small set of texts
 *     largeSet   address of a table: when the record would be longer than `smallCollectionBytes`
 *
 * A set that Redis would have turned from intset to hashtable never turns back; a large one keeps that in its `compact`
 * flag.
 */
import { assert } from './assert.ts';
import {
  appendIntsetWith,
  appendIntsetWithout,
  intsetHas,
  intsetHeaderBytes,
  intsetSearch,
  intsetSize,
  intsetText,
} from './intset.ts';
import type { SetValue, SetView, Visit } from './keyspace.ts';
import { integerText } from './listpack.ts';
import { putMember, removeNested } from './nested-table.ts';
import { recordType, valueEnd } from './page.ts';
import type { LiveSpot } from './spot.ts';
import type { Store } from './store.ts';
import {
  appendString,
  contentStart,
  copyStored,
  lengthBytes,
  readLength,
  readWord,
  storedEnd,
  storedEquals,
  writeLength,
} from './stored-string.ts';
import type { Table } from './table.ts';
import { TableReader } from './table-reader.ts';
import { compactFlag } from './table-view.ts';

export class SetReader extends TableReader implements SetView {
  protected readonly recordKind = 'member';

  get size(): number {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    switch (this.type) {
      case recordType.intset:
        return intsetSize(bytes, contentStart(bytes, valueAt));
      case recordType.plainSet:
        return readLength(bytes, valueAt);
      default:
        return this.view().records;
    }
  }

  has(member: Uint8Array): boolean {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    switch (this.type) {
      case recordType.intset: {
        const value = integerText(member, 0, member.length);
        return value !== undefined && intsetHas(bytes, contentStart(bytes, valueAt), value);
      }
      case recordType.plainSet:
        return this.findPlain(member) >= 0;
      default: {
        const view = this.view();
        return view.locate(view.hashOf(member, 0, member.length), member, 0, member.length);
      }
    }
  }

  forEach(visit: Visit<Uint8Array>): void {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    const { chunks } = this.context;
    switch (this.type) {
      case recordType.intset: {
        const intset = contentStart(bytes, valueAt);
        const size = intsetSize(bytes, intset);
        for (let i = 0; i < size; i++) if (visit(intsetText(bytes, intset, i)) === false) return;
        return;
      }
      case recordType.plainSet: {
        let at = contentStart(bytes, valueAt);
        for (let left = readLength(bytes, valueAt); left > 0; left--) {
          if (visit(copyStored(chunks, bytes, at)) === false) return;
          at = storedEnd(bytes, at);
        }
        return;
      }
      default:
        this.view().forEachRecord((page, at) => visit(copyStored(chunks, page, at)));
    }
  }

  random(draw: () => number): Uint8Array {
    const { size } = this;
    assert(size > 0, 'a random member of an empty set');
    const { bytes, valueAt } = this.spot;
    const { chunks } = this.context;
    switch (this.type) {
      case recordType.intset:
        return intsetText(bytes, contentStart(bytes, valueAt), Math.floor(draw() * size));
      case recordType.plainSet: {
        let at = contentStart(bytes, valueAt);
        for (let left = Math.floor(draw() * size); left > 0; left--) at = storedEnd(bytes, at);
        return copyStored(chunks, bytes, at);
      }
      default: {
        const view = this.view();
        view.locateRandom(draw);
        return copyStored(chunks, view.bytes, view.record);
      }
    }
  }

  scan(cursor: number, visit: (member: Uint8Array) => void): number {
    this.spot.sync();
    if (this.type === recordType.largeSet) {
      const { chunks } = this.context;
      return this.view().scan(cursor, (page, at) => visit(copyStored(chunks, page, at)));
    }
    this.forEach((member) => visit(member));
    return 0;
  }

  /** Place of the member's string, or -1. */
  protected findPlain(member: Uint8Array): number {
    const { bytes, valueAt } = this.spot;
    let at = contentStart(bytes, valueAt);
    for (let left = readLength(bytes, valueAt); left > 0; left--) {
      if (storedEquals(this.context.chunks, bytes, at, member, 0, member.length)) return at;
      at = storedEnd(bytes, at);
    }
    return -1;
  }
}

export class SetHandle extends SetReader implements SetValue {
  readonly #store: Store;
  declare protected readonly spot: LiveSpot;
  #nested: Table | undefined;

  constructor(store: Store, spot: LiveSpot) {
    super(store, spot);
    this.#store = store;
  }

  add(member: Uint8Array): boolean {
    this.spot.sync();
    switch (this.type) {
      case recordType.intset:
        return this.#addToIntset(member);
      case recordType.plainSet:
        return this.#addPlain(member);
      default: {
        const nested = this.#ownNested();
        const isNew = putMember(this.#store, nested, member);
        if (isNew && (nested.flags & compactFlag) !== 0) {
          if (
            nested.records > this.#store.limits.setMaxIntsetEntries ||
            integerText(member, 0, member.length) === undefined
          )
            nested.setFlags(0);
        }
        this.spot.writeAddress(nested.root);
        return isNew;
      }
    }
  }

  remove(member: Uint8Array): boolean {
    this.spot.sync();
    const { bytes, valueAt } = this.spot;
    const content = this.#store.value;
    switch (this.type) {
      case recordType.intset: {
        const value = integerText(member, 0, member.length);
        const intset = contentStart(bytes, valueAt);
        if (value === undefined || !intsetHas(bytes, intset, value)) return false;
        const count = intsetSize(bytes, intset) - 1;
        this.#beginIntset(intsetHeaderBytes + count * bytes[intset]!);
        appendIntsetWithout(content, bytes, intset, intsetSearch(bytes, intset, value));
        this.spot.rewrite(recordType.intset, content.buffer, 0, content.length);
        return true;
      }
      case recordType.plainSet: {
        const at = this.findPlain(member);
        if (at < 0) return false;
        this.#beginPlain(readLength(bytes, valueAt) - 1);
        content.bytes(bytes, contentStart(bytes, valueAt), at);
        content.bytes(bytes, storedEnd(bytes, at), valueEnd(bytes, recordType.plainSet, valueAt));
        this.spot.rewrite(recordType.plainSet, content.buffer, 0, content.length);
        return true;
      }
      default: {
        const nested = this.#ownNested();
        const removed = removeNested(this.#store, nested, member);
        this.spot.writeAddress(nested.root);
        return removed;
      }
    }
  }

  #addToIntset(member: Uint8Array): boolean {
    const { bytes, valueAt } = this.spot;
    const intset = contentStart(bytes, valueAt);
    const value = integerText(member, 0, member.length);
    if (value !== undefined && intsetHas(bytes, intset, value)) return false;
    const size = intsetSize(bytes, intset);
    const compact = value !== undefined && size < this.#store.limits.setMaxIntsetEntries;
    if (!compact) {
      this.#rebuild(member, false);
      return true;
    }
    const grown = this.#store.probe;
    grown.clear();
    appendIntsetWith(grown, bytes, intset, value);
    if (grown.length > this.#store.tuning.smallCollectionBytes && size > 0) {
      this.#rebuild(member, true);
      return true;
    }
    this.#beginIntset(grown.length);
    this.#store.value.bytes(grown.buffer, 0, grown.length);
    this.spot.rewrite(recordType.intset, this.#store.value.buffer, 0, this.#store.value.length);
    return true;
  }

  #addPlain(member: Uint8Array): boolean {
    if (this.findPlain(member) >= 0) return false;
    const { bytes, valueAt } = this.spot;
    const end = valueEnd(bytes, recordType.plainSet, valueAt);
    if (
      end - valueAt + lengthBytes(member.length) + member.length >
      this.#store.tuning.smallCollectionBytes
    ) {
      this.#rebuild(member, false);
      return true;
    }
    const content = this.#store.value;
    this.#beginPlain(readLength(bytes, valueAt) + 1);
    content.bytes(bytes, contentStart(bytes, valueAt), end);
    appendString(content, member, false);
    this.spot.rewrite(recordType.plainSet, content.buffer, 0, content.length);
    return true;
  }

  /** Stores all members and the new one anew: as a plain set where that is asked for and short enough, else large. */
  #rebuild(member: Uint8Array, compact: boolean): void {
    const store = this.#store;
    const members: Uint8Array[] = [];
    this.forEach((old) => void members.push(old));
    members.push(member);
    if (!compact) {
      const length = members.reduce(
        (sum, { length }) => sum + lengthBytes(length) + length,
        lengthBytes(members.length),
      );
      if (length <= store.tuning.smallCollectionBytes) {
        this.#beginPlain(members.length);
        for (const each of members) appendString(store.value, each, false);
        this.spot.rewrite(recordType.plainSet, store.value.buffer, 0, store.value.length);
        return;
      }
    }
    const nested = store.table('member');
    nested.plant();
    nested.setFlags(compact ? compactFlag : 0);
    for (const each of members) putMember(store, nested, each);
    this.spot.rewriteLarge(recordType.largeSet, nested.root);
  }

  #beginIntset(intsetBytes: number): void {
    const { value } = this.#store;
    value.clear();
    value.ensure(5);
    value.length = writeLength(value.buffer, 0, intsetBytes);
  }

  #beginPlain(count: number): void {
    const { value } = this.#store;
    value.clear();
    value.ensure(5);
    value.length = writeLength(value.buffer, 0, count);
  }

  #ownNested(): Table {
    this.spot.own();
    this.#nested ??= this.#store.table('member');
    return this.#nested.attach(readWord(this.spot.bytes, this.spot.valueAt));
  }
}
