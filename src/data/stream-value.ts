/**
 * Streams to change. The record holds the address of a head block; runs of entries, groups, consumers and what is pending
 * stand in blocks and trees below it (`stream-blocks.ts`), so that a change copies only what lies on its path.
 */
import { assert } from './assert.ts';
import { blockKind } from './chunks.ts';
import { IdTree } from './id-tree.ts';
import { highestId, wordAt, wordsOf, writeId } from './id-tree-view.ts';
import type { LiveSpot } from './spot.ts';
import type { Store } from './store.ts';
import { GroupWriter } from './stream-groups.ts';
import { headWord, nodePayload, runStart, writeLong, writeSafe } from './stream-blocks.ts';
import { deletedIn, livingIn, walkRun } from './stream-node.ts';
import { Runs } from './stream-runs.ts';
import type { StreamFacts, StreamId, StreamNodeLimits, StreamValue, TrimRule } from './stream.ts';
import { StreamReader } from './stream-view.ts';

/** Redis's hard limit of a run. */
const largestRunBytes = 1 << 30;

/** The head of a stream without anything. */
export function newStreamHead(store: Store): number {
  const head = store.memory.takeBytes(4 * headWord.addresses, blockKind.streamHead);
  wordsOf(store.chunks, head).fill(0, wordAt(head) + headWord.groups, wordAt(head) + headWord.addresses);
  return head;
}

export class StreamHandle extends StreamReader implements StreamValue {
  readonly #store: Store;
  declare protected readonly spot: LiveSpot;
  readonly #runs: Runs;
  readonly #tree: IdTree;
  readonly #groups: GroupWriter;

  constructor(store: Store, spot: LiveSpot) {
    super(store, spot);
    this.#store = store;
    this.#runs = new Runs(store);
    this.#tree = new IdTree(store, nodePayload);
    this.#groups = new GroupWriter(store);
  }

  append(id: StreamId, fields: readonly Uint8Array[], limits: StreamNodeLimits): void {
    assert(id > this.lastId, 'an entry comes behind all others');
    const tree = this.#ownTree();
    this.#dropRunsFrom(tree, id);
    if (tree.floor(highestId) && !this.#isFull(tree.payload(0), fields, limits)) {
      const run = tree.payload(0);
      const master = tree.id;
      const grown = this.#runs.append(this.#runs.mutable(run), master, id, fields);
      if (grown !== run) {
        tree.put(master);
        tree.setPayload(0, grown);
      }
    } else {
      const run = this.#runs.create(id, fields);
      tree.put(id);
      tree.setPayload(0, run);
      this.#addRuns(1);
    }
    this.#storeTree();
    const { words, at } = this;
    writeSafe(words, at + headWord.length, this.length + 1);
    writeId(words, at + headWord.lastId, id);
    writeLong(words, at + headWord.entriesAdded, this.entriesAdded + 1n);
  }

  /** XSETID may go back behind runs of which nothing is alive: nothing could be found behind them. */
  #dropRunsFrom(tree: IdTree, id: StreamId): void {
    while (tree.ceiling(id)) {
      const run = tree.payload(0);
      assert(
        livingIn(this.#store.chunks.bytes[run >>> 16]!, runStart(run)) === 0,
        'living entries come before',
      );
      this.#store.memory.drop(run);
      tree.remove(tree.id);
      this.#addRuns(-1);
    }
  }

  #isFull(run: number, fields: readonly Uint8Array[], limits: StreamNodeLimits): boolean {
    let textBytes = 0;
    for (const field of fields) textBytes += field.length;
    const most =
      limits.maxBytes === 0 || limits.maxBytes > largestRunBytes ? largestRunBytes : limits.maxBytes;
    if (this.#runs.lengthBytes(run) + textBytes >= most) return true;
    if (limits.maxEntries === 0) return false;
    const bytes = this.#store.chunks.bytes[run >>> 16]!;
    return livingIn(bytes, runStart(run)) + deletedIn(bytes, runStart(run)) >= limits.maxEntries;
  }

  appendNode(id: StreamId, listpack: Uint8Array, start: number, end: number): boolean {
    const tree = this.#ownTree();
    if (tree.floor(highestId) && tree.id >= id) return false;
    const run = this.#runs.adopt(listpack, start, end);
    tree.put(id);
    tree.setPayload(0, run);
    this.#addRuns(1);
    this.#storeTree();
    return true;
  }

  delete(id: StreamId): boolean {
    if (!this.has(id)) return false;
    const tree = this.#ownTree();
    tree.floor(id);
    this.#deleteFrom(tree, tree.id, tree.payload(0), (entry) => entry.id === id);
    this.#storeTree();
    const { words, at } = this;
    writeSafe(words, at + headWord.length, this.length - 1);
    if (id > this.maxDeletedId) writeId(words, at + headWord.maxDeletedId, id);
    return true;
  }

  trim({ keep, approximate, limit }: TrimRule): number {
    const tree = this.#ownTree();
    let { length } = this;
    let trimmed = 0;
    while (tree.ceiling(0n)) {
      if ('length' in keep && length <= keep.length) break;
      const master = tree.id;
      const run = tree.payload(0);
      const bytes = this.#store.chunks.bytes[run >>> 16]!;
      const living = livingIn(bytes, runStart(run));
      if (limit > 0 && trimmed + living > limit) break;
      let last = master;
      if ('minId' in keep) this.#scan(run, master, (entry) => void (last = entry.id));
      if ('length' in keep ? length - living >= keep.length : last < keep.minId) {
        this.#store.memory.drop(run);
        tree.remove(master);
        this.#storeTree();
        this.#addRuns(-1);
        length -= living;
        trimmed += living;
        continue;
      }
      if (approximate) break;
      let left = 'length' in keep ? length - keep.length : Infinity;
      const gone = this.#deleteFrom(tree, master, run, (entry) => {
        if (left <= 0 || ('minId' in keep && entry.id >= keep.minId)) return undefined;
        if (!entry.isDeleted) left--;
        return true;
      });
      trimmed += gone;
      length -= gone;
      this.#storeTree();
      break;
    }
    writeSafe(this.words, this.at + headWord.length, length);
    return trimmed;
  }

  set(facts: StreamFacts): void {
    this.#ownHead();
    const { words, at } = this;
    if (facts.length !== undefined) writeSafe(words, at + headWord.length, facts.length);
    if (facts.lastId !== undefined) writeId(words, at + headWord.lastId, facts.lastId);
    if (facts.maxDeletedId !== undefined) writeId(words, at + headWord.maxDeletedId, facts.maxDeletedId);
    if (facts.entriesAdded !== undefined) writeLong(words, at + headWord.entriesAdded, facts.entriesAdded);
  }

  createGroup(name: Uint8Array, lastId: StreamId, entriesRead: bigint | undefined): boolean {
    const index = this.groupIndex(name);
    if (index >= 0) return false;
    const group = this.#groups.create(name);
    const head = this.#groups.insertAddress(
      this.#ownHead(),
      headWord.groups,
      headWord.addresses,
      ~index,
      group,
    );
    this.spot.writeAddress(head);
    this.setGroup(name, lastId, entriesRead);
    return true;
  }

  setGroup(name: Uint8Array, lastId: StreamId, entriesRead: bigint | undefined): void {
    this.#groups.set(this.#ownGroup(name), lastId, entriesRead);
  }

  removeGroup(name: Uint8Array): boolean {
    const index = this.groupIndex(name);
    if (index < 0) return false;
    this.#groups.drop(this.words[this.at + headWord.addresses + index]!);
    this.#groups.removeAddress(this.#ownHead(), headWord.groups, headWord.addresses, index);
    return true;
  }

  createConsumer(group: Uint8Array, name: Uint8Array, seenMs: number): boolean {
    if (this.group(group)!.consumer(name) !== undefined) return false;
    this.#storeGroup(group, this.#groups.createConsumer(this.#ownGroup(group), name, seenMs));
    return true;
  }

  setSeen(group: Uint8Array, consumer: Uint8Array, seenMs: number): void {
    this.#groups.setSeen(this.#ownGroup(group), consumer, seenMs);
  }

  removeConsumer(group: Uint8Array, name: Uint8Array): number {
    return this.#groups.removeConsumer(this.#ownGroup(group), name);
  }

  setPending(
    group: Uint8Array,
    consumer: Uint8Array | undefined,
    id: StreamId,
    deliveredMs: number,
    deliveries: number,
  ): boolean {
    return this.#groups.setPending(this.#ownGroup(group), consumer, id, deliveredMs, deliveries);
  }

  adoptPending(group: Uint8Array, consumer: Uint8Array, id: StreamId): boolean {
    return this.#groups.adoptPending(this.#ownGroup(group), consumer, id);
  }

  removePending(group: Uint8Array, id: StreamId): boolean {
    return this.#groups.removePending(this.#ownGroup(group), id);
  }

  // --- ways to what is to be changed

  #ownHead(): number {
    this.spot.own();
    const { head } = this;
    if (!this.#store.memory.isFrozen(head)) return head;
    const copy = this.#store.memory.copyAndDrop(head);
    this.spot.writeAddress(copy);
    return copy;
  }

  #ownTree(): IdTree {
    const head = this.#ownHead();
    this.#tree.root = wordsOf(this.#store.chunks, head)[wordAt(head) + headWord.nodes]!;
    return this.#tree;
  }

  #storeTree(): void {
    this.words[this.at + headWord.nodes] = this.#tree.root;
  }

  #addRuns(count: number): void {
    this.words[this.at + headWord.runs]! += count;
  }

  #ownGroup(name: Uint8Array): number {
    const index = this.groupIndex(name);
    assert(index >= 0, 'a group that is changed exists');
    const head = this.#ownHead();
    const words = wordsOf(this.#store.chunks, head);
    const at = wordAt(head) + headWord.addresses + index;
    const group = words[at]!;
    if (!this.#store.memory.isFrozen(group)) return group;
    const copy = this.#store.memory.copyAndDrop(group);
    words[at] = copy;
    return copy;
  }

  #storeGroup(name: Uint8Array, address: number): void {
    this.words[this.at + headWord.addresses + this.groupIndex(name)] = address;
  }

  #scan(
    run: number,
    master: StreamId,
    visit: (entry: { readonly id: StreamId; readonly isDeleted: boolean }) => boolean | void,
  ): void {
    walkRun(this.#store.chunks.bytes[run >>> 16]!, runStart(run), master, visit);
  }

  /**
   * Marks those living entries of a run as deleted that `wants` says true of, up to the first undefined; drops the run
   * where XDEL leaves nothing of it alive. Gives their number.
   */
  #deleteFrom(
    tree: IdTree,
    master: StreamId,
    run: number,
    wants: (entry: { readonly id: StreamId; readonly isDeleted: boolean }) => boolean | undefined,
  ): number {
    const own = this.#runs.mutable(run);
    const places: number[] = [];
    let stopped = false;
    walkRun(this.#store.chunks.bytes[own >>> 16]!, runStart(own), master, (entry) => {
      const wanted = wants(entry);
      if (wanted === undefined) stopped = true;
      else if (wanted && !entry.isDeleted) places.push(entry.at);
      return !stopped;
    });
    const living = livingIn(this.#store.chunks.bytes[own >>> 16]!, runStart(own));
    if (places.length === 1 && living === 1 && !stopped) {
      this.#store.memory.drop(own);
      tree.remove(master);
      this.#addRuns(-1);
      return 1;
    }
    const marked = places.length > 0 ? this.#runs.delete(own, places) : own;
    if (marked !== run) {
      tree.put(master);
      tree.setPayload(0, marked);
    }
    return places.length;
  }
}

/** Drops all that a stream's record refers to. */
export function dropStream(store: Store, head: number): void {
  const words = wordsOf(store.chunks, head);
  const at = wordAt(head);
  new IdTree(store, nodePayload, words[at + headWord.nodes]!).drop((leaf, record) =>
    store.memory.drop(leaf[record + 4]!),
  );
  const groups = new GroupWriter(store);
  for (let i = 0; i < words[at + headWord.groups]!; i++) groups.drop(words[at + headWord.addresses + i]!);
  store.memory.drop(head);
}
