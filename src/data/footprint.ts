/**
 * How much memory a key takes: its record and slot, and every block that belongs to it, also where a COPY has it, too.
 *
 * Blocks are counted as they are, exactly. What the records of a large collection keep in extents of their own is looked
 * for in the first `samples` records, and taken to be the same in the others; 0 looks at all.
 */
import { blockKind, kindOf, unitBytes, unitsOf } from './chunks.ts';
import { wordAt, wordsOf, IdTreeView } from './id-tree-view.ts';
import { listWord } from './list-view.ts';
import type { RecordShape } from './page.ts';
import { keyOf, pageWord, recordEnd, recordType, typeOf } from './page.ts';
import {
  consumerWord,
  consumersAt,
  groupWord,
  headWord,
  nodePayload,
  ownPayload,
  pendingPayload,
} from './stream-blocks.ts';
import { extentAddress, readWord, storedEnd } from './stored-string.ts';
import type { TableContext } from './table-view.ts';
import { TableView, rootWord } from './table-view.ts';

/** Bytes of a slot of a page that is not wide. */
const slotBytes = 2;

/** The key whose record stands at `record`. */
export function footprint(context: TableContext, bytes: Uint8Array, record: number, samples: number): number {
  return recordEnd(bytes, record, 'key') - record + slotBytes + ownedBytes(context, bytes, record, samples);
}

/** Bytes of the blocks that a key's record refers to. */
export function ownedBytes(
  context: TableContext,
  bytes: Uint8Array,
  record: number,
  samples: number,
): number {
  const typeAt = typeOf(bytes, record);
  const value = storedEnd(bytes, typeAt + 1);
  const ofKey = extentBytes(context, bytes, typeAt + 1);
  const table = (shape: RecordShape, index = 0): number =>
    tableBytes(context, readWord(bytes, value + 4 * index), shape, samples);
  switch (bytes[typeAt]!) {
    case recordType.string:
      return ofKey + extentBytes(context, bytes, value);
    case recordType.largeSet:
      return ofKey + table('member');
    case recordType.largeHash:
      return ofKey + table('field');
    case recordType.expiringHash:
      return ofKey + table('field') + table('field', 1);
    case recordType.largeList:
      return ofKey + listBytes(context, readWord(bytes, value));
    case recordType.largeZset:
      return ofKey + table('field') + listBytes(context, readWord(bytes, value + 4));
    case recordType.stream:
      return ofKey + streamBytes(context, readWord(bytes, value));
    default:
      return ofKey;
  }
}

/** Bytes of a table's root, segments and pages. */
export function directoryBytes(context: TableContext, root: number): number {
  if (root === 0) return 0;
  const table = new TableView(context, 'key').attach(root);
  const words = wordsOf(context.chunks, root);
  let total = blockBytes(context, root);
  for (let i = 0; i < Math.max(1, table.width >>> context.segmentLog); i++)
    total += blockBytes(context, words[wordAt(root) + rootWord.segments + i]!);
  for (let index = 0; index < table.width; index++) total += blockBytes(context, table.pageWithPrefix(index));
  return total;
}

function blockBytes({ chunks }: TableContext, address: number): number {
  return address === 0 ? 0 : unitsOf(chunks, address) * unitBytes;
}

function extentBytes(context: TableContext, bytes: Uint8Array, at: number): number {
  return blockBytes(context, extentAddress(bytes, at));
}

function tableBytes(context: TableContext, root: number, shape: RecordShape, samples: number): number {
  if (root === 0) return 0;
  const { chunks } = context;
  const table = new TableView(context, shape).attach(root);
  let seen = 0;
  let extents = 0;
  for (let index = 0; index < table.width && (samples === 0 || seen < samples); index++) {
    const page = table.pageWithPrefix(index);
    if (page === 0) continue;
    const words = wordsOf(chunks, page);
    seen += words[wordAt(page) + pageWord.count]!;
    if (words[wordAt(page) + pageWord.specials] === 0) continue;
    table.forEachInPage(page, (bytes, record) => {
      const key = keyOf(bytes, record, shape);
      extents += extentBytes(context, bytes, key);
      if (shape === 'field') extents += extentBytes(context, bytes, storedEnd(bytes, key));
    });
  }
  const ofAll = seen === 0 ? 0 : Math.round((extents * table.records) / seen);
  return directoryBytes(context, root) + ofAll;
}

function listBytes(context: TableContext, address: number): number {
  if (address === 0) return 0;
  const { chunks } = context;
  let total = blockBytes(context, address);
  if (kindOf(chunks, address) !== blockKind.listNode) return total;
  const words = wordsOf(chunks, address);
  const at = wordAt(address);
  for (let i = 0; i < words[at + listWord.children]!; i++)
    total += listBytes(context, words[at + listWord.pairs + 2 * i]!);
  return total;
}

function streamBytes(context: TableContext, head: number): number {
  const { chunks } = context;
  const words = wordsOf(chunks, head);
  const at = wordAt(head);
  let total = blockBytes(context, head);
  const tree = (root: number, payload: number, record?: (words: Uint32Array, at: number) => void): void => {
    new IdTreeView(chunks, payload, root).walk(
      (block) => {
        total += blockBytes(context, block);
      },
      record ?? (() => undefined),
    );
  };
  tree(words[at + headWord.nodes]!, nodePayload, (leaf, record) => {
    total += blockBytes(context, leaf[record + 4]!);
  });
  for (let i = 0; i < words[at + headWord.groups]!; i++) {
    const group = words[at + headWord.addresses + i]!;
    total += blockBytes(context, group);
    const groupWords = wordsOf(chunks, group);
    const groupAt = wordAt(group);
    tree(groupWords[groupAt + groupWord.pendingTree]!, pendingPayload.words);
    const from = consumersAt(groupWords, groupAt);
    for (let k = 0; k < groupWords[groupAt + groupWord.consumers]!; k++) {
      const consumer = groupWords[from + k]!;
      total += blockBytes(context, consumer);
      tree(wordsOf(chunks, consumer)[wordAt(consumer) + consumerWord.pendingTree]!, ownPayload);
    }
  }
  return total;
}
