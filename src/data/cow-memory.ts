/**
 * Blocks under epochs: what makes a freeze cost nothing and a write after it cost one copy.
 *
 * Time is cut into epochs by freezes. A block carries the epoch of its birth. `frozen` is the epoch that the newest
 * living image closed, 0 without images. Invariants:
 *
 * - A block with birth <= frozen is never written, except by being copied, the copy being born now.
 * - A block that is dropped is freed when no living image has an epoch at or above its birth. Otherwise it is retired to
 *   the *newest* image, which sees it. When an image is released, each of its retired blocks goes on to the next older
 *   image if that one's epoch is at or above the block's birth, and is freed if not. (A newer image cannot see it: it was
 *   dropped before that one froze.)
 *
 * Independently of images several owners may share a block (COPY of a long list or string): it is not written in place while they do, and
 * lives until the last of them lets go. What a shared block refers to belongs to it, and not to each of its owners: whoever
 * makes a copy of its own shares that, too. Only blocks of lists and the extents of strings are shared.
 *
 * Freeing all that an image retired would be a long stall, so released blocks queue up and each change frees a few.
 */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { birthOf, kindOf, unitBytes, unitsOf } from './chunks.ts';
import type { Slab } from './slab.ts';

/** An image as the memory knows it: its epoch and the dropped blocks that it still sees. */
export interface FrozenEpoch {
  readonly epoch: number;
  readonly retired: number[];
}

/** Blocks freed from the queue by each change. */
const freedAtOnce = 4;

export class CowMemory {
  readonly slab: Slab;
  readonly chunks: Chunks;
  /** Births from now on. */
  epoch = 1;
  /** Blocks born up to here are seen by a living image. */
  frozen = 0;
  copiedBytes = 0;
  /** Living images, oldest first. */
  readonly images: FrozenEpoch[] = [];
  readonly #released: number[] = [];
  /** How many owners a block has beyond the first, where it has several. */
  readonly sharers = new Map<number, number>();

  constructor(slab: Slab) {
    this.slab = slab;
    this.chunks = slab.chunks;
  }

  take(units: number, kind: number): number {
    return this.slab.take(units, kind, this.epoch);
  }

  takeBytes(lengthBytes: number, kind: number): number {
    return this.take(Math.ceil(lengthBytes / unitBytes), kind);
  }

  isFrozen(address: number): boolean {
    return this.chunks.words[address >>> 16]![((address & 0xffff) << 4) + 1]! <= this.frozen;
  }

  /** Gives a block one more owner. */
  share(address: number): void {
    this.sharers.set(address, (this.sharers.get(address) ?? 0) + 1);
  }

  isShared(address: number): boolean {
    return this.sharers.size > 0 && this.sharers.has(address);
  }

  /** Lets go of a block that nothing live refers to any more, or one owner less of a shared one. */
  drop(address: number): void {
    const others = this.sharers.size === 0 ? undefined : this.sharers.get(address);
    if (others !== undefined) {
      if (others === 1) this.sharers.delete(address);
      else this.sharers.set(address, others - 1);
      return;
    }
    if (birthOf(this.chunks, address) <= this.frozen)
      this.images[this.images.length - 1]!.retired.push(address);
    else this.slab.free(address);
  }

  /** A copy of the block with the same content, born now; the original is dropped. Take addresses inside it afresh. */
  copyAndDrop(address: number): number {
    const units = unitsOf(this.chunks, address);
    const copy = this.take(units, kindOf(this.chunks, address));
    const from = ((address & 0xffff) << 6) + 8;
    const end = from - 8 + units * unitBytes;
    const source = this.chunks.bytes[address >>> 16]!;
    const target = this.chunks.bytes[copy >>> 16]!;
    const at = ((copy & 0xffff) << 6) + 8;
    if (source === target) target.copyWithin(at, from, end);
    else target.set(source.subarray(from, end), at);
    if (this.isFrozen(address)) this.copiedBytes += units * unitBytes;
    this.drop(address);
    return copy;
  }

  freeze(): FrozenEpoch {
    const image: FrozenEpoch = { epoch: this.epoch, retired: [] };
    this.images.push(image);
    this.frozen = this.epoch;
    this.epoch++;
    this.copiedBytes = 0;
    return image;
  }

  release(image: FrozenEpoch): void {
    const index = this.images.indexOf(image);
    assert(index >= 0, 'an image was released twice');
    this.images.splice(index, 1);
    this.frozen = this.images.at(-1)?.epoch ?? 0;
    const older = this.images[index - 1];
    for (const address of image.retired) {
      if (older !== undefined && birthOf(this.chunks, address) <= older.epoch) older.retired.push(address);
      else this.#released.push(address);
    }
    image.retired.length = 0;
  }

  /** Gives everything back at once. Only without images (assert). */
  reset(): void {
    assert(this.images.length === 0, 'memory that an image sees cannot be given back');
    this.#released.length = 0;
    this.sharers.clear();
    this.slab.reset();
  }

  /** Blocks that nobody sees any more and that wait to be freed. */
  waiting(): readonly number[] {
    return this.#released;
  }

  /** Frees all of the blocks that wait: how long that takes depends on how many they are. */
  freeAll(): void {
    for (const address of this.#released.splice(0)) this.slab.free(address);
  }

  /** Frees a few of the blocks that wait. Called with every change; between changes nothing may rely on blocks that wait. */
  freeSome(): void {
    if (this.#released.length === 0) return;
    for (let i = 0; i < freedAtOnce; i++) {
      const address = this.#released.pop();
      if (address === undefined) return;
      this.slab.free(address);
    }
  }
}
