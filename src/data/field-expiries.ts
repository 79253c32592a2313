/**
 * When the fields of a hash expire.
 *
 *     expiringHash   u32 address of the table of fields and values, as of a largeHash
 *                    u32 address of a table of fields and the eight bytes of their expiries (i64, little-endian)
 *                    i64 a time before which no field expires
 *
 * Only fields that expire are in the second table, and at least one is. The time may be too early, after a field was
 * removed: who finds nothing expired corrects it.
 */
import type { Chunks } from './chunks.ts';
import { NO_EXPIRY } from './keyspace.ts';
import { pageWord, recordType, typeOf } from './page.ts';
import { copyStored, readWord, storedEnd, writeWord } from './stored-string.ts';
import { TableView, fieldExpiryFlag, type TableContext } from './table-view.ts';

export const expiryTimeBytes = 8;

function readTime(bytes: Uint8Array, at: number): number {
  return readWord(bytes, at) + (readWord(bytes, at + 4) | 0) * 4_294_967_296;
}

export function writeTime(bytes: Uint8Array, at: number, timeMs: number): void {
  const low = timeMs >>> 0;
  writeWord(bytes, at, low);
  writeWord(bytes, at + 4, ((timeMs - low) / 4_294_967_296) >>> 0);
}

/** The time of the hash whose value is at `at`. */
export function readNextExpiry(bytes: Uint8Array, at: number): number {
  return readTime(bytes, at + 8);
}

/** The expiry in a record of the second table. Its eight bytes are never a number's text, so they stand as they are. */
export function expiryIn(chunks: Chunks, bytes: Uint8Array, record: number): number {
  return readTime(copyStored(chunks, bytes, storedEnd(bytes, record)), 0);
}

/** Reads the second table of one hash. */
export class FieldExpiries {
  readonly #view: TableView;
  #earliestMs: number | undefined;

  constructor(context: TableContext, root: number) {
    this.#view = new TableView(context, 'field').attach(root);
  }

  /** The earliest expiry of all. */
  get earliestMs(): number {
    if (this.#earliestMs === undefined) {
      this.#earliestMs = Infinity;
      this.forEach((_, atMs) => {
        this.#earliestMs = Math.min(this.#earliestMs!, atMs);
      });
    }
    return this.#earliestMs;
  }

  of(field: Uint8Array): number {
    const view = this.#view;
    if (!view.locate(view.hashOf(field, 0, field.length), field, 0, field.length)) return NO_EXPIRY;
    return expiryIn(view.chunks, view.bytes, view.record);
  }

  forEach(visit: (field: Uint8Array, expireAtMs: number) => boolean | void): void {
    const { chunks } = this.#view;
    this.#view.forEachRecord((bytes, record) =>
      visit(copyStored(chunks, bytes, record), expiryIn(chunks, bytes, record)),
    );
  }
}

/** Whether a hash of the database has fields that expire: asked of its pages only where there may be one. */
export function hasExpiringHash(table: TableView): boolean {
  if ((table.flags & fieldExpiryFlag) === 0) return false;
  const { chunks, width } = table;
  for (let index = 0; index < width; index++) {
    const page = table.pageWithPrefix(index);
    if (page === 0 || chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.specials] === 0) continue;
    const hasNone = table.forEachInPage(
      page,
      (bytes, record) => bytes[typeOf(bytes, record)] !== recordType.expiringHash,
    );
    if (!hasNone) return true;
  }
  return false;
}
