/**
 * Lists of elements.
 *
 *     packedList   RDB's quicklist of one packed node, `1 2 string`, the string being a listpack of the elements
 *     largeList    address of a tree of runs: when the record would be longer than `smallCollectionBytes`
 */
import { ByteWriter } from '../bytes/writer.ts';
import { assert } from './assert.ts';
import type { ListValue, ListView } from './keyspace.ts';
import { type VisitIndex, walkEqual, walkEqualBackward, type Wanted } from './list-search.ts';
import { ListTree } from './list-tree.ts';
import { listCount, listElement, walkList, walkListBackward } from './list-view.ts';
import {
  appendEntry,
  appendSigned,
  entryCount,
  entryEquals,
  entryText,
  listpackHeaderBytes,
  nextEntry,
  previousEntry,
} from './listpack.ts';
import { recordType } from './page.ts';
import type { LiveSpot, Spot } from './spot.ts';
import type { Store } from './store.ts';
import { contentStart, readWord, writeLength } from './stored-string.ts';
import type { TableContext } from './table-view.ts';

type VisitElement = (element: Uint8Array, index: number) => boolean | void;

/** Bytes of a packed list's value before its string: one node, of container 2. */
export const packedPrefixBytes = 2;

export class ListReader implements ListView {
  protected readonly context: TableContext;
  protected readonly spot: Spot;

  constructor(context: TableContext, spot: Spot) {
    this.context = context;
    this.spot = spot;
  }

  get length(): number {
    this.spot.sync();
    return this.isLarge
      ? listCount(this.context.chunks, this.root)
      : entryCount(this.spot.bytes, this.listpack);
  }

  at(index: number): Uint8Array {
    const { length } = this;
    assert(index >= 0 && index < length, `no element ${index} in a list of ${length}`);
    if (this.isLarge) return listElement(this.context.chunks, this.root, index);
    return entryText(this.spot.bytes, this.place(index));
  }

  forEach(visit: VisitElement, from = 0): void {
    const { length } = this;
    if (this.isLarge) {
      walkList(this.context.chunks, this.root, from, visit);
      return;
    }
    if (from >= length) return;
    const { bytes } = this.spot;
    let at = this.place(from);
    for (let index = from; index < length; index++) {
      if (visit(entryText(bytes, at), index) === false) return;
      at = nextEntry(bytes, at);
    }
  }

  forEachBackward(visit: VisitElement, from: number = this.length - 1): void {
    this.spot.sync();
    if (this.isLarge) {
      walkListBackward(this.context.chunks, this.root, from, visit);
      return;
    }
    const { bytes } = this.spot;
    const start = Math.min(from, this.length - 1);
    let at = this.place(start + 1);
    for (let index = start; index >= 0; index--) {
      at = previousEntry(bytes, at);
      if (visit(entryText(bytes, at), index) === false) return;
    }
  }

  forEachEqual(wanted: Uint8Array, visit: VisitIndex, from = 0, end: number = this.length): void {
    const { length } = this;
    const looked = this.#wanted(wanted);
    if (this.isLarge) {
      if (length > 0) walkEqual(this.context.chunks, this.root, looked, from, end, visit);
      return;
    }
    const { bytes } = this.spot;
    let at = this.place(Math.min(from, length));
    for (let index = from; index < Math.min(end, length); index++) {
      if (entryEquals(bytes, at, looked.entry, looked.entry.length) && visit(index) === false) return;
      at = nextEntry(bytes, at);
    }
  }

  forEachEqualBackward(wanted: Uint8Array, visit: VisitIndex, from = 0, end: number = this.length): void {
    const { length } = this;
    const looked = this.#wanted(wanted);
    if (this.isLarge) {
      if (length > 0) walkEqualBackward(this.context.chunks, this.root, looked, from, end, visit);
      return;
    }
    const { bytes } = this.spot;
    let at = this.place(Math.min(end, length));
    for (let index = Math.min(end, length) - 1; index >= from; index--) {
      at = previousEntry(bytes, at);
      if (entryEquals(bytes, at, looked.entry, looked.entry.length) && visit(index) === false) return;
    }
  }

  #wanted(text: Uint8Array): Wanted {
    const entry = new ByteWriter(text.length + 16);
    appendEntry(entry, text, 0, text.length);
    return { text, entry: entry.copy() };
  }

  protected get isLarge(): boolean {
    return this.spot.bytes[this.spot.typeAt] === recordType.largeList;
  }

  protected get root(): number {
    return readWord(this.spot.bytes, this.spot.valueAt);
  }

  /** Place of a small list's listpack. */
  protected get listpack(): number {
    return contentStart(this.spot.bytes, this.spot.valueAt + packedPrefixBytes);
  }

  /** Place of the entry at `index` of a small list, or of the end; from the nearer side. */
  protected place(index: number): number {
    const { bytes } = this.spot;
    const { listpack } = this;
    const count = entryCount(bytes, listpack);
    if (index <= count >>> 1) {
      let at = listpack + listpackHeaderBytes;
      for (let i = 0; i < index; i++) at = nextEntry(bytes, at);
      return at;
    }
    let at = listpack + readWord(bytes, listpack) - 1;
    for (let i = count; i > index; i--) at = previousEntry(bytes, at);
    return at;
  }
}

export class ListHandle extends ListReader implements ListValue {
  readonly #store: Store;
  declare protected readonly spot: LiveSpot;
  #cachedTree: ListTree | undefined;

  constructor(store: Store, spot: LiveSpot) {
    super(store, spot);
    this.#store = store;
  }

  pushHead(element: Uint8Array): void {
    this.insertAt(0, element);
  }

  pushTail(element: Uint8Array): void {
    this.insertAt(this.length, element);
  }

  popHead(): Uint8Array {
    const element = this.at(0);
    this.removeRange(0, 1);
    return element;
  }

  popTail(): Uint8Array {
    const last = this.length - 1;
    const element = this.at(last);
    this.removeRange(last, 1);
    return element;
  }

  setAt(index: number, element: Uint8Array): void {
    const { length } = this;
    assert(index >= 0 && index < length, `no element ${index} in a list of ${length}`);
    if (!this.isLarge) {
      const from = this.place(index);
      if (this.#splice(from, nextEntry(this.spot.bytes, from), element, 0)) return;
      this.#makeLarge();
    }
    const tree = this.#ownTree();
    tree.set(index, element);
    this.spot.writeAddress(tree.root);
  }

  insertAt(index: number, element: Uint8Array): void {
    const { length } = this;
    assert(index >= 0 && index <= length, `no place ${index} in a list of ${length}`);
    if (!this.isLarge) {
      const place = this.place(index);
      if (this.#splice(place, place, element, 1)) return;
      this.#makeLarge();
    }
    const tree = this.#ownTree();
    tree.insert(index, element);
    this.spot.writeAddress(tree.root);
  }

  removeRange(index: number, count: number): void {
    const { length } = this;
    assert(
      index >= 0 && count >= 0 && index + count <= length,
      `no ${count} elements from ${index} on in a list of ${length}`,
    );
    if (count === 0) return;
    if (this.isLarge) {
      const tree = this.#ownTree();
      tree.remove(index, count);
      this.spot.writeAddress(tree.root);
      return;
    }
    const from = this.place(index);
    let to = from;
    for (let i = 0; i < count; i++) to = nextEntry(this.spot.bytes, to);
    this.#splice(from, to, undefined, -count);
  }

  removeEach(indexes: readonly number[]): void {
    const { length } = this;
    const last = indexes.at(-1) ?? 0;
    assert(indexes.length === 0 || last < length, `no element ${last} in a list of ${length}`);
    if (this.isLarge) {
      const tree = this.#ownTree();
      tree.removeEach(indexes);
      this.spot.writeAddress(tree.root);
      return;
    }
    // From the end to the front, so that the indexes to come stay true.
    for (let i = indexes.length - 1; i >= 0; i--) this.removeRange(indexes[i]!, 1);
  }

  /** Puts an element in place of bytes[from, to) of the listpack. False where the record would be too long. */
  #splice(from: number, to: number, element: Uint8Array | undefined, countDelta: number): boolean {
    const { bytes } = this.spot;
    const { listpack } = this;
    const { probe, value, tuning } = this.#store;
    probe.clear();
    if (element !== undefined) {
      if (element.length > tuning.smallCollectionBytes) return false;
      appendEntry(probe, element, 0, element.length);
    }
    const total = readWord(bytes, listpack);
    const newTotal = total - (to - from) + probe.length;
    if (newTotal > total && newTotal > tuning.smallCollectionBytes) return false;
    value.clear();
    value.byte(1);
    value.byte(2);
    value.ensure(5);
    value.length = writeLength(value.buffer, packedPrefixBytes, newTotal);
    appendSigned(value, newTotal, 4);
    appendSigned(value, entryCount(bytes, listpack) + countDelta, 2);
    value.bytes(bytes, listpack + listpackHeaderBytes, from);
    value.bytes(probe.buffer, 0, probe.length);
    value.bytes(bytes, to, listpack + total);
    this.spot.rewrite(recordType.packedList, value.buffer, 0, value.length);
    return true;
  }

  #makeLarge(): void {
    const tree = new ListTree(this.#store, 0);
    this.forEach((element, index) => tree.insert(index, element));
    this.spot.rewriteLarge(recordType.largeList, tree.root);
  }

  #ownTree(): ListTree {
    this.spot.own();
    const { root } = this;
    this.#cachedTree ??= new ListTree(this.#store, root);
    this.#cachedTree.root = root;
    return this.#cachedTree;
  }
}
