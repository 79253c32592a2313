/** COPY of a stream: a copy of every block, each referring to copies. */
import { IdTree } from './id-tree.ts';
import { wordAt, wordsOf } from './id-tree-view.ts';
import type { Store } from './store.ts';
import {
  consumerWord,
  consumersAt,
  groupWord,
  headWord,
  nodePayload,
  ownPayload,
  pendingPayload,
} from './stream-blocks.ts';
import { cloneBlock } from './table.ts';

/** Gives the copy's head. */
export function cloneStream(store: Store, head: number): number {
  const { memory } = store;
  const wordsIn = (address: number): Uint32Array => wordsOf(store.chunks, address);
  const cloneTree = (words: Uint32Array, at: number, payloadWords: number): void => {
    words[at] = new IdTree(store, payloadWords, words[at]!).clone();
  };
  const copy = cloneBlock(memory, head);
  const at = wordAt(copy);
  const words = wordsIn(copy);
  words[at + headWord.nodes] = new IdTree(store, nodePayload, words[at + headWord.nodes]!).clone(
    (leaf, record) => {
      leaf[record + 4] = cloneBlock(memory, leaf[record + 4]!);
    },
  );
  for (let i = 0; i < words[at + headWord.groups]!; i++) {
    const group = cloneBlock(memory, words[at + headWord.addresses + i]!);
    words[at + headWord.addresses + i] = group;
    const groupWords = wordsIn(group);
    const groupAt = wordAt(group);
    cloneTree(groupWords, groupAt + groupWord.pendingTree, pendingPayload.words);
    const from = consumersAt(groupWords, groupAt);
    for (let k = 0; k < groupWords[groupAt + groupWord.consumers]!; k++) {
      const consumer = cloneBlock(memory, groupWords[from + k]!);
      groupWords[from + k] = consumer;
      cloneTree(wordsIn(consumer), wordAt(consumer) + consumerWord.pendingTree, ownPayload);
    }
  }
  return copy;
}
