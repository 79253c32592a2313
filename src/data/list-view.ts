/**
 * Long lists: a tree of runs of elements, counted, so that any index is a few steps away. How it lies in its blocks, and how
 * it is read; what changes one is `list-tree.ts`.
 *
 *     leaf    word 2 elements   word 3 end of the entries, from the block's start   from byte 16: listpack entries
 *     plain   word 2 is 1       word 3 bytes                                        from byte 16: one long element, as it is
 *     node    word 2 elements   word 3 children      from word 4: address and number of elements of each child
 *
 * All leaves and plains are equally deep. No part is empty; a list without elements has no tree (address 0).
 */
import type { Chunks } from './chunks.ts';
import { blockKind, kindOf } from './chunks.ts';
import { entryText, nextEntry, previousEntry } from './listpack.ts';
import { heapCopy } from './stored-string.ts';

export const listWord = { count: 2, end: 3, children: 3, pairs: 4 } as const;
export const listHeaderBytes = 16;

type VisitElement = (element: Uint8Array, index: number) => boolean | void;

export function listCount(chunks: Chunks, address: number): number {
  return address === 0 ? 0 : chunks.words[address >>> 16]![((address & 0xffff) << 4) + listWord.count]!;
}

/** Visits the elements from index `from` on; false where the visit stopped. `first` is the index of the part's first element. */
export function walkList(
  chunks: Chunks,
  address: number,
  from: number,
  visit: VisitElement,
  first = 0,
): boolean {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first < from || visit(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      const end = (at << 2) + words[at + listWord.end]!;
      let index = first;
      for (let entry = (at << 2) + listHeaderBytes; entry < end; entry = nextEntry(bytes, entry), index++) {
        if (index >= from && visit(entryText(bytes, entry), index) === false) return false;
      }
      return true;
    }
    default: {
      const children = words[at + listWord.children]!;
      for (let i = 0; i < children; i++) {
        const count = words[at + listWord.pairs + 2 * i + 1]!;
        if (
          first + count > from &&
          !walkList(chunks, words[at + listWord.pairs + 2 * i]!, from, visit, first)
        )
          return false;
        first += count;
      }
      return true;
    }
  }
}

/** As `walkList`, from index `from` down to 0. */
export function walkListBackward(
  chunks: Chunks,
  address: number,
  from: number,
  visit: VisitElement,
  first = 0,
): boolean {
  if (address === 0) return true;
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first > from || visit(plainText(chunks, address), first) !== false;
    case blockKind.listLeaf: {
      let entry = (at << 2) + words[at + listWord.end]!;
      for (let index = first + words[at + listWord.count]! - 1; index >= first; index--) {
        entry = previousEntry(bytes, entry);
        if (index <= from && visit(entryText(bytes, entry), index) === false) return false;
      }
      return true;
    }
    default: {
      let end = first + words[at + listWord.count]!;
      for (let i = words[at + listWord.children]! - 1; i >= 0; i--) {
        end -= words[at + listWord.pairs + 2 * i + 1]!;
        if (end <= from && !walkListBackward(chunks, words[at + listWord.pairs + 2 * i]!, from, visit, end))
          return false;
      }
      return true;
    }
  }
}

export function listElement(chunks: Chunks, address: number, index: number): Uint8Array {
  for (;;) {
    const words = chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const kind = words[at]! >>> 24;
    if (kind === blockKind.listPlain) return plainText(chunks, address);
    if (kind === blockKind.listLeaf)
      return entryText(chunks.bytes[address >>> 16]!, leafPlace(chunks, address, index));
    let pair = at + listWord.pairs;
    for (; index >= words[pair + 1]!; pair += 2) index -= words[pair + 1]!;
    address = words[pair]!;
  }
}

/** Visits leaves and plains in order. */
export function forEachListPart(chunks: Chunks, address: number, visit: (part: number) => void): void {
  if (address === 0) return;
  if (kindOf(chunks, address) !== blockKind.listNode) {
    visit(address);
    return;
  }
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  const children = words[at + listWord.children]!;
  for (let i = 0; i < children; i++) forEachListPart(chunks, words[at + listWord.pairs + 2 * i]!, visit);
}

function plainText(chunks: Chunks, address: number): Uint8Array {
  const start = ((address & 0xffff) << 6) + listHeaderBytes;
  return heapCopy(
    chunks.bytes[address >>> 16]!,
    start,
    start + chunks.words[address >>> 16]![((address & 0xffff) << 4) + listWord.end]!,
  );
}

/** Place of the entry at `index` in a leaf, or of the end; from the nearer side. */
export function leafPlace(chunks: Chunks, leaf: number, index: number): number {
  const bytes = chunks.bytes[leaf >>> 16]!;
  const words = chunks.words[leaf >>> 16]!;
  const at = (leaf & 0xffff) << 4;
  const count = words[at + listWord.count]!;
  if (index <= count >>> 1) {
    let place = (at << 2) + listHeaderBytes;
    for (let i = 0; i < index; i++) place = nextEntry(bytes, place);
    return place;
  }
  let place = (at << 2) + words[at + listWord.end]!;
  for (let i = count; i > index; i--) place = previousEntry(bytes, place);
  return place;
}
