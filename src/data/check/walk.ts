/** What a walk over one database or image has reached: each block once, of the kind that was expected, and born in time. */
import { assert } from '../assert.ts';
import { birthOf } from '../chunks.ts';
import type { Store } from '../store.ts';

export class Walk {
  readonly store: Store;
  readonly reached = new Set<number>();
  readonly #blocks: ReadonlyMap<number, number>;
  readonly #newest: number;

  /** `blocks`: the kinds of all blocks in memory; `newest`: the epoch after which none was born that this walk may see. */
  constructor(store: Store, blocks: ReadonlyMap<number, number>, newest: number) {
    this.store = store;
    this.#blocks = blocks;
    this.#newest = newest;
  }

  /** The walk has come to a block. Fails where it is not there, not of that kind, reached before or too young. */
  reach(address: number, kind: number): void {
    assert(
      this.#blocks.get(address) === kind,
      `address ${address} leads to a block of kind ${this.#blocks.get(address)}, not ${kind}`,
    );
    assert(!this.reached.has(address), `a block of kind ${kind} is reached twice`);
    assert(
      birthOf(this.store.chunks, address) <= this.#newest,
      `a block of kind ${kind} was born later than what sees it`,
    );
    this.reached.add(address);
  }
}
