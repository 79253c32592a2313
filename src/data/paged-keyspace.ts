/**
 * The production keyspace: RDB records in pages, found by extendible hashing, copied on write by epochs.
 *
 * From the ground up: `chunks` and `slab` give blocks of memory outside the heap; `cow-memory` keeps what images see;
 * `table` finds records in pages of them; `paged-database` knows what records mean. All databases share one memory, so one
 * freeze takes them all, by writing down their roots.
 */
import { assert } from './assert.ts';
import { checkStore } from './check/blocks.ts';
import { parseSeed, seedText } from './hash.ts';
import { PagedImage } from './image.ts';
import type { Database, Image, Keyspace, KeyspaceMemory } from './keyspace.ts';
import { PagedDatabase } from './paged-database.ts';
import { Store } from './store.ts';
import type { AllocateBuffer } from './slab.ts';
import type { CompactLimits, KeyspaceTuning } from './tuning.ts';
import { completeTuning, defaultLimits } from './tuning.ts';

export interface KeyspaceOptions {
  /** Number of databases. */
  readonly databases: number;
  /** Entropy for the hash: 32 bits, or twice as many. It decides the order of iteration and nothing else. */
  readonly hashSeed: number | readonly [number, number];
  readonly tuning?: KeyspaceTuning;
  /** Kept, not copied: what it says later holds from then on. Redis's defaults when left out. */
  readonly limits?: CompactLimits;
  /** Takes memory from the system; `new SharedArrayBuffer` when left out. */
  readonly allocate?: AllocateBuffer;
}

export function createKeyspace(options: KeyspaceOptions): Keyspace {
  return new PagedKeyspace(options);
}

export class PagedKeyspace implements Keyspace {
  readonly databases: number;
  readonly #store: Store;
  /** Made when first asked for. */
  readonly #databases: (PagedDatabase | undefined)[] = [];
  #images: PagedImage[] = [];

  constructor(options: KeyspaceOptions) {
    const { hashSeed } = options;
    const [low, high] = typeof hashSeed === 'number' ? [hashSeed, hashSeed ^ 0x3c6ef372] : hashSeed;
    this.databases = options.databases;
    this.#store = new Store(
      completeTuning(options.tuning),
      options.limits ?? defaultLimits,
      { low: low | 0, high: high | 0 },
      options.allocate ?? ((lengthBytes) => new SharedArrayBuffer(lengthBytes)),
    );
  }

  get hashSeed(): string {
    return seedText(this.#store.seed);
  }

  adoptHashSeed(text: string): boolean {
    const seed = parseSeed(text);
    const holdsKeys = this.#databases.some((database) => database !== undefined && database.size > 0);
    // An image shares the seed, and what it sees was hashed with it.
    if (seed === undefined || holdsKeys || this.#store.memory.images.length > 0) return false;
    this.#store.reseed(seed);
    return true;
  }

  database(index: number): Database {
    return this.#database(index);
  }

  swap(a: number, b: number): void {
    if (a === b) return;
    this.#store.changed();
    this.#database(a).swap(this.#database(b));
  }

  clear(): void {
    const store = this.#store;
    store.changed();
    if (store.memory.images.length > 0) {
      for (const database of this.#databases) database?.clear();
      return;
    }
    for (const database of this.#databases) database?.table.attach(0);
    store.memory.reset();
  }

  freeze(): Image {
    const roots: number[] = [];
    for (let i = 0; i < this.databases; i++) roots.push(this.#databases[i]?.table.root ?? 0);
    this.#store.changed();
    const image = new PagedImage(this.#store, this.#store.memory.freeze(), roots);
    this.#images = this.#images.filter(({ released }) => !released);
    this.#images.push(image);
    return image;
  }

  memory(): KeyspaceMemory {
    const { memory } = this.#store;
    return {
      reservedBytes: memory.slab.reservedBytes,
      usedBytes: memory.slab.reservedBytes - memory.slab.freeBytes,
      copiedBytes: memory.copiedBytes,
      images: memory.images.length,
    };
  }

  purge(): void {
    this.#store.memory.freeAll();
  }

  check(): void {
    this.#images = this.#images.filter(({ released }) => !released);
    checkStore(
      this.#store,
      Array.from(this.#databases, (database) => database?.table.root ?? 0),
      this.#images.map(({ seen }) => seen),
    );
  }

  #database(index: number): PagedDatabase {
    assert(Number.isInteger(index) && index >= 0 && index < this.databases, `no database ${index}`);
    return (this.#databases[index] ??= new PagedDatabase(this.#store));
  }
}
