/**
 * A tree of records ordered by stream id that can be changed, in blocks under epochs: a change copies the blocks on one
 * path. How it lies in its blocks stands in `id-tree-view.ts`.
 */
import { assert } from './assert.ts';
import { blockKind, kindOf, unitBytes, unitsOf } from './chunks.ts';
import type { CowMemory } from './cow-memory.ts';
import {
  IdTreeView,
  countUpTo,
  idTreeWord,
  idWords,
  nodeWords,
  wordAt,
  wordsOf,
  writeId,
} from './id-tree-view.ts';
import { roundUnits } from './slab.ts';
import type { Store } from './store.ts';
import { cloneBlock } from './table.ts';

const largestBlockBytes = 1024;
/** Holds four of the widest records. */
const smallestBlockBytes = 192;

/** Whoever holds it stores `root` again after each change. */
export class IdTree extends IdTreeView {
  readonly #memory: CowMemory;
  readonly #blockBytes: number;
  /** The part that the last insertion split off behind the part it was asked of. */
  #behind = 0;

  constructor(store: Store, payloadWords: number, root = 0) {
    super(store.chunks, payloadWords, root);
    this.#memory = store.memory;
    this.#blockBytes = Math.max(smallestBlockBytes, Math.min(largestBlockBytes, store.tuning.pageBytes));
  }

  /** Finds the record, or makes it with a payload of zeros, and makes it writable. True where it is new. */
  put(id: bigint): boolean {
    if (this.find(id)) {
      this.root = this.#ownPath(this.root, id);
      return false;
    }
    if (this.root === 0) this.root = this.#take(blockKind.idLeaf, this.recordWords, 1);
    this.root = this.#insert(this.root, id);
    if (this.#behind !== 0) {
      const left = this.root;
      this.root = this.#take(blockKind.idNode, nodeWords, 2);
      this.#addChild(this.root, 0, left);
      this.#addChild(this.root, 1, this.#behind);
      this.#behind = 0;
    }
    const found = this.find(id);
    assert(found, 'what was put is found');
    return true;
  }

  setPayload(index: number, word: number): void {
    this.words[this.at + idWords + index] = word;
  }

  /** Removes a record that is there. */
  remove(id: bigint): void {
    this.root = this.#remove(this.root, id);
    while (this.root !== 0 && kindOf(this.chunks, this.root) === blockKind.idNode) {
      const words = wordsOf(this.chunks, this.root);
      if (words[wordAt(this.root) + idTreeWord.count] !== 1) return;
      const only = words[wordAt(this.root) + idTreeWord.records + idWords]!;
      this.#memory.drop(this.root);
      this.root = only;
    }
  }

  /** Drops every block. */
  drop(record: (words: Uint32Array, at: number) => void = () => undefined): void {
    const blocks: number[] = [];
    this.walk((address) => void blocks.push(address), record);
    for (const address of blocks) this.#memory.drop(address);
    this.root = 0;
  }

  /** A copy of every block; gives its root. `record` may change the copies' payloads. */
  clone(
    record: (words: Uint32Array, at: number) => void = () => undefined,
    address: number = this.root,
  ): number {
    if (address === 0) return 0;
    const copy = cloneBlock(this.#memory, address);
    const words = wordsOf(this.chunks, copy);
    const base = wordAt(copy);
    const isNode = kindOf(this.chunks, copy) === blockKind.idNode;
    const width = isNode ? nodeWords : this.recordWords;
    for (let i = 0; i < words[base + idTreeWord.count]!; i++) {
      const at = base + idTreeWord.records + i * width;
      if (isNode) words[at + idWords] = this.clone(record, words[at + idWords]!);
      else record(words, at);
    }
    return copy;
  }

  #own(address: number): number {
    return this.#memory.isFrozen(address) ? this.#memory.copyAndDrop(address) : address;
  }

  #count(address: number): number {
    return wordsOf(this.chunks, address)[wordAt(address) + idTreeWord.count]!;
  }

  /** Records that a block of full size holds. */
  #most(width: number): number {
    return Math.floor((this.#blockBytes / 4 - idTreeWord.records) / width);
  }

  /** Records that this block holds. */
  #room(address: number, width: number): number {
    return Math.floor(((unitsOf(this.chunks, address) * unitBytes) / 4 - idTreeWord.records) / width);
  }

  /** An empty block with room for so many records at least. */
  #take(kind: number, width: number, records: number): number {
    const bytes = 4 * (idTreeWord.records + width * records);
    const address = this.#memory.take(roundUnits(Math.ceil(bytes / unitBytes)), kind);
    wordsOf(this.chunks, address)[wordAt(address) + idTreeWord.count] = 0;
    return address;
  }

  #ownPath(address: number, id: bigint): number {
    const own = this.#own(address);
    const words = wordsOf(this.chunks, own);
    const isNode = kindOf(this.chunks, own) === blockKind.idNode;
    const width = isNode ? nodeWords : this.recordWords;
    const index = countUpTo(words, wordAt(own), width, id) - 1;
    const at = wordAt(own) + idTreeWord.records + index * width;
    if (isNode) {
      words[at + idWords] = this.#ownPath(words[at + idWords]!, id);
    } else {
      this.words = words;
      this.at = at;
    }
    return own;
  }

  /** Makes room for a record at `index` of an owned block, which may move; what is pushed out is `#behind`. */
  #open(address: number, index: number, width: number): { address: number; at: number } {
    const count = this.#count(address);
    let block = this.#own(address);
    if (count === this.#room(block, width)) {
      if (count < this.#most(width)) {
        const kind = kindOf(this.chunks, block);
        const grown = this.#take(kind, width, Math.min(this.#most(width), 2 * count));
        this.#move(block, 0, count, grown, width);
        this.#memory.drop(block);
        block = grown;
      } else {
        // What grows at its end stays full; elsewhere blocks are halved.
        const keep = index === count ? count : count >>> 1;
        const right = this.#take(kindOf(this.chunks, block), width, Math.max(1, count - keep) + 1);
        this.#move(block, keep, count, right, width);
        wordsOf(this.chunks, block)[wordAt(block) + idTreeWord.count] = keep;
        this.#behind = right;
        // Both halves have room now: this one, or a right one that was made with some.
        if (index > keep || keep === count) {
          const opened = this.#shift(right, index - keep, width);
          return { address: block, at: opened };
        }
      }
    }
    return { address: block, at: this.#shift(block, index, width) };
  }

  /** Moves records up to let one in at `index`; gives its chunk-independent place within the words of the block. */
  #shift(block: number, index: number, width: number): number {
    const words = wordsOf(this.chunks, block);
    const base = wordAt(block);
    const count = words[base + idTreeWord.count]!;
    const at = base + idTreeWord.records + index * width;
    words.copyWithin(at + width, at, base + idTreeWord.records + count * width);
    words.fill(0, at, at + width);
    words[base + idTreeWord.count] = count + 1;
    this.words = words;
    return at;
  }

  #move(from: number, start: number, end: number, to: number, width: number): void {
    const source = wordsOf(this.chunks, from);
    const at = wordAt(from) + idTreeWord.records;
    const target = wordsOf(this.chunks, to);
    const count = this.#count(to);
    target.set(
      source.subarray(at + start * width, at + end * width),
      wordAt(to) + idTreeWord.records + count * width,
    );
    target[wordAt(to) + idTreeWord.count] = count + end - start;
  }

  /** Inserts a record that is not there. Gives the part's address; `#behind` is what was split off, 0 for nothing. */
  #insert(address: number, id: bigint): number {
    const words = wordsOf(this.chunks, address);
    if (kindOf(this.chunks, address) === blockKind.idLeaf) {
      const index = countUpTo(words, wordAt(address), this.recordWords, id);
      const opened = this.#open(address, index, this.recordWords);
      writeId(this.words, opened.at, id);
      return opened.address;
    }
    const index = Math.max(0, countUpTo(words, wordAt(address), nodeWords, id) - 1);
    const node = this.#own(address);
    const entry = wordAt(node) + idTreeWord.records + index * nodeWords;
    const child = this.#insert(wordsOf(this.chunks, node)[entry + idWords]!, id);
    this.#setChild(wordsOf(this.chunks, node), entry, child);
    const more = this.#behind;
    if (more === 0) return node;
    this.#behind = 0;
    const opened = this.#open(node, index + 1, nodeWords);
    this.#setChild(this.words, opened.at, more);
    return opened.address;
  }

  #addChild(node: number, index: number, child: number): void {
    const at = this.#shift(node, index, nodeWords);
    this.#setChild(wordsOf(this.chunks, node), at, child);
  }

  /** Writes a child's least id and address. */
  #setChild(words: Uint32Array, at: number, child: number): void {
    const least = wordAt(child) + idTreeWord.records;
    const source = wordsOf(this.chunks, child);
    for (let i = 0; i < idWords; i++) words[at + i] = source[least + i]!;
    words[at + idWords] = child;
  }

  /** Gives what is left, 0 if nothing is. */
  #remove(address: number, id: bigint): number {
    const isNode = kindOf(this.chunks, address) === blockKind.idNode;
    const width = isNode ? nodeWords : this.recordWords;
    const index = countUpTo(wordsOf(this.chunks, address), wordAt(address), width, id) - 1;
    const count = this.#count(address);
    if (!isNode && count === 1) {
      this.#memory.drop(address);
      return 0;
    }
    const block = this.#own(address);
    const words = wordsOf(this.chunks, block);
    const base = wordAt(block);
    const at = base + idTreeWord.records + index * width;
    if (isNode) {
      const child = this.#remove(words[at + idWords]!, id);
      if (child !== 0) {
        this.#setChild(words, at, child);
        if (index > 0) this.#join(block, index);
        else if (count > 1) this.#join(block, 1);
        return block;
      }
      if (count === 1) {
        this.#memory.drop(block);
        return 0;
      }
    }
    words.copyWithin(at, at + width, base + idTreeWord.records + count * width);
    words[base + idTreeWord.count] = count - 1;
    return block;
  }

  /** Joins child `index` of an owned node with the one before it, where together they fill five eighths at most. */
  #join(node: number, index: number): void {
    const words = wordsOf(this.chunks, node);
    const base = wordAt(node);
    const at = base + idTreeWord.records + index * nodeWords;
    const left = words[at - 1]!;
    const right = words[at + idWords]!;
    const kind = kindOf(this.chunks, left);
    const width = kind === blockKind.idNode ? nodeWords : this.recordWords;
    const together = this.#count(left) + this.#count(right);
    if (together > (this.#most(width) * 5) >>> 3) return;
    const joined = this.#take(kind, width, together);
    this.#move(left, 0, this.#count(left), joined, width);
    this.#move(right, 0, this.#count(right), joined, width);
    this.#memory.drop(left);
    this.#memory.drop(right);
    words[at - 1] = joined;
    const count = words[base + idTreeWord.count]!;
    words.copyWithin(at, at + nodeWords, base + idTreeWord.records + count * nodeWords);
    words[base + idTreeWord.count] = count - 1;
  }
}
