/**
 * A stream as RDB's type 19 has it, in parts that are small however large the stream is: one run of entries, or some of
 * what is pending. Source: formats.md 2.7.
 */
import type { Chunks } from './chunks.ts';
import { IdTreeView, highestId, readId, wordAt, wordsOf } from './id-tree-view.ts';
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
  runEnd,
  runStart,
} from './stream-blocks.ts';

export interface StreamOut {
  /** A length in RDB's encoding, up to 64 bits. */
  count(value: number | bigint): void;
  byte(value: number): void;
  /** A string; long ones may be handed on where they stand. */
  text(bytes: Uint8Array, start: number, end: number): void;
}

const halfMask = (1n << 64n) - 1n;
/** Pending entries in one part. */
const pendingAtOnce = 256;

/** Writes a stream's value, without its key: a part a step. */
export function* streamParts(
  chunks: Chunks,
  head: number,
  firstId: bigint,
  out: StreamOut,
): Generator<undefined> {
  const words = wordsOf(chunks, head);
  const at = wordAt(head);
  out.count(words[at + headWord.runs]!);
  const nodes = new IdTreeView(chunks, nodePayload, words[at + headWord.nodes]!);
  for (let more = nodes.ceiling(0n); more;) {
    const { id } = nodes;
    const run = nodes.payload(0);
    out.byte(16);
    rawId(out, nodes.words, nodes.at);
    out.text(chunks.bytes[run >>> 16]!, runStart(run), runEnd(chunks, run));
    yield;
    more = id !== highestId && nodes.ceiling(id + 1n);
  }
  out.count(readLong(words, at + headWord.length));
  countId(out, readId(words, at + headWord.lastId));
  countId(out, firstId);
  countId(out, readId(words, at + headWord.maxDeletedId));
  out.count(readLong(words, at + headWord.entriesAdded));
  const groups = words[at + headWord.groups]!;
  out.count(groups);
  for (let i = 0; i < groups; i++) yield* groupParts(chunks, words[at + headWord.addresses + i]!, out);
}

function* groupParts(chunks: Chunks, group: number, out: StreamOut): Generator<undefined> {
  const words = wordsOf(chunks, group);
  const at = wordAt(group);
  name(out, nameIn(chunks, group, groupWord));
  countId(out, readId(words, at + groupWord.lastId));
  out.count(readLong(words, at + groupWord.entriesRead));
  out.count(words[at + groupWord.pending]!);
  const pending = new IdTreeView(chunks, pendingPayload.words, words[at + groupWord.pendingTree]!);
  yield* eachRecord(pending, () => {
    rawId(out, pending.words, pending.at);
    for (const word of [pendingPayload.delivered + 1, pendingPayload.delivered])
      for (let shift = 0; shift < 32; shift += 8) out.byte((pending.payload(word) >>> shift) & 0xff);
    out.count(readLong(pending.words, pending.at + 4 + pendingPayload.deliveries));
  });
  const consumers = words[at + groupWord.consumers]!;
  out.count(consumers);
  const from = consumersAt(words, at);
  for (let i = 0; i < consumers; i++) {
    const consumer = words[from + i]!;
    const own = wordsOf(chunks, consumer);
    const ownAt = wordAt(consumer);
    name(out, nameIn(chunks, consumer, consumerWord));
    for (const word of [consumerWord.seen + 1, consumerWord.seen])
      for (let shift = 0; shift < 32; shift += 8) out.byte((own[ownAt + word]! >>> shift) & 0xff);
    out.count(own[ownAt + consumerWord.pending]!);
    const ids = new IdTreeView(chunks, ownPayload, own[ownAt + consumerWord.pendingTree]!);
    yield* eachRecord(ids, () => rawId(out, ids.words, ids.at));
  }
}

function* eachRecord(tree: IdTreeView, visit: () => void): Generator<undefined> {
  let count = 0;
  for (let more = tree.ceiling(0n); more;) {
    const { id } = tree;
    visit();
    if (++count % pendingAtOnce === 0) yield;
    more = id !== highestId && tree.ceiling(id + 1n);
  }
  yield;
}

function name(out: StreamOut, text: Uint8Array): void {
  out.text(text, 0, text.length);
}

function countId(out: StreamOut, id: bigint): void {
  out.count(id >> 64n);
  out.count(id & halfMask);
}

/** 16 bytes, the highest first. */
function rawId(out: StreamOut, words: Uint32Array, at: number): void {
  for (let i = 0; i < 4; i++)
    for (let shift = 24; shift >= 0; shift -= 8) out.byte((words[at + i]! >>> shift) & 0xff);
}
