/** Reading streams, live or frozen: entries, groups, what is pending. */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { IdTreeView, highestId, readId, wordAt, wordsOf } from './id-tree-view.ts';
import type { Spot } from './spot.ts';
import { readWord } from './stored-string.ts';
import type { ConsumerView, GroupView, PendingEntry, StreamEntry, StreamId, StreamView } from './stream.ts';
import {
  consumerWord,
  consumersAt,
  groupWord,
  headWord,
  nameIn,
  nodePayload,
  ownPayload,
  pendingPayload,
  readLong,
  readSafe,
  runEnd,
  runStart,
  searchName,
  unknownCount,
} from './stream-blocks.ts';
import { livingIn, walkRun, walkRunBackward } from './stream-node.ts';
import type { TableContext } from './table-view.ts';

export class StreamReader implements StreamView {
  protected readonly context: TableContext;
  protected readonly spot: Spot;

  constructor(context: TableContext, spot: Spot) {
    this.context = context;
    this.spot = spot;
  }

  get length(): number {
    return readSafe(this.words, this.at + headWord.length);
  }

  get lastId(): StreamId {
    return readId(this.words, this.at + headWord.lastId);
  }

  get maxDeletedId(): StreamId {
    return readId(this.words, this.at + headWord.maxDeletedId);
  }

  get entriesAdded(): bigint {
    return readLong(this.words, this.at + headWord.entriesAdded);
  }

  get firstId(): StreamId {
    let first = 0n;
    this.forEach(0n, highestId, (entry) => {
      first = entry.id;
      return false;
    });
    return first;
  }

  get groups(): number {
    return this.words[this.at + headWord.groups]!;
  }

  has(id: StreamId): boolean {
    let found = false;
    this.forEach(id, id, () => {
      found = true;
    });
    return found;
  }

  forEach(from: StreamId, to: StreamId, visit: (entry: StreamEntry) => boolean | void): void {
    const tree = this.nodes();
    // The run that may hold `from` begins at or before it.
    for (let more = tree.floor(from) || tree.ceiling(from); more && tree.id <= to;) {
      const master = tree.id;
      const run = tree.payload(0);
      const bytes = this.context.chunks.bytes[run >>> 16]!;
      const goesOn = walkRun(bytes, runStart(run), master, (entry) => {
        if (entry.isDeleted) return true;
        if (entry.id > to) return false;
        return entry.id < from || visit(entry) !== false;
      });
      if (!goesOn || master === highestId) return;
      more = tree.ceiling(master + 1n);
    }
  }

  forEachBackward(from: StreamId, to: StreamId, visit: (entry: StreamEntry) => boolean | void): void {
    const tree = this.nodes();
    for (let more = tree.floor(to); more;) {
      const master = tree.id;
      const run = tree.payload(0);
      const bytes = this.context.chunks.bytes[run >>> 16]!;
      const goesOn = walkRunBackward(bytes, runStart(run), master, (entry) => {
        if (entry.isDeleted) return true;
        if (entry.id < from) return false;
        return entry.id > to || visit(entry) !== false;
      });
      if (!goesOn || master <= from) return;
      more = tree.floor(master - 1n);
    }
  }

  forEachNode(visit: (id: StreamId, bytes: Uint8Array, start: number, end: number) => void): void {
    const { chunks } = this.context;
    this.nodes().walk(
      () => undefined,
      (words, at) => {
        const run = words[at + 4]!;
        visit(readId(words, at), chunks.bytes[run >>> 16]!, runStart(run), runEnd(chunks, run));
      },
    );
  }

  forEachGroup(visit: (group: GroupView) => void): void {
    const { groups } = this;
    for (let i = 0; i < groups; i++)
      visit(new GroupReader(this.context.chunks, this.words[this.at + headWord.addresses + i]!));
  }

  group(name: Uint8Array): GroupView | undefined {
    const index = this.groupIndex(name);
    if (index < 0) return undefined;
    return new GroupReader(this.context.chunks, this.words[this.at + headWord.addresses + index]!);
  }

  /** Where the group stands among the addresses, or ~(where it would). */
  protected groupIndex(name: Uint8Array): number {
    return searchName(
      this.context.chunks,
      this.words,
      this.at + headWord.addresses,
      this.groups,
      groupWord,
      name,
    );
  }

  protected get head(): number {
    this.spot.sync();
    return readWord(this.spot.bytes, this.spot.valueAt);
  }

  protected get words(): Uint32Array {
    return wordsOf(this.context.chunks, this.head);
  }

  protected get at(): number {
    return wordAt(this.head);
  }

  protected nodes(): IdTreeView {
    return new IdTreeView(this.context.chunks, nodePayload, this.words[this.at + headWord.nodes]!);
  }

  /** Living entries of all runs, whatever `length` says. For the checker. */
  countLiving(): number {
    let count = 0;
    this.forEachNode((_, bytes, start) => {
      count += livingIn(bytes, start);
    });
    return count;
  }
}

class GroupReader implements GroupView {
  readonly #chunks: Chunks;
  readonly #address: number;
  readonly #words: Uint32Array;
  readonly #at: number;
  /** Names of consumers by number, as they were asked for. */
  readonly #names = new Map<number, Uint8Array>();

  constructor(chunks: Chunks, address: number) {
    this.#chunks = chunks;
    this.#address = address;
    this.#words = wordsOf(chunks, address);
    this.#at = wordAt(address);
  }

  get name(): Uint8Array {
    return nameIn(this.#chunks, this.#address, groupWord);
  }

  get lastId(): StreamId {
    return readId(this.#words, this.#at + groupWord.lastId);
  }

  get entriesRead(): bigint | undefined {
    const count = readLong(this.#words, this.#at + groupWord.entriesRead);
    return count === unknownCount ? undefined : count;
  }

  get pending(): number {
    return this.#words[this.#at + groupWord.pending]!;
  }

  get consumers(): number {
    return this.#words[this.#at + groupWord.consumers]!;
  }

  pendingEntry(id: StreamId): PendingEntry | undefined {
    const tree = this.#tree();
    return tree.find(id) ? this.#pendingAt(tree) : undefined;
  }

  forEachPending(from: StreamId, visit: (pending: PendingEntry) => boolean | void): void {
    const tree = this.#tree();
    for (let more = tree.ceiling(from); more;) {
      const pending = this.#pendingAt(tree);
      if (visit(pending) === false || pending.id === highestId) return;
      more = tree.ceiling(pending.id + 1n);
    }
  }

  forEachConsumer(visit: (consumer: ConsumerView) => void): void {
    const { consumers } = this;
    for (let i = 0; i < consumers; i++) visit(this.#consumer(i));
  }

  consumer(name: Uint8Array): ConsumerView | undefined {
    const from = consumersAt(this.#words, this.#at);
    const index = searchName(this.#chunks, this.#words, from, this.consumers, consumerWord, name);
    return index < 0 ? undefined : this.#consumer(index);
  }

  #tree(): IdTreeView {
    return new IdTreeView(this.#chunks, pendingPayload.words, this.#words[this.#at + groupWord.pendingTree]!);
  }

  #pendingAt(tree: IdTreeView): PendingEntry {
    const payload = tree.at + 4;
    return {
      id: tree.id,
      consumer: this.#nameOf(tree.payload(pendingPayload.consumer)),
      deliveredMs: readSafe(tree.words, payload + pendingPayload.delivered),
      deliveries: readSafe(tree.words, payload + pendingPayload.deliveries),
    };
  }

  #nameOf(number: number): Uint8Array {
    let name = this.#names.get(number);
    if (name !== undefined) return name;
    const from = consumersAt(this.#words, this.#at);
    for (let i = 0; i < this.consumers && name === undefined; i++) {
      const address = this.#words[from + i]!;
      if (wordsOf(this.#chunks, address)[wordAt(address) + consumerWord.number] === number)
        name = nameIn(this.#chunks, address, consumerWord);
    }
    assert(name !== undefined, 'what is pending is pending for a consumer of its group');
    this.#names.set(number, name);
    return name;
  }

  #consumer(index: number): ConsumerView {
    const address = this.#words[consumersAt(this.#words, this.#at) + index]!;
    const chunks = this.#chunks;
    const words = wordsOf(chunks, address);
    const at = wordAt(address);
    const group = this.#tree();
    return {
      name: nameIn(chunks, address, consumerWord),
      seenMs: readSafe(words, at + consumerWord.seen),
      pending: words[at + consumerWord.pending]!,
      forEachPending: (from, visit) => {
        const own = new IdTreeView(chunks, ownPayload, words[at + consumerWord.pendingTree]!);
        for (let more = own.ceiling(from); more;) {
          const { id } = own;
          const found = group.find(id);
          assert(found, 'what is pending for a consumer is pending in its group');
          if (visit(this.#pendingAt(group)) === false || id === highestId) return;
          more = own.ceiling(id + 1n);
        }
      },
    };
  }
}
