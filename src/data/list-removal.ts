/**
 * Removing many elements of a long list in one walk: each leaf that loses some is closed up once, and parts that lose none are
 * neither looked into nor owned.
 */
import { assert } from './assert.ts';
import { blockKind, type Chunks, kindOf } from './chunks.ts';
import type { ListParts } from './list-parts.ts';
import { listHeaderBytes, listWord } from './list-view.ts';
import { nextEntry } from './listpack.ts';

/** Indexes of the whole list, ascending, and which of them comes next. */
export interface Doomed {
  readonly indexes: readonly number[];
  next: number;
}

/**
 * Removes the next `some` of the doomed elements, all of which are in this part.
 * @param first index of the part's first element
 * @returns what is left of it, 0 if nothing is
 */
export function removeEach(
  chunks: Chunks,
  parts: ListParts,
  address: number,
  doomed: Doomed,
  some: number,
  first: number,
): number {
  if (some === parts.count(address)) {
    doomed.next += some;
    parts.drop(address);
    return 0;
  }
  const own = parts.own(address);
  if (kindOf(chunks, own) === blockKind.listLeaf) {
    closeLeaf(chunks, own, doomed, some, first);
    return own;
  }
  assert(kindOf(chunks, own) === blockKind.listNode, 'a long element goes as a whole');
  const words = chunks.words[own >>> 16]!;
  const at = (own & 0xffff) << 4;
  const pairs = at + listWord.pairs;
  const children = words[at + listWord.children]!;
  words[at + listWord.count]! -= some;
  let kept = 0;
  for (let i = 0; i < children; i++) {
    let child = words[pairs + 2 * i]!;
    const size = words[pairs + 2 * i + 1]!;
    const here = countBelow(doomed, first + size);
    if (here > 0) child = removeEach(chunks, parts, child, doomed, here, first);
    first += size;
    if (child === 0) continue;
    words[pairs + 2 * kept] = child;
    words[pairs + 2 * kept + 1] = size - here;
    kept++;
  }
  words[at + listWord.children] = kept;
  for (let i = kept - 1; i > 0; i--) parts.joinChildren(own, i);
  return own;
}

/** How many of the doomed that come next have an index below `end`. */
function countBelow({ indexes, next }: Doomed, end: number): number {
  let low = next;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indexes[middle]! < end) low = middle + 1;
    else high = middle;
  }
  return low - next;
}

/** Moves what stays of an owned leaf together. */
function closeLeaf(chunks: Chunks, leaf: number, doomed: Doomed, some: number, first: number): void {
  const words = chunks.words[leaf >>> 16]!;
  const bytes = chunks.bytes[leaf >>> 16]!;
  const at = (leaf & 0xffff) << 4;
  const end = (at << 2) + words[at + listWord.end]!;
  let from = (at << 2) + listHeaderBytes;
  let to = from;
  let index = first;
  for (let i = 0; i < some; i++) {
    const gone = doomed.indexes[doomed.next++]!;
    const start = from;
    for (; index < gone; index++) from = nextEntry(bytes, from);
    if (to !== start) bytes.copyWithin(to, start, from);
    to += from - start;
    from = nextEntry(bytes, from);
    index++;
  }
  bytes.copyWithin(to, from, end);
  words[at + listWord.end] = to + end - from - (at << 2);
  words[at + listWord.count]! -= some;
}
