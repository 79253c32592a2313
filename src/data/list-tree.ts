/**
 * Long lists: a tree of runs of elements, counted, so that any index is a few steps away.
 *
 *     leaf    word 2 elements   word 3 end of the entries, from the block's start   from byte 16: listpack entries
 *     plain   word 2 is 1       word 3 bytes                                        from byte 16: one long element, as it is
 *     node    word 2 elements   word 3 children      from word 4: address and number of elements of each child
 *
 * All leaves and plains are equally deep. No part is empty; a list without elements has no tree (address 0). A change owns
 * the blocks on its path, as in a table; parts that become small join a neighbour under the same node.
 */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { blockKind, copyBytes, kindOf, unitBytes } from './chunks.ts';
import type { CowMemory } from './cow-memory.ts';
import { appendEntry, entryText, nextEntry, previousEntry } from './listpack.ts';
import { roundUnits } from './slab.ts';
import type { Store } from './store.ts';
import { heapCopy } from './stored-string.ts';
import { cloneBlock } from './table.ts';

export const listWord = { count: 2, end: 3, children: 3, pairs: 4 } as const;
export const listHeaderBytes = 16;

/** What a node holds beyond its children's limit until it is divided: into so many parts more may one become at once. */
const spareChildren = 8;

type VisitElement = (element: Uint8Array, index: number) => boolean | void;

export function listCount(chunks: Chunks, address: number): number {
  return address === 0 ? 0 : chunks.words[address >>> 16]![((address & 0xffff) << 4) + listWord.count]!;
}

/** Visits the elements from index `from` on; false where the visit stopped. `first` is the index of the part's first element. */
export function walkList(
  chunks: Chunks,
  address: number,
  from: number,
  visit: VisitElement,
  first = 0,
): boolean {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first < from || visit(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      const end = (at << 2) + words[at + listWord.end]!;
      let index = first;
      for (let entry = (at << 2) + listHeaderBytes; entry < end; entry = nextEntry(bytes, entry), index++) {
        if (index >= from && visit(entryText(bytes, entry), index) === false) return false;
      }
      return true;
    }
    default: {
      const children = words[at + listWord.children]!;
      for (let i = 0; i < children; i++) {
        const count = words[at + listWord.pairs + 2 * i + 1]!;
        if (
          first + count > from &&
          !walkList(chunks, words[at + listWord.pairs + 2 * i]!, from, visit, first)
        )
          return false;
        first += count;
      }
      return true;
    }
  }
}

/** As `walkList`, from index `from` down to 0. */
export function walkListBackward(
  chunks: Chunks,
  address: number,
  from: number,
  visit: VisitElement,
  first = 0,
): boolean {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first > from || visit(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      let entry = (at << 2) + words[at + listWord.end]!;
      for (let index = first + words[at + listWord.count]! - 1; index >= first; index--) {
        entry = previousEntry(bytes, entry);
        if (index <= from && visit(entryText(bytes, entry), index) === false) return false;
      }
      return true;
    }
    default: {
      let end = first + words[at + listWord.count]!;
      for (let i = words[at + listWord.children]! - 1; i >= 0; i--) {
        end -= words[at + listWord.pairs + 2 * i + 1]!;
        if (end <= from && !walkListBackward(chunks, words[at + listWord.pairs + 2 * i]!, from, visit, end))
          return false;
      }
      return true;
    }
  }
}

export function listElement(chunks: Chunks, address: number, index: number): Uint8Array {
  for (;;) {
    const words = chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const kind = words[at]! >>> 24;
    if (kind === blockKind.listPlain) return plainText(chunks, address);
    if (kind === blockKind.listLeaf)
      return entryText(chunks.bytes[address >>> 16]!, leafPlace(chunks, address, index));
    let pair = at + listWord.pairs;
    for (; index >= words[pair + 1]!; pair += 2) index -= words[pair + 1]!;
    address = words[pair]!;
  }
}

/** Visits leaves and plains in order. */
export function forEachListPart(chunks: Chunks, address: number, visit: (part: number) => void): void {
  if (address === 0) return;
  if (kindOf(chunks, address) !== blockKind.listNode) {
    visit(address);
    return;
  }
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  const children = words[at + listWord.children]!;
  for (let i = 0; i < children; i++) forEachListPart(chunks, words[at + listWord.pairs + 2 * i]!, visit);
}

function plainText(chunks: Chunks, address: number): Uint8Array {
  const start = ((address & 0xffff) << 6) + listHeaderBytes;
  return heapCopy(
    chunks.bytes[address >>> 16]!,
    start,
    start + chunks.words[address >>> 16]![((address & 0xffff) << 4) + listWord.end]!,
  );
}

/** Place of the entry at `index` in a leaf, or of the end; from the nearer side. */
function leafPlace(chunks: Chunks, leaf: number, index: number): number {
  const bytes = chunks.bytes[leaf >>> 16]!;
  const words = chunks.words[leaf >>> 16]!;
  const at = (leaf & 0xffff) << 4;
  const count = words[at + listWord.count]!;
  if (index <= count >>> 1) {
    let place = (at << 2) + listHeaderBytes;
    for (let i = 0; i < index; i++) place = nextEntry(bytes, place);
    return place;
  }
  let place = (at << 2) + words[at + listWord.end]!;
  for (let i = count; i > index; i--) place = previousEntry(bytes, place);
  return place;
}

export class ListTree {
  root: number;
  readonly #store: Store;
  readonly #memory: CowMemory;
  readonly #chunks: Chunks;
  readonly #leafBytes: number;
  readonly #maxChildren: number;
  /** Parts that the last insertion made behind the part it was asked of, in order. */
  readonly #behind: number[] = [];

  constructor(store: Store, root: number) {
    this.#store = store;
    this.#memory = store.memory;
    this.#chunks = store.chunks;
    this.#leafBytes = store.tuning.listLeafBytes;
    this.#maxChildren = store.tuning.listNodeChildren;
    this.root = root;
  }

  insert(index: number, element: Uint8Array): void {
    if (this.root === 0) {
      this.root = this.#newPart(element);
      return;
    }
    this.root = this.#insert(this.root, index, element);
    while (this.#behind.length > 0) this.root = this.#newNode([this.root, ...this.#behind.splice(0)]);
  }

  set(index: number, element: Uint8Array): void {
    this.remove(index, 1);
    this.insert(index, element);
  }

  remove(index: number, count: number): void {
    if (count === 0) return;
    this.root = this.#remove(this.root, index, count);
    while (this.root !== 0 && kindOf(this.#chunks, this.root) === blockKind.listNode) {
      const words = this.#chunks.words[this.root >>> 16]!;
      const at = (this.root & 0xffff) << 4;
      if (words[at + listWord.children] !== 1) return;
      const only = words[at + listWord.pairs]!;
      this.#memory.drop(this.root);
      this.root = only;
    }
  }

  drop(): void {
    if (this.root !== 0) this.#drop(this.root);
    this.root = 0;
  }

  /** A copy of every part; gives its root. */
  clone(address = this.root): number {
    if (address === 0) return 0;
    const copy = cloneBlock(this.#memory, address);
    if (kindOf(this.#chunks, copy) !== blockKind.listNode) return copy;
    const at = ((copy & 0xffff) << 4) + listWord.pairs;
    const children = this.#chunks.words[copy >>> 16]![((copy & 0xffff) << 4) + listWord.children]!;
    for (let i = 0; i < children; i++) {
      const child = this.clone(this.#chunks.words[copy >>> 16]![at + 2 * i]!);
      this.#chunks.words[copy >>> 16]![at + 2 * i] = child;
    }
    return copy;
  }

  #drop(address: number): void {
    if (kindOf(this.#chunks, address) === blockKind.listNode) {
      const words = this.#chunks.words[address >>> 16]!;
      const at = (address & 0xffff) << 4;
      const children = words[at + listWord.children]!;
      for (let i = 0; i < children; i++) this.#drop(words[at + listWord.pairs + 2 * i]!);
    }
    this.#memory.drop(address);
  }

  #own(address: number): number {
    return this.#memory.isFrozen(address) ? this.#memory.copyAndDrop(address) : address;
  }

  #count(address: number): number {
    return listCount(this.#chunks, address);
  }

  #isLong(element: Uint8Array): boolean {
    return element.length > this.#leafBytes >>> 1;
  }

  // --- making parts

  #newPart(element: Uint8Array): number {
    if (this.#isLong(element)) return this.#newPlain(element);
    const entry = this.#encode(element);
    return this.#newLeaf(entry.buffer, 0, entry.length, 1, entry.length);
  }

  #encode(element: Uint8Array): { buffer: Uint8Array; length: number } {
    const { probe } = this.#store;
    probe.clear();
    appendEntry(probe, element, 0, element.length);
    return probe;
  }

  #newPlain(element: Uint8Array): number {
    const plain = this.#memory.takeBytes(listHeaderBytes + element.length, blockKind.listPlain);
    const words = this.#chunks.words[plain >>> 16]!;
    const at = (plain & 0xffff) << 4;
    words[at + listWord.count] = 1;
    words[at + listWord.end] = element.length;
    copyBytes(element, 0, element.length, this.#chunks.bytes[plain >>> 16]!, (at << 2) + listHeaderBytes);
    return plain;
  }

  /** A leaf of these entries with room for some more bytes. */
  #newLeaf(source: Uint8Array, start: number, end: number, count: number, spareBytes: number): number {
    const wanted = Math.min(
      Math.max(this.#leafBytes, listHeaderBytes + end - start),
      listHeaderBytes + end - start + spareBytes,
    );
    const leaf = this.#memory.take(roundUnits(Math.ceil(wanted / unitBytes)), blockKind.listLeaf);
    const words = this.#chunks.words[leaf >>> 16]!;
    const at = (leaf & 0xffff) << 4;
    words[at + listWord.count] = count;
    words[at + listWord.end] = listHeaderBytes + end - start;
    copyBytes(source, start, end, this.#chunks.bytes[leaf >>> 16]!, (at << 2) + listHeaderBytes);
    return leaf;
  }

  #newNode(children: readonly number[]): number {
    const node = this.#memory.takeBytes(
      listHeaderBytes + 8 * (this.#maxChildren + spareChildren),
      blockKind.listNode,
    );
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    let count = 0;
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      words[at + listWord.pairs + 2 * i] = child;
      words[at + listWord.pairs + 2 * i + 1] = this.#count(child);
      count += this.#count(child);
    }
    words[at + listWord.children] = children.length;
    words[at + listWord.count] = count;
    return node;
  }

  // --- inserting. Each gives the address of the part that stands where `address` stood; further ones are in `#behind`.

  #insert(address: number, index: number, element: Uint8Array): number {
    switch (kindOf(this.#chunks, address)) {
      case blockKind.listNode:
        return this.#insertIntoNode(address, index, element);
      case blockKind.listLeaf:
        return this.#isLong(element)
          ? this.#insertPart(address, index, this.#newPlain(element))
          : this.#insertIntoLeaf(address, index, element);
      default:
        return this.#insertPart(address, index, this.#newPart(element));
    }
  }

  #insertIntoNode(address: number, index: number, element: Uint8Array): number {
    const node = this.#own(address);
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    const pairs = at + listWord.pairs;
    let i = 0;
    while (index > words[pairs + 2 * i + 1]!) index -= words[pairs + 2 * i++ + 1]!;
    const child = this.#insert(words[pairs + 2 * i]!, index, element);
    words[pairs + 2 * i] = child;
    words[pairs + 2 * i + 1] = this.#count(child);
    words[at + listWord.count]!++;
    const more = this.#behind.length;
    if (more === 0) return node;
    assert(more < spareChildren, 'a leaf was divided too often');
    const children = words[at + listWord.children]! + more;
    words.copyWithin(pairs + 2 * (i + 1 + more), pairs + 2 * (i + 1), pairs + 2 * (children - more));
    for (let k = 0; k < more; k++) {
      const part = this.#behind[k]!;
      words[pairs + 2 * (i + 1 + k)] = part;
      words[pairs + 2 * (i + 1 + k) + 1] = this.#count(part);
    }
    this.#behind.length = 0;
    words[at + listWord.children] = children;
    if (children <= this.#maxChildren) return node;
    // Appending to a list leaves its nodes full; elsewhere they are halved.
    const keep = i + 1 + more === children ? this.#maxChildren : children >>> 1;
    const moved: number[] = [];
    let movedCount = 0;
    for (let k = keep; k < children; k++) {
      moved.push(words[pairs + 2 * k]!);
      movedCount += words[pairs + 2 * k + 1]!;
    }
    words[at + listWord.children] = keep;
    words[at + listWord.count]! -= movedCount;
    this.#behind.push(this.#newNode(moved));
    return node;
  }

  /** Puts a new part beside a leaf or plain, dividing the leaf where the index is inside it. */
  #insertPart(address: number, index: number, part: number): number {
    const count = this.#count(address);
    if (index === 0) {
      this.#behind.push(address);
      return part;
    }
    this.#behind.push(part);
    if (index < count) this.#behind.push(this.#divide(address, index));
    return index < count ? this.#leftOf : address;
  }

  #leftOf = 0;

  /** Moves a leaf's elements from `index` on into a new leaf, which it gives; the rest is `#leftOf`. */
  #divide(address: number, index: number): number {
    const place = leafPlace(this.#chunks, address, index);
    const words = this.#chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const end = (at << 2) + words[at + listWord.end]!;
    const bytes = this.#chunks.bytes[address >>> 16]!;
    const right = this.#newLeaf(bytes, place, end, words[at + listWord.count]! - index, 0);
    this.#leftOf = this.#newLeaf(bytes, (at << 2) + listHeaderBytes, place, index, 0);
    this.#memory.drop(address);
    return right;
  }

  #insertIntoLeaf(address: number, index: number, element: Uint8Array): number {
    const entry = this.#encode(element);
    const { length } = entry;
    const words = this.#chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const end = words[at + listWord.end]!;
    const count = words[at + listWord.count]!;
    if (end + length > this.#leafBytes) {
      if (index === count || index === 0)
        return this.#insertPart(
          address,
          index,
          this.#newLeaf(entry.buffer, 0, length, 1, this.#leafBytes >>> 2),
        );
      const middle = this.#middle(address);
      const right = this.#divide(address, middle);
      const left = this.#leftOf;
      if (index <= middle) {
        // Either half may still be too full for it, and divide again.
        const first = this.#insert(left, index, element);
        this.#behind.push(right);
        return first;
      }
      const second = this.#insert(right, index - middle, element);
      this.#behind.unshift(second);
      return left;
    }
    let leaf = address;
    const place = leafPlace(this.#chunks, address, index) - (at << 2);
    if (end + length > (words[at]! & 0xffffff) * unitBytes) {
      leaf = this.#newLeaf(
        this.#chunks.bytes[address >>> 16]!,
        (at << 2) + listHeaderBytes,
        (at << 2) + end,
        count,
        Math.max(length, end),
      );
      this.#memory.drop(address);
    } else {
      leaf = this.#own(address);
    }
    const base = (leaf & 0xffff) << 6;
    const bytes = this.#chunks.bytes[leaf >>> 16]!;
    if (place < end) bytes.copyWithin(base + place + length, base + place, base + end);
    copyBytes(entry.buffer, 0, length, bytes, base + place);
    const leafWords = this.#chunks.words[leaf >>> 16]!;
    leafWords[(base >>> 2) + listWord.end] = end + length;
    leafWords[(base >>> 2) + listWord.count] = count + 1;
    return leaf;
  }

  /** The index that divides a leaf of several elements into about equal numbers of bytes. */
  #middle(leaf: number): number {
    const words = this.#chunks.words[leaf >>> 16]!;
    const at = (leaf & 0xffff) << 4;
    const bytes = this.#chunks.bytes[leaf >>> 16]!;
    const half = (at << 2) + (words[at + listWord.end]! >>> 1);
    let place = nextEntry(bytes, (at << 2) + listHeaderBytes);
    let index = 1;
    for (; place < half && index < words[at + listWord.count]! - 1; index++) place = nextEntry(bytes, place);
    return index;
  }

  // --- removing

  /** Gives what is left, 0 if nothing is. */
  #remove(address: number, index: number, count: number): number {
    if (index === 0 && count === this.#count(address)) {
      this.#drop(address);
      return 0;
    }
    if (kindOf(this.#chunks, address) === blockKind.listLeaf)
      return this.#removeFromLeaf(address, index, count);
    assert(kindOf(this.#chunks, address) === blockKind.listNode, 'part of a long element cannot be removed');
    const node = this.#own(address);
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    const pairs = at + listWord.pairs;
    const children = words[at + listWord.children]!;
    words[at + listWord.count]! -= count;
    let kept = 0;
    let touched = -1;
    for (let i = 0; i < children; i++) {
      let child = words[pairs + 2 * i]!;
      let size = words[pairs + 2 * i + 1]!;
      if (count > 0 && index < size) {
        const some = Math.min(count, size - index);
        child = this.#remove(child, index, some);
        size -= some;
        count -= some;
        index = 0;
        touched = kept;
      } else {
        index -= Math.min(index, size);
      }
      if (child === 0) continue;
      words[pairs + 2 * kept] = child;
      words[pairs + 2 * kept + 1] = size;
      kept++;
    }
    words[at + listWord.children] = kept;
    // At most two children were cut and not dropped: those around the gap.
    for (let i = Math.min(touched + 1, kept - 1); i > 0 && i >= touched - 1; i--) this.#join(node, i);
    return node;
  }

  #removeFromLeaf(address: number, index: number, count: number): number {
    const leaf = this.#own(address);
    const words = this.#chunks.words[leaf >>> 16]!;
    const at = (leaf & 0xffff) << 4;
    const base = at << 2;
    const bytes = this.#chunks.bytes[leaf >>> 16]!;
    const end = base + words[at + listWord.end]!;
    const from = leafPlace(this.#chunks, leaf, index);
    let to = from;
    if (index + count === words[at + listWord.count]!) to = end;
    else for (let i = 0; i < count; i++) to = nextEntry(bytes, to);
    bytes.copyWithin(from, to, end);
    words[at + listWord.end] = end - (to - from) - base;
    words[at + listWord.count]! -= count;
    return leaf;
  }

  /** Joins child i of an owned node with the one before it, where both are small. */
  #join(node: number, i: number): void {
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    const pairs = at + listWord.pairs;
    const left = words[pairs + 2 * (i - 1)]!;
    const right = words[pairs + 2 * i]!;
    const kind = kindOf(this.#chunks, left);
    if (kind !== kindOf(this.#chunks, right) || kind === blockKind.listPlain) return;
    const joined = kind === blockKind.listLeaf ? this.#joinLeaves(left, right) : this.#joinNodes(left, right);
    if (joined === 0) return;
    words[pairs + 2 * (i - 1)] = joined;
    words[pairs + 2 * (i - 1) + 1] = this.#count(joined);
    words.copyWithin(pairs + 2 * i, pairs + 2 * (i + 1), pairs + 2 * words[at + listWord.children]!);
    words[at + listWord.children]!--;
  }

  #joinLeaves(left: number, right: number): number {
    const leftAt = (left & 0xffff) << 4;
    const rightAt = (right & 0xffff) << 4;
    const leftEnd = this.#chunks.words[left >>> 16]![leftAt + listWord.end]!;
    const rightEnd = this.#chunks.words[right >>> 16]![rightAt + listWord.end]!;
    const together = leftEnd + rightEnd - listHeaderBytes;
    if (together > (this.#leafBytes * 5) >>> 3) return 0;
    const count = this.#count(left) + this.#count(right);
    const leftBytes = leftAt << 2;
    const leaf = this.#newLeaf(
      this.#chunks.bytes[left >>> 16]!,
      leftBytes + listHeaderBytes,
      leftBytes + leftEnd,
      count,
      rightEnd,
    );
    const at = (leaf & 0xffff) << 4;
    const rightStart = (rightAt << 2) + listHeaderBytes;
    copyBytes(
      this.#chunks.bytes[right >>> 16]!,
      rightStart,
      (rightAt << 2) + rightEnd,
      this.#chunks.bytes[leaf >>> 16]!,
      (at << 2) + leftEnd,
    );
    this.#chunks.words[leaf >>> 16]![at + listWord.end] = together;
    this.#memory.drop(left);
    this.#memory.drop(right);
    return leaf;
  }

  #joinNodes(left: number, right: number): number {
    const children: number[] = [];
    for (const part of [left, right]) {
      const words = this.#chunks.words[part >>> 16]!;
      const at = (part & 0xffff) << 4;
      for (let i = 0; i < words[at + listWord.children]!; i++)
        children.push(words[at + listWord.pairs + 2 * i]!);
    }
    if (children.length > this.#maxChildren >>> 1) return 0;
    const node = this.#newNode(children);
    this.#memory.drop(left);
    this.#memory.drop(right);
    return node;
  }
}
