/**
 * Sorted sets: member to score, in order.
 *
 *     listpackZset   an RDB string holding a listpack of members and scores in turn, in order: what Redis calls listpack
 *     largeZset      addresses of a table from member to score and of a tree that has the order: once Redis would keep a
 *                    skiplist, or when the record would be longer than `smallCollectionBytes`
 *
 * A sorted set that Redis would have turned from listpack to skiplist (`CompactLimits`) never turns back; a large one keeps
 * that in the `compact` flag of its table.
 */
import { assert } from './assert.ts';
import type { VisitScored, ZsetValue, ZsetView } from './keyspace.ts';
import { ListTree } from './list-tree.ts';
import { walkList, walkListBackward } from './list-view.ts';
import {
  appendEntry,
  entryCount,
  entryText,
  listpackHeaderBytes,
  nextEntry,
  previousEntry,
  withEntry,
} from './listpack.ts';
import { putField, removeNested } from './nested-table.ts';
import { findPair, splicePairs } from './packed-pairs.ts';
import { recordType } from './page.ts';
import type { IsBefore } from './score.ts';
import { comesBefore, entryScore, readScore, scoreBytes, scoreText, writeScore } from './score.ts';
import type { LiveSpot } from './spot.ts';
import type { Store } from './store.ts';
import { contentStart, copyStored, readWord, storedEnd } from './stored-string.ts';
import type { Table } from './table.ts';
import { TableReader } from './table-reader.ts';
import { compactFlag } from './table-view.ts';
import { countBefore, orderElement } from './zset-tree.ts';

export class ZsetReader extends TableReader implements ZsetView {
  protected readonly recordKind = 'field';

  get size(): number {
    this.spot.sync();
    return this.isLarge ? this.view().records : entryCount(this.spot.bytes, this.listpack) >>> 1;
  }

  get isCompact(): boolean {
    this.spot.sync();
    return !this.isLarge || (this.view().flags & compactFlag) !== 0;
  }

  score(member: Uint8Array): number | undefined {
    this.spot.sync();
    if (!this.isLarge) {
      const { bytes } = this.spot;
      const at = findPair(this.context, this.spot, member);
      return at < 0 ? undefined : entryScore(bytes, nextEntry(bytes, at));
    }
    const view = this.view();
    if (!view.locate(view.hashOf(member, 0, member.length), member, 0, member.length)) return undefined;
    return this.scoreOf(view.bytes, view.record);
  }

  rank(member: Uint8Array): number | undefined {
    const score = this.score(member);
    return score === undefined ? undefined : this.countBefore(comesBefore(score, member));
  }

  countBefore(isBefore: IsBefore): number {
    const { size } = this;
    if (this.isLarge) return countBefore(this.context.chunks, this.tree, isBefore);
    const { bytes } = this.spot;
    let at = this.listpack + listpackHeaderBytes;
    for (let rank = 0; rank < size; rank++) {
      const scoreAt = nextEntry(bytes, at);
      const score = entryScore(bytes, scoreAt);
      if (!withEntry(bytes, at, (text, start, end) => isBefore(score, text, start, end))) return rank;
      at = nextEntry(bytes, scoreAt);
    }
    return size;
  }

  forEach(visit: VisitScored, from = 0): void {
    const { size } = this;
    if (this.isLarge) {
      walkList(this.context.chunks, this.tree, from, (element, rank) =>
        visit(element.subarray(scoreBytes), readScore(element, 0), rank),
      );
      return;
    }
    const { bytes } = this.spot;
    let at = this.place(Math.min(from, size));
    for (let rank = from; rank < size; rank++) {
      const scoreAt = nextEntry(bytes, at);
      if (visit(entryText(bytes, at), entryScore(bytes, scoreAt), rank) === false) return;
      at = nextEntry(bytes, scoreAt);
    }
  }

  forEachBackward(visit: VisitScored, from: number = this.size - 1): void {
    const { size } = this;
    if (this.isLarge) {
      walkListBackward(this.context.chunks, this.tree, from, (element, rank) =>
        visit(element.subarray(scoreBytes), readScore(element, 0), rank),
      );
      return;
    }
    const { bytes } = this.spot;
    const start = Math.min(from, size - 1);
    let at = this.place(start + 1);
    for (let rank = start; rank >= 0; rank--) {
      const scoreAt = previousEntry(bytes, at);
      at = previousEntry(bytes, scoreAt);
      if (visit(entryText(bytes, at), entryScore(bytes, scoreAt), rank) === false) return;
    }
  }

  random(draw: () => number): { member: Uint8Array; score: number } {
    const { size } = this;
    assert(size > 0, 'a random element of an empty sorted set');
    if (this.isLarge) {
      const view = this.view();
      view.locateRandom(draw);
      return {
        member: copyStored(this.context.chunks, view.bytes, view.record),
        score: this.scoreOf(view.bytes, view.record),
      };
    }
    const { bytes } = this.spot;
    const at = this.place(Math.floor(draw() * size));
    return { member: entryText(bytes, at), score: entryScore(bytes, nextEntry(bytes, at)) };
  }

  scan(cursor: number, visit: (member: Uint8Array, score: number) => void): number {
    this.spot.sync();
    if (this.isLarge) {
      const { chunks } = this.context;
      return this.view().scan(cursor, (page, at) =>
        visit(copyStored(chunks, page, at), this.scoreOf(page, at)),
      );
    }
    this.forEach((member, score) => visit(member, score));
    return 0;
  }

  protected get isLarge(): boolean {
    return this.type === recordType.largeZset;
  }

  /** Address of a large one's tree. */
  protected get tree(): number {
    return readWord(this.spot.bytes, this.spot.valueAt + 4);
  }

  /** Place of a small one's listpack. */
  protected get listpack(): number {
    return contentStart(this.spot.bytes, this.spot.valueAt);
  }

  /** Place of the member of that rank of a small one, or of the end; from the nearer side. */
  protected place(rank: number): number {
    const { bytes } = this.spot;
    const { listpack } = this;
    const entries = entryCount(bytes, listpack);
    if (4 * rank <= entries) {
      let at = listpack + listpackHeaderBytes;
      for (let i = 0; i < 2 * rank; i++) at = nextEntry(bytes, at);
      return at;
    }
    let at = listpack + readWord(bytes, listpack) - 1;
    for (let i = entries; i > 2 * rank; i--) at = previousEntry(bytes, at);
    return at;
  }

  /** The score in a record of the table. */
  protected scoreOf(bytes: Uint8Array, record: number): number {
    return readScore(copyStored(this.context.chunks, bytes, storedEnd(bytes, record)), 0);
  }
}

export class ZsetHandle extends ZsetReader implements ZsetValue {
  readonly #store: Store;
  declare protected readonly spot: LiveSpot;
  #nested: Table | undefined;
  readonly #tree: ListTree;
  readonly #score = new Uint8Array(scoreBytes);

  constructor(store: Store, spot: LiveSpot) {
    super(store, spot);
    this.#store = store;
    this.#tree = new ListTree(store, 0);
  }

  put(member: Uint8Array, score: number, exact = false): boolean {
    assert(!Number.isNaN(score), 'a score is a number');
    this.spot.sync();
    if (this.isLarge) return this.#putLarge(member, score, exact);
    const { bytes } = this.spot;
    const at = findPair(this.context, this.spot, member);
    const isNew = at < 0;
    if (isNew && !this.#staysCompact(member, this.size + 1)) {
      this.#makeLarge(false);
      return this.#putLarge(member, score, true);
    }
    const stored = score === 0 && !exact ? 0 : score;
    if (!isNew) {
      const scoreAt = nextEntry(bytes, at);
      if (Object.is(entryScore(bytes, scoreAt), stored)) return false;
      this.#cut(at, nextEntry(bytes, scoreAt), 1);
    }
    if (!this.#insertSmall(member, stored)) {
      this.#makeLarge(true);
      this.#putLarge(member, stored, true);
    }
    return isNew;
  }

  remove(member: Uint8Array): boolean {
    this.spot.sync();
    const { bytes } = this.spot;
    if (!this.isLarge) {
      const at = findPair(this.context, this.spot, member);
      if (at < 0) return false;
      this.#cut(at, nextEntry(bytes, nextEntry(bytes, at)), 1);
      return true;
    }
    const rank = this.rank(member);
    if (rank === undefined) return false;
    this.#own();
    this.#tree.remove(rank, 1);
    removeNested(this.#store, this.#nested!, member);
    this.#writeAddresses();
    return true;
  }

  removeRange(rank: number, count: number): void {
    const { size } = this;
    assert(
      rank >= 0 && count >= 0 && rank + count <= size,
      `no ${count} elements from rank ${rank} on in a sorted set of ${size}`,
    );
    if (count === 0) return;
    if (!this.isLarge) {
      const { bytes } = this.spot;
      const from = this.place(rank);
      let to = from;
      for (let i = 0; i < 2 * count; i++) to = nextEntry(bytes, to);
      this.#cut(from, to, count);
      return;
    }
    const members: Uint8Array[] = [];
    this.forEach((member) => {
      members.push(member);
      return members.length < count;
    }, rank);
    this.#own();
    this.#tree.remove(rank, count);
    for (const member of members) removeNested(this.#store, this.#nested!, member);
    this.#writeAddresses();
  }

  #staysCompact(member: Uint8Array, size: number): boolean {
    const { zsetMaxListpackEntries, zsetMaxListpackValueBytes } = this.#store.limits;
    return size <= zsetMaxListpackEntries && member.length <= zsetMaxListpackValueBytes;
  }

  /** Takes bytes[from, to), so many elements, out of a small one. */
  #cut(from: number, to: number, elements: number): void {
    this.#store.probe.clear();
    const fitted = splicePairs(this.#store, this.spot, from, to, -2 * elements);
    assert(fitted, 'a smaller listpack fits');
  }

  /** False where the record would be too long. */
  #insertSmall(member: Uint8Array, score: number): boolean {
    const place = this.place(this.countBefore(comesBefore(score, member)));
    const { probe } = this.#store;
    const text = scoreText(score);
    probe.clear();
    appendEntry(probe, member, 0, member.length);
    appendEntry(probe, text, 0, text.length);
    return splicePairs(this.#store, this.spot, place, place, 2);
  }

  #putLarge(member: Uint8Array, score: number, exact: boolean): boolean {
    const old = this.score(member);
    const compact = this.isCompact;
    const gaveUp = old === undefined && compact && !this.#staysCompact(member, this.size + 1);
    const stored = score === 0 && compact && !gaveUp && !exact ? 0 : score;
    if (old !== undefined && Object.is(old, stored)) return false;
    const oldRank = old === undefined ? -1 : this.countBefore(comesBefore(old, member));
    this.#own();
    if (oldRank >= 0) this.#tree.remove(oldRank, 1);
    const rank = countBefore(this.#store.chunks, this.#tree.root, comesBefore(stored, member));
    this.#tree.insert(rank, orderElement(member, stored));
    this.#putScore(member, stored);
    if (gaveUp) this.#nested!.setFlags(0);
    this.#writeAddresses();
    return old === undefined;
  }

  #putScore(member: Uint8Array, score: number): void {
    writeScore(this.#score, 0, score);
    putField(this.#store, this.#nested!, member, this.#score);
  }

  #makeLarge(compact: boolean): void {
    const nested = this.#store.table('field');
    nested.plant();
    nested.setFlags(compact ? compactFlag : 0);
    this.#nested = nested;
    this.#tree.root = 0;
    this.forEach((member, score, rank) => {
      this.#tree.insert(rank, orderElement(member, score));
      this.#putScore(member, score);
    });
    this.spot.rewriteLarge(recordType.largeZset, nested.root, this.#tree.root);
  }

  /** Makes the record writable, and lets `#nested` and `#tree` be what it refers to. */
  #own(): void {
    this.spot.own();
    this.#nested ??= this.#store.table('field');
    this.#nested.attach(readWord(this.spot.bytes, this.spot.valueAt));
    this.#tree.root = this.tree;
  }

  #writeAddresses(): void {
    this.spot.writeAddress(this.#nested!.root);
    this.spot.writeAddress(this.#tree.root, 1);
  }
}
