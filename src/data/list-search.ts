/**
 * Finding elements of long lists by value. Elements are compared where they lie, a leaf's entries by their bytes, since equal
 * texts have equal entries: nothing is made of those that are passed over.
 */
import { blockKind, type Chunks } from './chunks.ts';
import { listHeaderBytes, listWord } from './list-view.ts';
import { entryEquals, nextEntry, previousEntry } from './listpack.ts';

/** An element that is looked for. */
export interface Wanted {
  readonly text: Uint8Array;
  /** As an entry of a listpack. */
  readonly entry: Uint8Array;
}

export type VisitIndex = (index: number) => boolean | void;

/** Whether a plain holds the element. */
export function plainEquals(chunks: Chunks, address: number, { text }: Wanted): boolean {
  const bytes = chunks.bytes[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  if (chunks.words[address >>> 16]![at + listWord.end] !== text.length) return false;
  const start = (at << 2) + listHeaderBytes;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** Visits the indexes in [from, end) of the wanted elements, ascending; false where the visit stopped. `first` is the part's first. */
export function walkEqual(
  chunks: Chunks,
  address: number,
  wanted: Wanted,
  from: number,
  end: number,
  visit: VisitIndex,
  first = 0,
): boolean {
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first < from || !plainEquals(chunks, address, wanted) || visit(first) !== false;
    case blockKind.listLeaf: {
      const { entry } = wanted;
      const { length } = entry;
      const behind = (at << 2) + words[at + listWord.end]!;
      let index = first;
      for (let place = (at << 2) + listHeaderBytes; place < behind && index < end; index++) {
        if (entryEquals(bytes, place, entry, length) && index >= from && visit(index) === false) return false;
        place = nextEntry(bytes, place);
      }
      return true;
    }
    default: {
      const children = words[at + listWord.children]!;
      for (let i = 0; i < children && first < end; i++) {
        const count = words[at + listWord.pairs + 2 * i + 1]!;
        const child = words[at + listWord.pairs + 2 * i]!;
        if (first + count > from && !walkEqual(chunks, child, wanted, from, end, visit, first)) return false;
        first += count;
      }
      return true;
    }
  }
}

/** As `walkEqual`, descending. */
export function walkEqualBackward(
  chunks: Chunks,
  address: number,
  wanted: Wanted,
  from: number,
  end: number,
  visit: VisitIndex,
  first = 0,
): boolean {
  const bytes = chunks.bytes[address >>> 16]!;
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  switch (words[at]! >>> 24) {
    case blockKind.listPlain:
      return first >= end || !plainEquals(chunks, address, wanted) || visit(first) !== false;
    case blockKind.listLeaf: {
      const { entry } = wanted;
      const { length } = entry;
      let place = (at << 2) + words[at + listWord.end]!;
      for (let index = first + words[at + listWord.count]! - 1; index >= first && index >= from; index--) {
        place = previousEntry(bytes, place);
        if (index < end && entryEquals(bytes, place, entry, length) && visit(index) === false) return false;
      }
      return true;
    }
    default: {
      let behind = first + words[at + listWord.count]!;
      for (let i = words[at + listWord.children]! - 1; i >= 0 && behind > from; i--) {
        behind -= words[at + listWord.pairs + 2 * i + 1]!;
        const child = words[at + listWord.pairs + 2 * i]!;
        if (behind < end && !walkEqualBackward(chunks, child, wanted, from, end, visit, behind)) return false;
      }
      return true;
    }
  }
}
