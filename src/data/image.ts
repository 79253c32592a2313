/**
 * Images: the roots of all databases as they were at a freeze.
 *
 * What `share` gives holds numbers and shared buffers only, so it crosses to another thread by structured cloning, and
 * `openImage` reads it there. The owner goes on meanwhile: nothing that an image sees is ever written.
 */
import { ByteWriter } from '../bytes/writer.ts';
import { LightsoutError } from '../errors.ts';
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { openChunks, shareChunks } from './chunks.ts';
import type { FrozenEpoch } from './cow-memory.ts';
import { StoredEntry } from './entry.ts';
import { hasExpiringHash } from './field-expiries.ts';
import type { HashSeed } from './hash.ts';
import type { Entry, Image, ImageReader, RecordCursor } from './keyspace.ts';
import { RunCursor } from './run-cursor.ts';
import type { Store } from './store.ts';
import type { TableContext } from './table-view.ts';
import { TableView } from './table-view.ts';

const format = 'lightsout-image-1';

interface SharedImage {
  readonly format: typeof format;
  readonly chunks: readonly (SharedArrayBuffer | null)[];
  readonly roots: readonly number[];
  readonly seed: HashSeed;
  readonly segmentLog: number;
}

export class PagedImage implements Image {
  readonly #store: Store;
  readonly #epoch: FrozenEpoch;
  readonly #roots: readonly number[];
  #released = false;

  constructor(store: Store, epoch: FrozenEpoch, roots: readonly number[]) {
    this.#store = store;
    this.#epoch = epoch;
    this.#roots = roots;
  }

  share(): unknown {
    assert(!this.#released, 'a released image cannot be shared');
    const { seed, segmentLog, chunks } = this.#store;
    const shared: SharedImage = { format, chunks: shareChunks(chunks), roots: this.#roots, seed, segmentLog };
    return shared;
  }

  open(): ImageReader {
    assert(!this.#released, 'a released image cannot be opened');
    return new PagedImageReader(this.#store.chunks, this.#store.seed, this.#store.segmentLog, this.#roots);
  }

  release(): void {
    assert(!this.#released, 'an image was released twice');
    this.#released = true;
    this.#store.memory.release(this.#epoch);
  }

  /** The epoch that it keeps alive, and its roots: for `check`. */
  get seen(): { readonly epoch: FrozenEpoch; readonly roots: readonly number[] } {
    return { epoch: this.#epoch, roots: this.#roots };
  }

  get released(): boolean {
    return this.#released;
  }
}

/**
 * Reads an image from what its `share` gave, on any thread, as long as it is not released.
 *
 * @throws LightsoutError CONFIG where the argument is not a shared image of this version.
 */
export function openImage(shared: unknown): ImageReader {
  if (typeof shared !== 'object' || shared === null || !('format' in shared) || shared.format !== format) {
    throw new LightsoutError(
      'CONFIG',
      `openImage: got something that is not a shared image, expected what Image.share() gave (${format})`,
    );
  }
  const image = shared as SharedImage;
  return new PagedImageReader(openChunks(image.chunks), image.seed, image.segmentLog, image.roots);
}

class PagedImageReader implements ImageReader {
  readonly databases: readonly { readonly index: number; readonly keys: number; readonly expires: number }[];
  readonly #context: TableContext;
  readonly #roots: readonly number[];

  constructor(chunks: Chunks, seed: HashSeed, segmentLog: number, roots: readonly number[]) {
    this.#context = { chunks, seed, segmentLog, probe: new ByteWriter(64) };
    this.#roots = roots;
    this.databases = roots
      .map((root, index) => ({ index, table: new TableView(this.#context, 'key').attach(root) }))
      .filter(({ table }) => table.records > 0)
      .map(({ index, table }) => ({ index, keys: table.records, expires: table.expires }));
  }

  get hasFieldExpiries(): boolean {
    return this.databases.some(({ index }) => hasExpiringHash(this.#table(index)));
  }

  records(database: number, compress: boolean): RecordCursor {
    return new RunCursor(this.#context, this.#root(database), compress);
  }

  forEach(database: number, visit: (entry: Entry) => void): void {
    const entry = new StoredEntry(this.#context);
    this.#table(database).forEachRecord((bytes, record) => visit(entry.point(bytes, record)));
  }

  walk(database: number): { next(visit: (entry: Entry) => void): boolean } {
    const entry = new StoredEntry(this.#context);
    const table = this.#table(database);
    const { width } = table;
    let index = 0;
    return {
      next: (visit) => {
        for (; index < width; index++) {
          const page = table.pageWithPrefix(index);
          if (page === 0) continue;
          index++;
          table.forEachInPage(page, (bytes, record) => visit(entry.point(bytes, record)));
          return true;
        }
        return false;
      },
    };
  }

  #table(database: number): TableView {
    return new TableView(this.#context, 'key').attach(this.#root(database));
  }

  #root(database: number): number {
    const root = this.#roots[database];
    assert(root !== undefined, `no database ${database} in the image`);
    return root;
  }
}
