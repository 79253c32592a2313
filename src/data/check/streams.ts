/** The checker of streams: runs of entries, groups, and who has what pending. */
import { assert } from '../assert.ts';
import { blockKind, byteOf, kindOf, unitBytes, unitsOf } from '../chunks.ts';
import { IdTreeView, idWords, readId, wordAt } from '../id-tree-view.ts';
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
} from '../stream-blocks.ts';
import { livingIn, walkRun } from '../stream-node.ts';
import type { Walk } from './walk.ts';

export function checkStream(walk: Walk, head: number): void {
  const { chunks } = walk.store;
  walk.reach(head, blockKind.streamHead);
  const words = chunks.words[head >>> 16]!;
  const at = wordAt(head);
  const groups = words[at + headWord.groups]!;
  assert(
    4 * (headWord.addresses + groups) <= unitsOf(chunks, head) * unitBytes,
    'the head of a stream holds its groups',
  );
  let last = -1n;
  let runs = 0;
  checkIds(walk, words[at + headWord.nodes]!, nodePayload, (leaf, record) => {
    const run = leaf[record + idWords]!;
    const master = readId(leaf, record);
    walk.reach(run, blockKind.streamEntries);
    runs++;
    assert(
      runEnd(chunks, run) - byteOf(run) <= unitsOf(chunks, run) * unitBytes,
      'a block holds its run of entries',
    );
    let living = 0;
    const bytes = chunks.bytes[run >>> 16]!;
    walkRun(bytes, runStart(run), master, (entry) => {
      if (entry.isDeleted) return;
      assert(entry.id > last && entry.id >= master, 'living entries of a stream ascend');
      last = entry.id;
      living++;
    });
    assert(living === livingIn(bytes, runStart(run)), 'a run of entries knows how many of them live');
  });
  assert(runs === words[at + headWord.runs], 'a stream knows its number of runs');
  for (let i = 0; i < groups; i++) checkGroup(walk, words[at + headWord.addresses + i]!);
}

function checkGroup(walk: Walk, group: number): void {
  const { chunks } = walk.store;
  walk.reach(group, blockKind.streamGroup);
  const words = chunks.words[group >>> 16]!;
  const at = wordAt(group);
  const from = consumersAt(words, at);
  const consumers = words[at + groupWord.consumers]!;
  assert(
    4 * (from - at + consumers) <= unitsOf(chunks, group) * unitBytes,
    'the block of a group holds its consumers',
  );
  const owners = new Map<bigint, number>();
  checkIds(walk, words[at + groupWord.pendingTree]!, pendingPayload.words, (leaf, record) => {
    owners.set(readId(leaf, record), leaf[record + idWords + pendingPayload.consumer]!);
  });
  assert(owners.size === words[at + groupWord.pending], 'a group knows how much is pending');
  for (let i = 0; i < consumers; i++) {
    const consumer = words[from + i]!;
    walk.reach(consumer, blockKind.streamConsumer);
    const own = chunks.words[consumer >>> 16]!;
    const ownAt = wordAt(consumer);
    const number = own[ownAt + consumerWord.number]!;
    let pending = 0;
    checkIds(walk, own[ownAt + consumerWord.pendingTree]!, ownPayload, (leaf, record) => {
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
function checkIds(
  walk: Walk,
  root: number,
  payloadWords: number,
  record: (words: Uint32Array, at: number) => void,
): void {
  const { chunks } = walk.store;
  const tree = new IdTreeView(chunks, payloadWords, root);
  let last = -1n;
  tree.walk(
    (block) => {
      const kind = kindOf(chunks, block);
      assert(
        kind === blockKind.idLeaf || kind === blockKind.idNode,
        `a tree of ids does not consist of blocks of kind ${kind}`,
      );
      walk.reach(block, kind);
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
