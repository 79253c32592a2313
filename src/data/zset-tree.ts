/**
 * The order of a large sorted set: a list tree whose elements are eight bytes of score and then the member.
 *
 * The tree counts, so a rank is an index of it. It stands beside a nested table from member to score, and both have the same
 * elements.
 */
import { blockKind, byteOf, kindOf } from './chunks.ts';
import type { Chunks } from './chunks.ts';
import { listHeaderBytes, listWord } from './list-view.ts';
import { nextEntry, withEntry } from './listpack.ts';
import type { IsBefore } from './score.ts';
import { readScore, scoreBytes, writeScore } from './score.ts';

/** The element that stands for a member with its score. */
export function orderElement(member: Uint8Array, score: number): Uint8Array {
  const element = new Uint8Array(scoreBytes + member.length);
  writeScore(element, 0, score);
  element.set(member, scoreBytes);
  return element;
}

/** Number of elements that `isBefore` holds for: a first part of all. */
export function countBefore(chunks: Chunks, root: number, isBefore: IsBefore): number {
  if (root === 0) return 0;
  let address = root;
  let before = 0;
  while (kindOf(chunks, address) === blockKind.listNode) {
    const words = chunks.words[address >>> 16]!;
    const at = (address & 0xffff) << 4;
    const pairs = at + listWord.pairs;
    // The last child whose first element is before, or the first child.
    let low = 0;
    let high = words[at + listWord.children]! - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firstIsBefore(chunks, words[pairs + 2 * middle]!, isBefore)) low = middle;
      else high = middle - 1;
    }
    for (let i = 0; i < low; i++) before += words[pairs + 2 * i + 1]!;
    address = words[pairs + 2 * low]!;
  }
  return before + countInPart(chunks, address, isBefore);
}

function firstIsBefore(chunks: Chunks, address: number, isBefore: IsBefore): boolean {
  while (kindOf(chunks, address) === blockKind.listNode)
    address = chunks.words[address >>> 16]![((address & 0xffff) << 4) + listWord.pairs]!;
  return elementIsBefore(chunks, address, byteOf(address) + listHeaderBytes, isBefore);
}

/** Elements that are passed over before one is asked: walking past them costs less than asking. */
const stride = 8;

function countInPart(chunks: Chunks, part: number, isBefore: IsBefore): number {
  const bytes = chunks.bytes[part >>> 16]!;
  const count = chunks.words[part >>> 16]![((part & 0xffff) << 4) + listWord.count]!;
  let place = byteOf(part) + listHeaderBytes;
  let index = 0;
  // To the last row of elements whose first is before.
  for (let next = place; index + stride < count;) {
    for (let i = 0; i < stride; i++) next = nextEntry(bytes, next);
    if (!elementIsBefore(chunks, part, next, isBefore)) break;
    place = next;
    index += stride;
  }
  for (; index < count; index++) {
    if (!elementIsBefore(chunks, part, place, isBefore)) return index;
    if (index + 1 < count) place = nextEntry(bytes, place);
  }
  return count;
}

/** The element at `place` of a leaf or plain. */
function elementIsBefore(chunks: Chunks, part: number, place: number, isBefore: IsBefore): boolean {
  const bytes = chunks.bytes[part >>> 16]!;
  let start = place;
  let end: number;
  const first = bytes[place]!;
  if (kindOf(chunks, part) === blockKind.listPlain) {
    end = place + chunks.words[part >>> 16]![((part & 0xffff) << 4) + listWord.end]!;
  } else if (first >= 0x80 && first < 0xc0) {
    start = place + 1;
    end = start + (first & 63);
  } else {
    return withEntry(bytes, place, (text, from, to) =>
      isBefore(readScore(text, from), text, from + scoreBytes, to),
    );
  }
  const score = chunks.views[part >>> 16]!.getFloat64(start, true);
  return isBefore(score, bytes, start + scoreBytes, end);
}
