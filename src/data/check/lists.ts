/** The checker of long lists: their trees are equally deep everywhere, and count what they hold. */
import { assert } from '../assert.ts';
import { blockKind, kindOf } from '../chunks.ts';
import { listHeaderBytes, listWord } from '../list-view.ts';
import { nextEntry } from '../listpack.ts';
import type { Walk } from './walk.ts';

/** Gives the number of elements, and of levels. */
export function checkList(walk: Walk, address: number): { count: number; levels: number } {
  const isNew = walk.reach(address, kindOf(walk.store.chunks, address));
  if (!isNew) return walk.lists.get(address)!;
  const found = checkPart(walk, address);
  walk.lists.set(address, found);
  return found;
}

function checkPart(walk: Walk, address: number): { count: number; levels: number } {
  const { chunks } = walk.store;
  const kind = kindOf(chunks, address);
  const words = chunks.words[address >>> 16]!;
  const at = (address & 0xffff) << 4;
  const count = words[at + listWord.count]!;
  if (kind === blockKind.listPlain) return { count, levels: 0 };
  if (kind === blockKind.listLeaf) {
    const bytes = chunks.bytes[address >>> 16]!;
    let elements = 0;
    let entry = (at << 2) + listHeaderBytes;
    const end = (at << 2) + words[at + listWord.end]!;
    for (; entry < end; entry = nextEntry(bytes, entry)) elements++;
    assert(entry === end && elements === count && count > 0, 'a leaf of a list holds what it says');
    return { count, levels: 0 };
  }
  assert(kind === blockKind.listNode, `a list does not consist of blocks of kind ${kind}`);
  let sum = 0;
  let levels = -1;
  for (let i = 0; i < words[at + listWord.children]!; i++) {
    const child = checkList(walk, words[at + listWord.pairs + 2 * i]!);
    assert(
      child.count === words[at + listWord.pairs + 2 * i + 1],
      'a node knows the number of elements of its children',
    );
    assert(levels === -1 || levels === child.levels, 'all parts of a list are equally deep');
    levels = child.levels;
    sum += child.count;
  }
  assert(sum === count && levels >= 0, 'a node of a list holds what it says');
  return { count, levels: levels + 1 };
}
