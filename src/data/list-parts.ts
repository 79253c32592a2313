/**
 * What a long list's tree consists of: makes leaves, plains and nodes, joins two of a kind that have become small, and lets go
 * of them. Their layout stands in `list-view.ts`.
 */
import type { Chunks } from './chunks.ts';
import { blockKind, copyBytes, kindOf, unitBytes } from './chunks.ts';
import type { CowMemory } from './cow-memory.ts';
import { listCount, listHeaderBytes, listWord } from './list-view.ts';
import { appendEntry } from './listpack.ts';
import { roundUnits } from './slab.ts';
import type { Store } from './store.ts';

/** What a node holds beyond its children's limit until it is divided: into so many parts more may one become at once. */
export const spareChildren = 8;

export class ListParts {
  readonly leafBytes: number;
  readonly maxChildren: number;
  readonly #store: Store;
  readonly #memory: CowMemory;
  readonly #chunks: Chunks;

  constructor(store: Store) {
    this.#store = store;
    this.#memory = store.memory;
    this.#chunks = store.chunks;
    this.leafBytes = store.tuning.listLeafBytes;
    this.maxChildren = store.tuning.listNodeChildren;
  }

  /** The part itself, or a copy of one that an image sees or another list has, too. */
  own(address: number): number {
    const memory = this.#memory;
    const isShared = memory.isShared(address);
    if (!isShared && !memory.isFrozen(address)) return address;
    if (isShared) this.shareChildren(address);
    return memory.copyAndDrop(address);
  }

  /** Where a part is about to stand in two places, what it refers to gets one more owner. */
  shareChildren(address: number): void {
    if (kindOf(this.#chunks, address) !== blockKind.listNode) return;
    const words = this.#chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    for (let i = 0; i < words[at + listWord.children]!; i++)
      this.#memory.share(words[at + listWord.pairs + 2 * i]!);
  }

  /** How many elements a part has. */
  count(address: number): number {
    return listCount(this.#chunks, address);
  }

  /** True for what is stored as a plain. */
  isLong(element: Uint8Array): boolean {
    return element.length > this.leafBytes >>> 1;
  }

  /** A part of one element. */
  make(element: Uint8Array): number {
    if (this.isLong(element)) return this.plain(element);
    const entry = this.encode(element);
    return this.leaf(entry.buffer, 0, entry.length, 1, entry.length);
  }

  /** An element as a listpack's entry, in the store's probe. */
  encode(element: Uint8Array): { buffer: Uint8Array; length: number } {
    const { probe } = this.#store;
    probe.clear();
    appendEntry(probe, element, 0, element.length);
    return probe;
  }

  plain(element: Uint8Array): number {
    const plain = this.#memory.takeBytes(listHeaderBytes + element.length, blockKind.listPlain);
    const words = this.#chunks.words[plain >>> 16]!;
    const at = (plain & 0xffff) << 4;
    words[at + listWord.count] = 1;
    words[at + listWord.end] = element.length;
    copyBytes(element, 0, element.length, this.#chunks.bytes[plain >>> 16]!, (at << 2) + listHeaderBytes);
    return plain;
  }

  /** A leaf of these entries with room for some more bytes. */
  leaf(source: Uint8Array, start: number, end: number, count: number, spareBytes: number): number {
    const wanted = Math.min(
      Math.max(this.leafBytes, listHeaderBytes + end - start),
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

  node(children: readonly number[]): number {
    const node = this.#memory.takeBytes(
      listHeaderBytes + 8 * (this.maxChildren + spareChildren),
      blockKind.listNode,
    );
    const words = this.#chunks.words[node >>> 16]!;
    const at = (node & 0xffff) << 4;
    let count = 0;
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      words[at + listWord.pairs + 2 * i] = child;
      words[at + listWord.pairs + 2 * i + 1] = this.count(child);
      count += this.count(child);
    }
    words[at + listWord.children] = children.length;
    words[at + listWord.count] = count;
    return node;
  }

  /** Lets go of a part and of all below it. */
  drop(address: number): void {
    // What another list has, too, keeps what is below it.
    if (!this.#memory.isShared(address) && kindOf(this.#chunks, address) === blockKind.listNode) {
      const words = this.#chunks.words[address >>> 16]!;
      const at = (address & 0xffff) << 4;
      const children = words[at + listWord.children]!;
      for (let i = 0; i < children; i++) this.drop(words[at + listWord.pairs + 2 * i]!);
    }
    this.#memory.drop(address);
  }

  /** Joins child i of an owned node with the one before it, where both are small. */
  joinChildren(node: number, i: number): void {
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
    words[pairs + 2 * (i - 1) + 1] = this.count(joined);
    words.copyWithin(pairs + 2 * i, pairs + 2 * (i + 1), pairs + 2 * words[at + listWord.children]!);
    words[at + listWord.children]!--;
  }

  /** One leaf in place of two, or 0 where it would be more than five eighths full. */
  #joinLeaves(left: number, right: number): number {
    const leftAt = (left & 0xffff) << 4;
    const rightAt = (right & 0xffff) << 4;
    const leftEnd = this.#chunks.words[left >>> 16]![leftAt + listWord.end]!;
    const rightEnd = this.#chunks.words[right >>> 16]![rightAt + listWord.end]!;
    const together = leftEnd + rightEnd - listHeaderBytes;
    if (together > (this.leafBytes * 5) >>> 3) return 0;
    const count = this.count(left) + this.count(right);
    const leftBytes = leftAt << 2;
    const leaf = this.leaf(
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

  /** One node in place of two, or 0 where it would be more than half full. */
  #joinNodes(left: number, right: number): number {
    const children: number[] = [];
    for (const part of [left, right]) {
      const words = this.#chunks.words[part >>> 16]!;
      const at = (part & 0xffff) << 4;
      for (let i = 0; i < words[at + listWord.children]!; i++)
        children.push(words[at + listWord.pairs + 2 * i]!);
    }
    if (children.length > this.maxChildren >>> 1) return 0;
    for (const part of [left, right]) if (this.#memory.isShared(part)) this.shareChildren(part);
    const node = this.node(children);
    this.#memory.drop(left);
    this.#memory.drop(right);
    return node;
  }
}
