/**
 * The checker: walks all that databases and images refer to, and compares it with all that memory holds.
 *
 * - Every block in memory is either free, or live (reached from a database), or retired, or waiting to be freed: exactly one
 *   of them. What an image sees is live or retired to it or to a newer one, and born before it.
 * - Every page stands at the directory indexes that its prefix and depth ask for, and at no other; every record's hash has
 *   that prefix; every record is found through its slot; counts of records, specials and expiries are right in every page
 *   and every root; records and slots lie inside their page.
 */
import { assert } from './assert.ts';
import { birthOf, blockKind, byteOf, kindOf, unitBytes, unitsOf } from './chunks.ts';
import type { FrozenEpoch } from './cow-memory.ts';
import { IdTreeView, idWords, readId, wordAt } from './id-tree.ts';
import { expiryIn, readNextExpiry } from './field-expiries.ts';
import { listHeaderBytes, listWord, walkList } from './list-tree.ts';
import { nextEntry } from './listpack.ts';
import type { RecordShape } from './page.ts';
import {
  hasExpiry,
  hashOfRecord,
  isSpecial,
  keyOf,
  pageHeaderBytes,
  pageWord,
  recordEnd,
  recordType,
  slotCapacity,
  typeOf,
  wideBit,
} from './page.ts';
import { comesBefore, readScore, scoreBytes } from './score.ts';
import type { Store } from './store.ts';
import {
  consumerWord,
  consumersAt,
  groupWord,
  headWord,
  nodePayload,
  ownPayload,
  pendingPayload,
  runEnd,
  runStart,
} from './stream-blocks.ts';
import { livingIn, walkRun } from './stream-node.ts';
import { copyStored, extentAddress, extentForm, readWord, storedEnd } from './stored-string.ts';
import { TableView, recordsStart, rootWord, segmentHeaderWords } from './table-view.ts';

interface Seen {
  readonly epoch: FrozenEpoch;
  readonly roots: readonly number[];
}

export function checkStore(store: Store, roots: readonly number[], images: readonly Seen[]): void {
  const { memory } = store;
  const blocks = new Map<number, number>();
  memory.slab.check((address, _units, kind) => {
    if (kind !== blockKind.free) blocks.set(address, kind);
  });
  const live = new Checker(store, blocks, memory.epoch);
  for (const root of roots) live.table(root, 'key');
  const owners = new Map<number, string>();
  const claim = (address: number, owner: string): void => {
    assert(blocks.has(address), `a block that is ${owner} is not in memory`);
    assert(!owners.has(address), `a block is ${owner} and ${owners.get(address)}`);
    owners.set(address, owner);
  };
  for (const address of live.reached) claim(address, 'live');
  for (const address of memory.waiting()) claim(address, 'waiting');
  for (const image of memory.images)
    for (const address of image.retired) claim(address, `retired to image ${image.epoch}`);
  for (const [address, kind] of blocks) assert(owners.has(address), `a block of kind ${kind} is lost`);
  assert(images.length === memory.images.length, 'there are as many images as epochs kept');
  for (const { epoch, roots: seenRoots } of images) {
    const seen = new Checker(store, blocks, epoch.epoch);
    for (const root of seenRoots) seen.table(root, 'key');
    for (const address of seen.reached) {
      const owner = owners.get(address)!;
      const kept =
        owner === 'live' ||
        memory.images.some(
          (image) => image.epoch >= epoch.epoch && owner === `retired to image ${image.epoch}`,
        );
      assert(kept, `image ${epoch.epoch} sees a block that is ${owner}`);
    }
  }
}

class Checker {
  readonly reached = new Set<number>();
  readonly #store: Store;
  readonly #blocks: ReadonlyMap<number, number>;
  readonly #newest: number;

  constructor(store: Store, blocks: ReadonlyMap<number, number>, newest: number) {
    this.#store = store;
    this.#blocks = blocks;
    this.#newest = newest;
  }

  #reach(address: number, kind: number): void {
    assert(
      this.#blocks.get(address) === kind,
      `address ${address} leads to a block of kind ${this.#blocks.get(address)}, not ${kind}`,
    );
    assert(!this.reached.has(address), `a block of kind ${kind} is reached twice`);
    assert(
      birthOf(this.#store.chunks, address) <= this.#newest,
      `a block of kind ${kind} was born later than what sees it`,
    );
    this.reached.add(address);
  }

  table(root: number, shape: RecordShape): void {
    if (root === 0) return;
    const { chunks } = this.#store;
    this.#reach(root, blockKind.root);
    const words = chunks.words[root >>> 16]!;
    const at = (root & 0xffff) << 4;
    const depth = words[at + rootWord.depth]!;
    const perSegment = Math.min(1 << depth, 1 << this.#store.segmentLog);
    const segments = (1 << depth) / perSegment;
    assert(
      (rootWord.segments + segments) * 4 <= unitsOf(chunks, root) * unitBytes,
      'a root holds its segments',
    );
    for (let i = 0; i < segments; i++) {
      const segment = words[at + rootWord.segments + i]!;
      this.#reach(segment, blockKind.segment);
      assert(
        (segmentHeaderWords + perSegment) * 4 <= unitsOf(chunks, segment) * unitBytes,
        'a segment holds its entries',
      );
    }
    const view = new TableView(this.#store, shape).attach(root);
    let records = 0;
    let expires = 0;
    const prefixes = new Map<number, number>();
    for (let index = 0; index < 1 << depth; index++) {
      const page = view.pageAt(index);
      if (page === 0) continue;
      const prefix = prefixes.get(page);
      if (prefix !== undefined) {
        assert(
          prefix === (index & ((1 << view.depthOf(page)) - 1)),
          'a page stands at an index of another prefix',
        );
        continue;
      }
      prefixes.set(page, index);
      const counts = this.#page(view, page, index, depth);
      records += counts.records;
      expires += counts.expires;
    }
    for (const [page, prefix] of prefixes) {
      for (let index = prefix; index < 1 << depth; index += 1 << view.depthOf(page)) {
        assert(view.pageAt(index) === page, 'a page does not stand at an index of its prefix');
      }
    }
    assert(records === view.records, `${view.records} records counted, ${records} there`);
    assert(expires === view.expires, `${view.expires} expiries counted, ${expires} there`);
  }

  #page(
    view: TableView,
    page: number,
    prefix: number,
    tableDepth: number,
  ): { records: number; expires: number } {
    const { chunks, seed } = this.#store;
    const { shape } = view;
    this.#reach(page, blockKind.page);
    const words = chunks.words[page >>> 16]!;
    const bytes = chunks.bytes[page >>> 16]!;
    const at = (page & 0xffff) << 4;
    const base = at << 2;
    const sizeBytes = unitsOf(chunks, page) * unitBytes;
    const layout = words[at + pageWord.shape]!;
    const depth = view.depthOf(page);
    const slots = 1 << (layout & 31);
    const wide = (layout & wideBit) !== 0;
    assert(
      depth <= tableDepth && prefix >>> depth === 0,
      'a page is not deeper than its table, and begins at its prefix',
    );
    assert(wide === sizeBytes > 8192, 'a page is wide if it is long');
    const end = base + words[at + pageWord.end]!;
    assert(end <= base + sizeBytes, 'records lie inside their page');
    let records = 0;
    let specials = 0;
    let expires = 0;
    const offsets = new Set<number>();
    let record = recordsStart(chunks, page);
    while (record < end) {
      const next = recordEnd(bytes, record, shape);
      assert(next <= end, 'a record lies inside its page');
      records++;
      if (isSpecial(bytes, record, shape)) specials++;
      if (hasExpiry(bytes, record, shape)) expires++;
      offsets.add(record - base);
      const hash = hashOfRecord(chunks, bytes, record, shape, seed);
      assert((hash & ((1 << depth) - 1)) === prefix, 'a record has the prefix of its page');
      this.#references(bytes, record, shape);
      const key = copyStored(chunks, bytes, keyOf(bytes, record, shape));
      assert(
        view.locate(hash, key, 0, key.length) && view.page === page && view.record === record,
        'a record is found through its slot',
      );
      record = next;
    }
    assert(record === end, 'records end where the page says');
    assert(records > 0, 'a page without records is freed');
    assert(
      records === words[at + pageWord.count],
      `${words[at + pageWord.count]} records counted in a page, ${records} there`,
    );
    assert(
      specials === words[at + pageWord.specials],
      `${words[at + pageWord.specials]} specials counted in a page, ${specials} there`,
    );
    assert(
      expires === words[at + pageWord.expires],
      `${words[at + pageWord.expires]} expiries counted in a page, ${expires} there`,
    );
    assert(records <= slotCapacity(layout & 31), 'a page has empty slots');
    let used = 0;
    for (let slot = 0; slot < slots; slot++) {
      const entry = wide
        ? words[(base + pageHeaderBytes) / 4 + slot]!
        : chunks.shorts[page >>> 16]![(base + pageHeaderBytes) / 2 + slot]!;
      if (entry === 0) continue;
      used++;
      assert(offsets.has(wide ? entry & 0xffffff : entry & 0x1fff), 'a slot leads to a record');
    }
    assert(used === records, 'there are as many slots in use as records');
    return { records, expires };
  }

  #references(bytes: Uint8Array, record: number, shape: RecordShape): void {
    const key = keyOf(bytes, record, shape);
    this.#extent(bytes, key);
    const value = storedEnd(bytes, key);
    if (shape === 'field') this.#extent(bytes, value);
    if (shape !== 'key') return;
    switch (bytes[typeOf(bytes, record)]!) {
      case recordType.string:
        this.#extent(bytes, value);
        return;
      case recordType.largeSet:
        this.table(readWord(bytes, value), 'member');
        return;
      case recordType.largeHash:
        this.table(readWord(bytes, value), 'field');
        return;
      case recordType.expiringHash:
        this.#expiringHash(bytes, value);
        return;
      case recordType.largeZset:
        this.#zset(readWord(bytes, value), readWord(bytes, value + 4));
        return;
      case recordType.largeList:
        if (readWord(bytes, value) !== 0) this.#list(readWord(bytes, value));
        return;
      case recordType.stream:
        this.#stream(readWord(bytes, value));
        return;
    }
  }

  #extent(bytes: Uint8Array, at: number): void {
    if (bytes[at] !== extentForm) return;
    const address = extentAddress(bytes, at);
    this.#reach(address, blockKind.extent);
    assert(
      8 + readWord(bytes, at + 5) <= unitsOf(this.#store.chunks, address) * unitBytes,
      'an extent holds its content',
    );
  }

  /** What expires is there, some does, and nothing before the time that the record says. */
  #expiringHash(bytes: Uint8Array, value: number): void {
    const { chunks } = this.#store;
    this.table(readWord(bytes, value), 'field');
    this.table(readWord(bytes, value + 4), 'field');
    const fields = new TableView(this.#store, 'field').attach(readWord(bytes, value));
    const expiries = new TableView(this.#store, 'field').attach(readWord(bytes, value + 4));
    const next = readNextExpiry(bytes, value);
    assert(expiries.records > 0, 'a hash without fields that expire is a plain one');
    expiries.forEachRecord((page, record) => {
      const field = copyStored(chunks, page, record);
      assert(
        fields.locate(fields.hashOf(field, 0, field.length), field, 0, field.length),
        'a field that expires is there',
      );
      assert(expiryIn(chunks, page, record) >= next, 'a hash knows the earliest expiry of its fields');
    });
  }

  /** The table and the tree of a sorted set have the same elements, and those of the tree are in order. */
  #zset(root: number, tree: number): void {
    const { chunks } = this.#store;
    this.table(root, 'field');
    const { count } = tree === 0 ? { count: 0 } : this.#list(tree);
    const view = new TableView(this.#store, 'field').attach(root);
    assert(count === view.records, `a sorted set orders ${count} of ${view.records} members`);
    let last: Uint8Array | undefined;
    walkList(chunks, tree, 0, (element) => {
      const member = element.subarray(scoreBytes);
      if (last !== undefined) {
        const isBefore = comesBefore(readScore(element, 0), member);
        assert(
          isBefore(readScore(last, 0), last, scoreBytes, last.length),
          'elements of a sorted set are in order',
        );
      }
      last = element;
      assert(
        view.locate(view.hashOf(member, 0, member.length), member, 0, member.length),
        'a member that has a place has a score',
      );
      const stored = copyStored(chunks, view.bytes, storedEnd(view.bytes, view.record));
      assert(
        Object.is(readScore(stored, 0), readScore(element, 0)),
        'a member has the same score in both places',
      );
    });
  }

  #stream(head: number): void {
    const { chunks } = this.#store;
    this.#reach(head, blockKind.streamHead);
    const words = chunks.words[head >>> 16]!;
    const at = wordAt(head);
    const groups = words[at + headWord.groups]!;
    assert(
      4 * (headWord.addresses + groups) <= unitsOf(chunks, head) * unitBytes,
      'the head of a stream holds its groups',
    );
    let last = -1n;
    let runs = 0;
    this.#ids(words[at + headWord.nodes]!, nodePayload, (leaf, record) => {
      const run = leaf[record + idWords]!;
      const master = readId(leaf, record);
      this.#reach(run, blockKind.streamEntries);
      runs++;
      assert(
        runEnd(chunks, run) - byteOf(run) <= unitsOf(chunks, run) * unitBytes,
        'a block holds its run of entries',
      );
      let living = 0;
      const bytes = chunks.bytes[run >>> 16]!;
      walkRun(bytes, runStart(run), master, (entry) => {
        assert(entry.id > last && entry.id >= master, 'entries of a stream ascend');
        last = entry.id;
        if (!entry.isDeleted) living++;
      });
      assert(living === livingIn(bytes, runStart(run)), 'a run of entries knows how many of them live');
    });
    assert(runs === words[at + headWord.runs], 'a stream knows its number of runs');
    for (let i = 0; i < groups; i++) this.#group(words[at + headWord.addresses + i]!);
  }

  #group(group: number): void {
    const { chunks } = this.#store;
    this.#reach(group, blockKind.streamGroup);
    const words = chunks.words[group >>> 16]!;
    const at = wordAt(group);
    const from = consumersAt(words, at);
    const consumers = words[at + groupWord.consumers]!;
    assert(
      4 * (from - at + consumers) <= unitsOf(chunks, group) * unitBytes,
      'the block of a group holds its consumers',
    );
    const owners = new Map<bigint, number>();
    this.#ids(words[at + groupWord.pendingTree]!, pendingPayload.words, (leaf, record) => {
      owners.set(readId(leaf, record), leaf[record + idWords + pendingPayload.consumer]!);
    });
    assert(owners.size === words[at + groupWord.pending], 'a group knows how much is pending');
    for (let i = 0; i < consumers; i++) {
      const consumer = words[from + i]!;
      this.#reach(consumer, blockKind.streamConsumer);
      const own = chunks.words[consumer >>> 16]!;
      const ownAt = wordAt(consumer);
      const number = own[ownAt + consumerWord.number]!;
      let pending = 0;
      this.#ids(own[ownAt + consumerWord.pendingTree]!, ownPayload, (leaf, record) => {
        const id = readId(leaf, record);
        assert(owners.get(id) === number, 'what is pending for a consumer is its own in the group');
        owners.delete(id);
        pending++;
      });
      assert(pending === own[ownAt + consumerWord.pending], 'a consumer knows how much is pending');
    }
    assert(owners.size === 0, 'everything pending belongs to a consumer');
  }

  /** Walks a tree of ids. */
  #ids(root: number, payloadWords: number, record: (words: Uint32Array, at: number) => void): void {
    const { chunks } = this.#store;
    const tree = new IdTreeView(chunks, payloadWords, root);
    let last = -1n;
    tree.walk(
      (block) => {
        const kind = kindOf(chunks, block);
        assert(
          kind === blockKind.idLeaf || kind === blockKind.idNode,
          `a tree of ids does not consist of blocks of kind ${kind}`,
        );
        this.#reach(block, kind);
        const count = chunks.words[block >>> 16]![wordAt(block) + 2]!;
        const width = kind === blockKind.idNode ? idWords + 1 : idWords + payloadWords;
        assert(count > 0, 'no part of a tree of ids is empty');
        assert(4 * (4 + count * width) <= unitsOf(chunks, block) * unitBytes, 'a block holds its records');
      },
      (words, at) => {
        const id = readId(words, at);
        assert(id > last, 'ids ascend in their tree');
        assert(tree.find(id), 'a record is found by its id');
        last = id;
        record(words, at);
      },
    );
  }

  /** Gives the number of elements, and of levels. */
  #list(address: number): { count: number; levels: number } {
    const { chunks } = this.#store;
    const kind = kindOf(chunks, address);
    this.#reach(address, kind);
    const words = chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const count = words[at + listWord.count]!;
    if (kind === blockKind.listPlain) return { count, levels: 0 };
    if (kind === blockKind.listLeaf) {
      const bytes = chunks.bytes[address >>> 16]!;
      let elements = 0;
      let entry = (at << 2) + listHeaderBytes;
      const end = (at << 2) + words[at + listWord.end]!;
      for (; entry < end; entry = nextEntry(bytes, entry)) elements++;
      assert(entry === end && elements === count && count > 0, 'a leaf of a list holds what it says');
      return { count, levels: 0 };
    }
    assert(kind === blockKind.listNode, `a list does not consist of blocks of kind ${kind}`);
    let sum = 0;
    let levels = -1;
    for (let i = 0; i < words[at + listWord.children]!; i++) {
      const child = this.#list(words[at + listWord.pairs + 2 * i]!);
      assert(
        child.count === words[at + listWord.pairs + 2 * i + 1],
        'a node knows the number of elements of its children',
      );
      assert(levels === -1 || levels === child.levels, 'all parts of a list are equally deep');
      levels = child.levels;
      sum += child.count;
    }
    assert(sum === count && levels >= 0, 'a node of a list holds what it says');
    return { count, levels: levels + 1 };
  }
}
