/**
 * Long lists that can be changed: inserting into their trees and removing from them. A change owns the blocks on its path,
 * as in a table; parts that become small join a neighbour under the same node. The layout stands in `list-view.ts`.
 */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { blockKind, copyBytes, kindOf, unitBytes } from './chunks.ts';
import type { CowMemory } from './cow-memory.ts';
import { ListParts, spareChildren } from './list-parts.ts';
import { removeEach } from './list-removal.ts';
import { leafPlace, listHeaderBytes, listWord } from './list-view.ts';
import { nextEntry } from './listpack.ts';
import type { Store } from './store.ts';

export class ListTree {
  root: number;
  readonly #memory: CowMemory;
  readonly #chunks: Chunks;
  readonly #parts: ListParts;
  /** Parts that the last insertion made behind the part it was asked of, in order. */
  readonly #behind: number[] = [];

  constructor(store: Store, root: number) {
    this.#memory = store.memory;
    this.#chunks = store.chunks;
    this.#parts = new ListParts(store);
    this.root = root;
  }

  insert(index: number, element: Uint8Array): void {
    if (this.root === 0) {
      this.root = this.#parts.make(element);
      return;
    }
    this.root = this.#insert(this.root, index, element);
    while (this.#behind.length > 0) this.root = this.#parts.node([this.root, ...this.#behind.splice(0)]);
  }

  set(index: number, element: Uint8Array): void {
    this.remove(index, 1);
    this.insert(index, element);
  }

  remove(index: number, count: number): void {
    if (count === 0) return;
    this.root = this.#remove(this.root, index, count);
    this.#lower();
  }

  /** Removes the elements at these indexes, which ascend. */
  removeEach(indexes: readonly number[]): void {
    if (indexes.length === 0) return;
    this.root = removeEach(this.#chunks, this.#parts, this.root, { indexes, next: 0 }, indexes.length, 0);
    this.#lower();
  }

  /** A node of one child stands for nothing. */
  #lower(): void {
    while (this.root !== 0 && kindOf(this.#chunks, this.root) === blockKind.listNode) {
      const words = this.#chunks.words[this.root >>> 16]!;
      const at = (this.root & 0xffff) << 4;
      if (words[at + listWord.children] !== 1) return;
      const only = words[at + listWord.pairs]!;
      // The other list goes on with the node, and so with its child.
      if (this.#memory.isShared(this.root)) this.#memory.share(only);
      this.#memory.drop(this.root);
      this.root = only;
    }
  }

  drop(): void {
    if (this.root !== 0) this.#parts.drop(this.root);
    this.root = 0;
  }

  /** Lets another list have this tree, too; gives its root. Whoever changes a part then makes a copy of it first. */
  share(): number {
    if (this.root !== 0) this.#memory.share(this.root);
    return this.root;
  }

  // --- inserting. Each gives the address of the part that stands where `address` stood; further ones are in `#behind`.

  #insert(address: number, index: number, element: Uint8Array): number {
    switch (kindOf(this.#chunks, address)) {
      case blockKind.listNode:
        return this.#insertIntoNode(address, index, element);
      case blockKind.listLeaf:
        return this.#parts.isLong(element)
          ? this.#insertPart(address, index, this.#parts.plain(element))
          : this.#insertIntoLeaf(address, index, element);
      default:
        return this.#insertPart(address, index, this.#parts.make(element));
    }
  }

  #insertIntoNode(address: number, index: number, element: Uint8Array): number {
    const node = this.#parts.own(address);
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    const pairs = at + listWord.pairs;
    let i = 0;
    while (index > words[pairs + 2 * i + 1]!) index -= words[pairs + 2 * i++ + 1]!;
    const child = this.#insert(words[pairs + 2 * i]!, index, element);
    words[pairs + 2 * i] = child;
    words[pairs + 2 * i + 1] = this.#parts.count(child);
    words[at + listWord.count]!++;
    const more = this.#behind.length;
    if (more === 0) return node;
    assert(more < spareChildren, 'a leaf was divided too often');
    const children = words[at + listWord.children]! + more;
    words.copyWithin(pairs + 2 * (i + 1 + more), pairs + 2 * (i + 1), pairs + 2 * (children - more));
    for (let k = 0; k < more; k++) {
      const part = this.#behind[k]!;
      words[pairs + 2 * (i + 1 + k)] = part;
      words[pairs + 2 * (i + 1 + k) + 1] = this.#parts.count(part);
    }
    this.#behind.length = 0;
    words[at + listWord.children] = children;
    if (children <= this.#parts.maxChildren) return node;
    // Appending to a list leaves its nodes full; elsewhere they are halved.
    const keep = i + 1 + more === children ? this.#parts.maxChildren : children >>> 1;
    const moved: number[] = [];
    let movedCount = 0;
    for (let k = keep; k < children; k++) {
      moved.push(words[pairs + 2 * k]!);
      movedCount += words[pairs + 2 * k + 1]!;
    }
    words[at + listWord.children] = keep;
    words[at + listWord.count]! -= movedCount;
    this.#behind.push(this.#parts.node(moved));
    return node;
  }

  /** Puts a new part beside a leaf or plain, dividing the leaf where the index is inside it. */
  #insertPart(address: number, index: number, part: number): number {
    const count = this.#parts.count(address);
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
    const right = this.#parts.leaf(bytes, place, end, words[at + listWord.count]! - index, 0);
    this.#leftOf = this.#parts.leaf(bytes, (at << 2) + listHeaderBytes, place, index, 0);
    this.#memory.drop(address);
    return right;
  }

  #insertIntoLeaf(address: number, index: number, element: Uint8Array): number {
    const entry = this.#parts.encode(element);
    const { length } = entry;
    const words = this.#chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const end = words[at + listWord.end]!;
    const count = words[at + listWord.count]!;
    if (end + length > this.#parts.leafBytes) {
      if (index === count || index === 0)
        return this.#insertPart(
          address,
          index,
          this.#parts.leaf(entry.buffer, 0, length, 1, this.#parts.leafBytes >>> 2),
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
      leaf = this.#parts.leaf(
        this.#chunks.bytes[address >>> 16]!,
        (at << 2) + listHeaderBytes,
        (at << 2) + end,
        count,
        Math.max(length, end),
      );
      this.#memory.drop(address);
    } else {
      leaf = this.#parts.own(address);
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
    if (index === 0 && count === this.#parts.count(address)) {
      this.#parts.drop(address);
      return 0;
    }
    if (kindOf(this.#chunks, address) === blockKind.listLeaf)
      return this.#removeFromLeaf(address, index, count);
    assert(kindOf(this.#chunks, address) === blockKind.listNode, 'part of a long element cannot be removed');
    const node = this.#parts.own(address);
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
    for (let i = Math.min(touched + 1, kept - 1); i > 0 && i >= touched - 1; i--)
      this.#parts.joinChildren(node, i);
    return node;
  }

  #removeFromLeaf(address: number, index: number, count: number): number {
    const leaf = this.#parts.own(address);
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
}
