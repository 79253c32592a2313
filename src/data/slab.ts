/**
 * The slab: blocks of 64-byte units, cut from chunks.
 *
 * Free blocks are kept in lists by size class, four a power of two, with a bit set where a list is not empty; a block is
 * taken from the smallest class that must fit, cut to size, and the rest goes back. Freed neighbours join at once, so
 * that pages which grow together do not leave a chunk full of holes that nothing fits.
 *
 * A free block is written in itself: word 0 units | kind `free`, word 1 next and word 2 previous address of its list,
 * last word units. `tails` has a mark a unit, set at the last unit of each free block, so that nothing is ever written
 * into a live neighbour, which an image may be reading. Invariants: blocks tile their chunk; no two free blocks touch.
 *
 * A block of more than a quarter of the largest chunk gets a chunk of its own, which goes back to the system with it.
 * So does a chunk that becomes free as a whole while as much is free elsewhere.
 */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { blockKind, dropChunk, emptyChunks, setChunk, unitBytes } from './chunks.ts';

export type AllocateBuffer = (lengthBytes: number) => SharedArrayBuffer;

const classes = 64;
/** Units of the largest block there can be: 24 bits in word 0. */
const largestUnits = 0xffffff;
const largestChunkNumber = 0xffff;

/** The class whose blocks have at least, and less than a quarter octave above, so many units. */
function classOf(units: number): number {
  if (units < 4) return units;
  const octave = 31 - Math.clz32(units);
  return ((octave - 1) << 2) + ((units >>> (octave - 2)) & 3);
}

/** The least units of the next class boundary at or above `units`. */
export function roundUnits(units: number): number {
  if (units < 8) return units;
  const step = 1 << (29 - Math.clz32(units));
  return (units + step - 1) & -step;
}

export class Slab {
  readonly chunks: Chunks = emptyChunks();
  reservedBytes = 0;
  freeBytes = 0;

  readonly #firstChunkBytes: number;
  readonly #maxChunkBytes: number;
  readonly #allocate: AllocateBuffer;
  /** A mark a unit for each chunk; empty for a chunk that is one block. */
  readonly #tails: Uint8Array[] = [new Uint8Array(0)];
  readonly #heads = new Uint32Array(classes);
  #lowClasses = 0;
  #highClasses = 0;
  readonly #freeNumbers: number[] = [];

  constructor(firstChunkBytes: number, maxChunkBytes: number, allocate: AllocateBuffer) {
    this.#firstChunkBytes = firstChunkBytes;
    this.#maxChunkBytes = maxChunkBytes;
    this.#allocate = allocate;
  }

  /** A block of that many units; its content, but for words 0 and 1, is whatever was there. */
  take(units: number, kind: number, birth: number): number {
    if (units * unitBytes > this.#maxChunkBytes >>> 2) return this.#takeChunk(units, kind, birth);
    let block = this.#find(units);
    if (block === 0) {
      this.#addChunk(units);
      block = this.#find(units);
    }
    const words = this.chunks.words[block >>> 16]!;
    const word = (block & 0xffff) << 4;
    const found = words[word]! & 0xffffff;
    this.#unlink(block, found);
    if (found > units) {
      this.#link(block + units, found - units);
    } else {
      this.#tails[block >>> 16]![(block & 0xffff) + found - 1] = 0;
    }
    this.freeBytes -= units * unitBytes;
    words[word] = units | (kind << 24);
    words[word + 1] = birth;
    return block;
  }

  free(address: number): void {
    const number = address >>> 16;
    const words = this.chunks.words[number]!;
    const tails = this.#tails[number]!;
    let unit = address & 0xffff;
    const head = words[unit << 4]!;
    assert(head >>> 24 !== blockKind.free, 'a block was freed twice');
    let units = head & 0xffffff;
    if (tails.length === 0) {
      this.#giveBack(number, units * unitBytes);
      return;
    }
    this.freeBytes += units * unitBytes;
    const next = unit + units;
    if (next < tails.length) {
      const nextHead = words[next << 4]!;
      if (nextHead >>> 24 === blockKind.free) {
        const nextUnits = nextHead & 0xffffff;
        this.#unlink(address + units, nextUnits);
        units += nextUnits;
      }
    }
    if (unit > 0 && tails[unit - 1] === 1) {
      const previousUnits = words[(unit << 4) - 1]!;
      this.#unlink(address - previousUnits, previousUnits);
      tails[unit - 1] = 0;
      words[unit << 4] = blockKind.free << 24;
      unit -= previousUnits;
      units += previousUnits;
    }
    if (units === tails.length && this.freeBytes >= 2 * units * unitBytes) {
      this.freeBytes -= units * unitBytes;
      this.#giveBack(number, units * unitBytes);
      return;
    }
    this.#link(((number << 16) | unit) >>> 0, units);
  }

  /** Gives all chunks back. Every address is stale from then on. */
  reset(): void {
    this.chunks.bytes.length = 1;
    this.chunks.shorts.length = 1;
    this.chunks.words.length = 1;
    this.chunks.views.length = 1;
    this.#tails.length = 1;
    this.#heads.fill(0);
    this.#lowClasses = 0;
    this.#highClasses = 0;
    this.#freeNumbers.length = 0;
    this.reservedBytes = 0;
    this.freeBytes = 0;
  }

  /** Calls `visit` for every block, and throws where blocks, lists and marks contradict each other. For tests. */
  check(visit: (address: number, units: number, kind: number) => void): void {
    const listed = new Set<number>();
    for (let index = 0; index < classes; index++) {
      let previous = 0;
      for (
        let block = this.#heads[index]!;
        block !== 0;
        block = this.chunks.words[block >>> 16]![((block & 0xffff) << 4) + 1]!
      ) {
        const words = this.chunks.words[block >>> 16]!;
        const word = (block & 0xffff) << 4;
        assert(words[word]! >>> 24 === blockKind.free, 'a live block is in a free list');
        assert(classOf(words[word]! & 0xffffff) === index, 'a free block is in the list of another class');
        assert(words[word + 2] === previous, 'a free list is not linked backwards as forwards');
        assert(!listed.has(block), 'a free list has a cycle');
        listed.add(block);
        previous = block;
      }
      const bit = ((index < 32 ? this.#lowClasses : this.#highClasses) >>> (index & 31)) & 1;
      assert(bit === (this.#heads[index] === 0 ? 0 : 1), 'the bit of a free list is wrong');
    }
    let reserved = 0;
    let free = 0;
    for (let number = 1; number < this.chunks.words.length; number++) {
      const words = this.chunks.words[number]!;
      const tails = this.#tails[number]!;
      reserved += words.length * 4;
      if (words.length === 0) continue;
      if (tails.length === 0) {
        assert(
          (words[0]! & 0xffffff) * unitBytes === words.length * 4,
          'a block does not fill the chunk of its own',
        );
        visit((number << 16) >>> 0, words[0]! & 0xffffff, words[0]! >>> 24);
        continue;
      }
      let marks = 0;
      let wasFree = false;
      for (let unit = 0; unit < tails.length;) {
        const kind = words[unit << 4]! >>> 24;
        const units = words[unit << 4]! & 0xffffff;
        const address = ((number << 16) | unit) >>> 0;
        assert(units > 0 && unit + units <= tails.length, 'a block reaches beyond its chunk');
        if (kind === blockKind.free) {
          assert(!wasFree, 'two free blocks touch');
          assert(listed.delete(address), 'a free block is in no list');
          assert(tails[unit + units - 1] === 1, 'a free block has no mark at its end');
          assert(words[((unit + units) << 4) - 1] === units, 'a free block has another size at its end');
          free += units * unitBytes;
          marks++;
        }
        wasFree = kind === blockKind.free;
        visit(address, units, kind);
        unit += units;
      }
      assert(
        tails.reduce((sum, mark) => sum + mark, 0) === marks,
        'there are marks where no free block ends',
      );
    }
    assert(listed.size === 0, 'a free list has a block that is in no chunk');
    assert(
      reserved === this.reservedBytes,
      `${this.reservedBytes} bytes counted as reserved, ${reserved} there`,
    );
    assert(free === this.freeBytes, `${this.freeBytes} bytes counted as free, ${free} there`);
  }

  #find(units: number): number {
    const own = classOf(units);
    const first = this.#heads[own]!;
    if (first !== 0 && (this.chunks.words[first >>> 16]![(first & 0xffff) << 4]! & 0xffffff) >= units)
      return first;
    const from = own + 1;
    const low = from < 32 ? this.#lowClasses & (-1 << from) : 0;
    if (low !== 0) return this.#heads[31 - Math.clz32(low & -low)]!;
    const high = from < 32 ? this.#highClasses : this.#highClasses & (-1 << (from - 32));
    if (high !== 0) return this.#heads[63 - Math.clz32(high & -high)]!;
    return 0;
  }

  #link(address: number, units: number): void {
    const number = address >>> 16;
    const unit = address & 0xffff;
    const words = this.chunks.words[number]!;
    const word = unit << 4;
    const index = classOf(units);
    const next = this.#heads[index]!;
    words[word] = units | (blockKind.free << 24);
    words[word + 1] = next;
    words[word + 2] = 0;
    words[word + (units << 4) - 1] = units;
    this.#tails[number]![unit + units - 1] = 1;
    if (next !== 0) this.chunks.words[next >>> 16]![((next & 0xffff) << 4) + 2] = address;
    this.#heads[index] = address;
    if (index < 32) this.#lowClasses |= 1 << index;
    else this.#highClasses |= 1 << (index - 32);
  }

  #unlink(address: number, units: number): void {
    const words = this.chunks.words[address >>> 16]!;
    const word = (address & 0xffff) << 4;
    const next = words[word + 1]!;
    const previous = words[word + 2]!;
    if (next !== 0) this.chunks.words[next >>> 16]![((next & 0xffff) << 4) + 2] = previous;
    if (previous !== 0) {
      this.chunks.words[previous >>> 16]![((previous & 0xffff) << 4) + 1] = next;
      return;
    }
    const index = classOf(units);
    this.#heads[index] = next;
    if (next !== 0) return;
    if (index < 32) this.#lowClasses &= ~(1 << index);
    else this.#highClasses &= ~(1 << (index - 32));
  }

  #addChunk(units: number): void {
    const wanted = Math.min(
      this.#maxChunkBytes,
      Math.max(this.#firstChunkBytes, this.reservedBytes, units * unitBytes),
    );
    const lengthBytes = Math.floor(wanted / unitBytes) * unitBytes;
    const number = this.#newChunk(lengthBytes);
    const count = lengthBytes / unitBytes;
    this.#tails[number] = new Uint8Array(count);
    this.freeBytes += lengthBytes;
    this.#link((number << 16) >>> 0, count);
  }

  #takeChunk(units: number, kind: number, birth: number): number {
    assert(units <= largestUnits, 'a block of more than a gigabyte');
    const number = this.#newChunk(units * unitBytes);
    this.#tails[number] = new Uint8Array(0);
    const words = this.chunks.words[number]!;
    words[0] = units | (kind << 24);
    words[1] = birth;
    return (number << 16) >>> 0;
  }

  #newChunk(lengthBytes: number): number {
    const number = this.#freeNumbers.at(-1) ?? this.chunks.bytes.length;
    assert(number <= largestChunkNumber, 'no chunk numbers left');
    const buffer = this.#allocate(lengthBytes);
    assert(buffer.byteLength === lengthBytes, 'allocate gave a buffer of another length');
    this.#freeNumbers.pop();
    setChunk(this.chunks, number, buffer);
    this.reservedBytes += lengthBytes;
    return number;
  }

  #giveBack(number: number, lengthBytes: number): void {
    dropChunk(this.chunks, number);
    this.reservedBytes -= lengthBytes;
    this.#freeNumbers.push(number);
  }
}
