/**
 * The blocks of a stream, and what its words mean.
 *
 *     head      2 groups  3 tree of runs  4… last id  8… greatest deleted id  12… entries added  14… length  16 runs
 *               17… addresses of the groups, by name
 *     group     2 consumers  3 tree of pending entries  4… last id  8… entries read, all ones for unknown  10 pending
 *               11 number of the next consumer  12 bytes of the name  13… name, then addresses of the consumers, by name
 *     consumer  2 number  3 tree of pending ids  4… seen, Unix ms  6 pending  7 bytes of the name  8… name
 *     entries   from byte 8: a listpack
 *
 * 64-bit numbers are two words, the higher first. The tree of runs holds the address of each run's block; a group's
 * pending entries hold when they were delivered (2 words), how often (2) and to which consumer's number (0: to nobody);
 * a consumer's tree holds ids alone. Numbers of consumers are never used again within their group.
 */
import type { Chunks } from './chunks.ts';
import { wordAt, wordsOf } from './id-tree-view.ts';
import { heapCopy, readWord } from './stored-string.ts';

export const headWord = {
  groups: 2,
  nodes: 3,
  lastId: 4,
  maxDeletedId: 8,
  entriesAdded: 12,
  length: 14,
  runs: 16,
  addresses: 17,
} as const;

export const groupWord = {
  consumers: 2,
  pendingTree: 3,
  lastId: 4,
  entriesRead: 8,
  pending: 10,
  nextNumber: 11,
  nameBytes: 12,
  name: 13,
} as const;

export const consumerWord = {
  number: 2,
  pendingTree: 3,
  seen: 4,
  pending: 6,
  nameBytes: 7,
  name: 8,
} as const;

/** Payload words of the three trees. */
export const nodePayload = 1;
export const pendingPayload = { words: 5, delivered: 0, deliveries: 2, consumer: 4 } as const;
export const ownPayload = 0;

/** Bytes of a run's block before its listpack. */
export const entriesHeaderBytes = 8;

export const unknownCount = (1n << 64n) - 1n;

/** A 64-bit number, unsigned. */
export function readLong(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at]!) << 32n) | BigInt(words[at + 1]!);
}

export function writeLong(words: Uint32Array, at: number, value: bigint): void {
  words[at] = Number((value >> 32n) & 0xffffffffn);
  words[at + 1] = Number(value & 0xffffffffn);
}

/** A safe integer in two words, signed. */
export function readSafe(words: Uint32Array, at: number): number {
  return (words[at]! | 0) * 4_294_967_296 + words[at + 1]!;
}

export function writeSafe(words: Uint32Array, at: number, value: number): void {
  const low = value >>> 0;
  words[at] = (value - low) / 4_294_967_296;
  words[at + 1] = low;
}

/** Where the addresses of a group's consumers begin. */
export function consumersAt(words: Uint32Array, group: number): number {
  return group + groupWord.name + ((words[group + groupWord.nameBytes]! + 3) >>> 2);
}

/** The name in a group's or consumer's block. */
export function nameIn(
  chunks: Chunks,
  address: number,
  word: typeof groupWord | typeof consumerWord,
): Uint8Array {
  const at = wordAt(address);
  const start = (at + word.name) << 2;
  return heapCopy(
    chunks.bytes[address >>> 16]!,
    start,
    start + wordsOf(chunks, address)[at + word.nameBytes]!,
  );
}

/**
 * The place of a name among `count` addresses from `words[from]` on, by binary search over the blocks' names.
 * @returns where it stands, or ~(where it would)
 */
export function searchName(
  chunks: Chunks,
  words: Uint32Array,
  from: number,
  count: number,
  word: typeof groupWord | typeof consumerWord,
  name: Uint8Array,
): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareName(chunks, words[from + middle]!, word, name);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return ~low;
}

function compareName(
  chunks: Chunks,
  address: number,
  word: typeof groupWord | typeof consumerWord,
  name: Uint8Array,
): number {
  const at = wordAt(address);
  const length = wordsOf(chunks, address)[at + word.nameBytes]!;
  const bytes = chunks.bytes[address >>> 16]!;
  const start = (at + word.name) << 2;
  for (let i = 0; i < Math.min(length, name.length); i++) {
    const order = bytes[start + i]! - name[i]!;
    if (order !== 0) return order;
  }
  return length - name.length;
}

/** Where the listpack of a run's block begins and ends. */
export function runStart(address: number): number {
  return (wordAt(address) << 2) + entriesHeaderBytes;
}

export function runEnd(chunks: Chunks, address: number): number {
  const start = runStart(address);
  return start + readWord(chunks.bytes[address >>> 16]!, start);
}
