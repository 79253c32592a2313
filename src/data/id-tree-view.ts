/**
 * A tree of records ordered by stream id: how it lies in its blocks, and how it is read. What changes one is `id-tree.ts`.
 *
 *     leaf    word 2 records    from word 4: id (4 words, the highest first) and payload of each, ascending
 *     node    word 2 children   from word 4: the least id in it (4 words) and address of each child, ascending
 *
 * An id is a 128-bit number, milliseconds above and sequence below. All leaves are equally deep, no part is empty, a tree
 * without records has address 0. How many words a payload has is the same in a whole tree, and known to whoever opens it.
 */
import type { Chunks } from './chunks.ts';
import { blockKind, kindOf } from './chunks.ts';

export const idTreeWord = { count: 2, records: 4 } as const;
export const idWords = 4;
/** Words of a node's record: an id and an address. */
export const nodeWords = idWords + 1;
export const highestId = (1n << 128n) - 1n;

export function readId(words: Uint32Array, at: number): bigint {
  return (
    (BigInt(words[at]!) << 96n) |
    (BigInt(words[at + 1]!) << 64n) |
    (BigInt(words[at + 2]!) << 32n) |
    BigInt(words[at + 3]!)
  );
}

export function writeId(words: Uint32Array, at: number, id: bigint): void {
  words[at] = Number(id >> 96n);
  words[at + 1] = Number((id >> 64n) & 0xffffffffn);
  words[at + 2] = Number((id >> 32n) & 0xffffffffn);
  words[at + 3] = Number(id & 0xffffffffn);
}

export function wordsOf(chunks: Chunks, address: number): Uint32Array {
  return chunks.words[address >>> 16]!;
}

export function wordAt(address: number): number {
  return (address & 0xffff) << 4;
}

/** Reads a tree, live or frozen. A search that succeeds leaves the record's place in `words` and `at`. */
export class IdTreeView {
  root = 0;
  words: Uint32Array;
  /** Index of the found record's id in `words`; the payload follows it. */
  at = 0;
  readonly chunks: Chunks;
  readonly recordWords: number;

  constructor(chunks: Chunks, payloadWords: number, root = 0) {
    this.chunks = chunks;
    this.recordWords = idWords + payloadWords;
    this.words = chunks.words[0]!;
    this.root = root;
  }

  get id(): bigint {
    return readId(this.words, this.at);
  }

  /** Word `index` of the found record's payload. */
  payload(index: number): number {
    return this.words[this.at + idWords + index]!;
  }

  find(id: bigint): boolean {
    return this.floor(id) && this.id === id;
  }

  /** The greatest record at or below `id`. */
  floor(id: bigint): boolean {
    let address = this.root;
    if (address === 0) return false;
    for (;;) {
      const words = wordsOf(this.chunks, address);
      const isNode = kindOf(this.chunks, address) === blockKind.idNode;
      const width = isNode ? nodeWords : this.recordWords;
      const index = countUpTo(words, wordAt(address), width, id) - 1;
      if (index < 0) return false;
      const at = wordAt(address) + idTreeWord.records + index * width;
      if (!isNode) {
        this.words = words;
        this.at = at;
        return true;
      }
      address = words[at + idWords]!;
    }
  }

  /** The least record at or above `id`. */
  ceiling(id: bigint): boolean {
    let address = this.root;
    if (address === 0) return false;
    // The least record of what lies behind the path: its id stands in the nodes.
    let behind = 0;
    for (;;) {
      const words = wordsOf(this.chunks, address);
      const base = wordAt(address);
      const isNode = kindOf(this.chunks, address) === blockKind.idNode;
      const width = isNode ? nodeWords : this.recordWords;
      const count = words[base + idTreeWord.count]!;
      const upTo = countUpTo(words, base, width, id);
      if (isNode) {
        if (upTo < count) behind = words[base + idTreeWord.records + upTo * width + idWords]!;
        if (upTo === 0) return this.#first(behind);
        address = words[base + idTreeWord.records + (upTo - 1) * width + idWords]!;
        continue;
      }
      const last = base + idTreeWord.records + (upTo - 1) * width;
      if (upTo > 0 && readId(words, last) === id) {
        this.words = words;
        this.at = last;
        return true;
      }
      if (upTo === count) return behind !== 0 && this.#first(behind);
      this.words = words;
      this.at = last + width;
      return true;
    }
  }

  /** Visits every block, nodes before what is below them; records of leaves one by one. */
  walk(
    block: (address: number) => void,
    record: (words: Uint32Array, at: number) => void,
    address = this.root,
  ): void {
    if (address === 0) return;
    const words = wordsOf(this.chunks, address);
    const base = wordAt(address);
    const isNode = kindOf(this.chunks, address) === blockKind.idNode;
    const width = isNode ? nodeWords : this.recordWords;
    const count = words[base + idTreeWord.count]!;
    block(address);
    for (let i = 0; i < count; i++) {
      const at = base + idTreeWord.records + i * width;
      if (isNode) this.walk(block, record, words[at + idWords]!);
      else record(words, at);
    }
  }

  #first(address: number): boolean {
    while (kindOf(this.chunks, address) === blockKind.idNode)
      address = wordsOf(this.chunks, address)[wordAt(address) + idTreeWord.records + idWords]!;
    this.words = wordsOf(this.chunks, address);
    this.at = wordAt(address) + idTreeWord.records;
    return true;
  }
}

/** How many records of the block have an id of at most `id`. */
export function countUpTo(words: Uint32Array, base: number, width: number, id: bigint): number {
  const high = Number(id >> 96n);
  const low = Number((id >> 64n) & 0xffffffffn);
  const seqHigh = Number((id >> 32n) & 0xffffffffn);
  const seqLow = Number(id & 0xffffffffn);
  let from = 0;
  let to = words[base + idTreeWord.count]!;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = base + idTreeWord.records + middle * width;
    const order =
      words[at]! - high || words[at + 1]! - low || words[at + 2]! - seqHigh || words[at + 3]! - seqLow;
    if (order <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
