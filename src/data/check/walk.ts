/**
 * What a walk over one database or image has reached: each block once, of the kind that was expected, and born in time. Blocks of
 * lists, and extents, may be reached again, by those who share them.
 */
import { assert } from '../assert.ts';
import { birthOf, blockKind } from '../chunks.ts';
import type { Store } from '../store.ts';

export class Walk {
  readonly store: Store;
  readonly reached = new Set<number>();
  /** How often a block was reached after the first time. */
  readonly again = new Map<number, number>();
  /** What is known of a part of a list: elements and levels. */
  readonly lists = new Map<number, { readonly count: number; readonly levels: number }>();
  readonly #blocks: ReadonlyMap<number, number>;
  readonly #newest: number;

  /** `blocks`: the kinds of all blocks in memory; `newest`: the epoch after which none was born that this walk may see. */
  constructor(store: Store, blocks: ReadonlyMap<number, number>, newest: number) {
    this.store = store;
    this.#blocks = blocks;
    this.#newest = newest;
  }

  /** The walk has come to a block, for the first time or not. Fails where it is not there, not of that kind, or too young. */
  reach(address: number, kind: number): boolean {
    assert(
      this.#blocks.get(address) === kind,
      `address ${address} leads to a block of kind ${this.#blocks.get(address)}, not ${kind}`,
    );
    if (this.reached.has(address)) {
      const mayBeShared = kind >= blockKind.extent && kind <= blockKind.listNode;
      assert(mayBeShared, `a block of kind ${kind} is reached twice`);
      this.again.set(address, (this.again.get(address) ?? 0) + 1);
      return false;
    }
    assert(
      birthOf(this.store.chunks, address) <= this.#newest,
      `a block of kind ${kind} was born later than what sees it`,
    );
    this.reached.add(address);
    return true;
  }
}
