/** Consumer groups to change: a group's block is owned by whoever calls, consumers and trees are owned here. */
import { assert } from './assert.ts';
import { blockKind, copyBytes, unitBytes, unitsOf } from './chunks.ts';
import { IdTree } from './id-tree.ts';
import { readId, wordAt, wordsOf, writeId } from './id-tree-view.ts';
import { roundUnits } from './slab.ts';
import type { Store } from './store.ts';
import {
  consumerWord,
  consumersAt,
  groupWord,
  ownPayload,
  pendingPayload,
  searchName,
  unknownCount,
  writeLong,
  writeSafe,
} from './stream-blocks.ts';
import type { StreamId } from './stream.ts';

export class GroupWriter {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  create(name: Uint8Array): number {
    const group = this.#named(blockKind.streamGroup, groupWord, name);
    this.#words(group)[wordAt(group) + groupWord.nextNumber] = 1;
    return group;
  }

  set(group: number, lastId: StreamId, entriesRead: bigint | undefined): void {
    const words = this.#words(group);
    writeId(words, wordAt(group) + groupWord.lastId, lastId);
    writeLong(words, wordAt(group) + groupWord.entriesRead, entriesRead ?? unknownCount);
  }

  /** Drops a group with its consumers and all that is pending. */
  drop(group: number): void {
    const words = this.#words(group);
    const at = wordAt(group);
    this.#pendingTree(group).drop();
    const from = consumersAt(words, at);
    for (let i = 0; i < words[at + groupWord.consumers]!; i++) this.#dropConsumer(words[from + i]!);
    this.#store.memory.drop(group);
  }

  /** Gives the group's address, which may be another one. */
  createConsumer(group: number, name: Uint8Array, seenMs: number): number {
    const words = this.#words(group);
    const at = wordAt(group);
    const index = this.#consumerIndex(group, name);
    assert(index < 0, 'a consumer is made once');
    const consumer = this.#named(blockKind.streamConsumer, consumerWord, name);
    const number = words[at + groupWord.nextNumber]!++;
    this.#words(consumer)[wordAt(consumer) + consumerWord.number] = number;
    writeSafe(this.#words(consumer), wordAt(consumer) + consumerWord.seen, seenMs);
    return this.insertAddress(group, groupWord.consumers, consumersAt(words, at) - at, ~index, consumer);
  }

  setSeen(group: number, consumer: Uint8Array, seenMs: number): void {
    const own = this.#ownConsumer(group, consumer);
    writeSafe(this.#words(own), wordAt(own) + consumerWord.seen, seenMs);
  }

  removeConsumer(group: number, name: Uint8Array): number {
    const index = this.#consumerIndex(group, name);
    assert(index >= 0, 'a consumer that is removed exists');
    const words = this.#words(group);
    const at = wordAt(group);
    const consumer = words[consumersAt(words, at) + index]!;
    const ids: StreamId[] = [];
    this.#ownTree(consumer).walk(
      () => undefined,
      (leaf, record) => void ids.push(readId(leaf, record)),
    );
    const tree = this.#pendingTree(group);
    for (const id of ids) tree.remove(id);
    this.#storePending(group, tree, -ids.length);
    this.#dropConsumer(consumer);
    this.removeAddress(group, groupWord.consumers, consumersAt(words, at) - at, index);
    return ids.length;
  }

  setPending(
    group: number,
    consumer: Uint8Array | undefined,
    id: StreamId,
    deliveredMs: number,
    deliveries: number,
  ): boolean {
    const tree = this.#pendingTree(group);
    const isNew = tree.put(id);
    const before = isNew ? 0 : tree.payload(pendingPayload.consumer);
    const own = consumer === undefined ? 0 : this.#ownConsumer(group, consumer);
    const number = own === 0 ? 0 : this.#numberOf(own);
    writeSafe(tree.words, tree.at + 4 + pendingPayload.delivered, deliveredMs);
    writeSafe(tree.words, tree.at + 4 + pendingPayload.deliveries, deliveries);
    tree.setPayload(pendingPayload.consumer, number);
    this.#storePending(group, tree, isNew ? 1 : 0);
    if (before === number) return isNew;
    if (before !== 0) this.#forget(this.#ownNumbered(group, before), id);
    if (own !== 0) this.#remember(own, id);
    return isNew;
  }

  adoptPending(group: number, consumer: Uint8Array, id: StreamId): boolean {
    const tree = this.#pendingTree(group);
    if (!tree.find(id) || tree.payload(pendingPayload.consumer) !== 0) return false;
    tree.put(id);
    const own = this.#ownConsumer(group, consumer);
    tree.setPayload(pendingPayload.consumer, this.#numberOf(own));
    this.#storePending(group, tree, 0);
    this.#remember(own, id);
    return true;
  }

  removePending(group: number, id: StreamId): boolean {
    const tree = this.#pendingTree(group);
    if (!tree.find(id)) return false;
    const number = tree.payload(pendingPayload.consumer);
    tree.remove(id);
    this.#storePending(group, tree, -1);
    if (number !== 0) this.#forget(this.#ownNumbered(group, number), id);
    return true;
  }

  /**
   * Lets an address into the row of addresses at the end of an owned block, whose number is at word `countWord` and which
   * begins at word `from`. Gives the block's address, which is another one where it had to grow.
   */
  insertAddress(block: number, countWord: number, from: number, index: number, address: number): number {
    const { memory, chunks } = this.#store;
    const count = this.#words(block)[wordAt(block) + countWord]!;
    let grown = block;
    if (4 * (from + count + 1) > unitsOf(chunks, block) * unitBytes) {
      const bytes = 4 * (from + 2 * (count + 1));
      grown = memory.take(
        roundUnits(Math.ceil(bytes / unitBytes)),
        this.#words(block)[wordAt(block)]! >>> 24,
      );
      const source = this.#words(block);
      this.#words(grown).set(
        source.subarray(wordAt(block) + 2, wordAt(block) + from + count),
        wordAt(grown) + 2,
      );
      memory.drop(block);
    }
    const words = this.#words(grown);
    const at = wordAt(grown) + from + index;
    words.copyWithin(at + 1, at, wordAt(grown) + from + count);
    words[at] = address;
    words[wordAt(grown) + countWord] = count + 1;
    return grown;
  }

  removeAddress(block: number, countWord: number, from: number, index: number): void {
    const words = this.#words(block);
    const count = words[wordAt(block) + countWord]!;
    const at = wordAt(block) + from + index;
    words.copyWithin(at, at + 1, wordAt(block) + from + count);
    words[wordAt(block) + countWord] = count - 1;
  }

  #words(address: number): Uint32Array {
    return wordsOf(this.#store.chunks, address);
  }

  /** A block with zeros and a name. */
  #named(kind: number, word: typeof groupWord | typeof consumerWord, name: Uint8Array): number {
    const block = this.#store.memory.takeBytes(4 * word.name + name.length, kind);
    const words = this.#words(block);
    const at = wordAt(block);
    words.fill(0, at + 2, at + word.name);
    words[at + word.nameBytes] = name.length;
    copyBytes(name, 0, name.length, this.#store.chunks.bytes[block >>> 16]!, (at + word.name) << 2);
    return block;
  }

  #consumerIndex(group: number, name: Uint8Array): number {
    const words = this.#words(group);
    const at = wordAt(group);
    return searchName(
      this.#store.chunks,
      words,
      consumersAt(words, at),
      words[at + groupWord.consumers]!,
      consumerWord,
      name,
    );
  }

  #ownConsumer(group: number, name: Uint8Array): number {
    const index = this.#consumerIndex(group, name);
    assert(index >= 0, 'a consumer that is named exists');
    return this.#ownConsumerAt(group, index);
  }

  #ownNumbered(group: number, number: number): number {
    const words = this.#words(group);
    const from = consumersAt(words, wordAt(group));
    let index = 0;
    while (this.#numberOf(words[from + index]!) !== number) {
      index++;
      assert(index < words[wordAt(group) + groupWord.consumers]!, 'what is pending has a consumer');
    }
    return this.#ownConsumerAt(group, index);
  }

  #ownConsumerAt(group: number, index: number): number {
    const words = this.#words(group);
    const at = consumersAt(words, wordAt(group)) + index;
    const consumer = words[at]!;
    if (!this.#store.memory.isFrozen(consumer)) return consumer;
    const copy = this.#store.memory.copyAndDrop(consumer);
    words[at] = copy;
    return copy;
  }

  #numberOf(consumer: number): number {
    return this.#words(consumer)[wordAt(consumer) + consumerWord.number]!;
  }

  #pendingTree(group: number): IdTree {
    const root = this.#words(group)[wordAt(group) + groupWord.pendingTree]!;
    return new IdTree(this.#store, pendingPayload.words, root);
  }

  #storePending(group: number, tree: IdTree, change: number): void {
    const words = this.#words(group);
    words[wordAt(group) + groupWord.pendingTree] = tree.root;
    words[wordAt(group) + groupWord.pending]! += change;
  }

  #ownTree(consumer: number): IdTree {
    return new IdTree(
      this.#store,
      ownPayload,
      this.#words(consumer)[wordAt(consumer) + consumerWord.pendingTree]!,
    );
  }

  /** Puts an id among an owned consumer's. */
  #remember(consumer: number, id: StreamId): void {
    const tree = this.#ownTree(consumer);
    tree.put(id);
    this.#storeOwn(consumer, tree, 1);
  }

  #forget(consumer: number, id: StreamId): void {
    const tree = this.#ownTree(consumer);
    tree.remove(id);
    this.#storeOwn(consumer, tree, -1);
  }

  #storeOwn(consumer: number, tree: IdTree, change: number): void {
    const words = this.#words(consumer);
    words[wordAt(consumer) + consumerWord.pendingTree] = tree.root;
    words[wordAt(consumer) + consumerWord.pending]! += change;
  }

  #dropConsumer(consumer: number): void {
    this.#ownTree(consumer).drop();
    this.#store.memory.drop(consumer);
  }
}
