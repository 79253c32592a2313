/**
 * Tables inside large sets and hashes: putting and removing members and fields, dropping and copying the whole.
 *
 * Records hold members or fields and values as stored strings; what is longer than the extent threshold stands in an
 * extent. Everything a record refers to belongs to it alone.
 */
import { copyBytes } from './chunks.ts';
import { isSpecial, pageWord } from './page.ts';
import type { Store } from './store.ts';
import {
  extentAddress,
  extentReferenceBytes,
  integerBytes,
  integerOf,
  lengthBytes,
  storedEnd,
  writeExtentReference,
  writeInteger,
  writeLength,
  writeWord,
} from './stored-string.ts';
import { cloneBlock } from './table.ts';
import type { Table } from './table.ts';

/** True where the member is new. */
export function putMember(store: Store, table: Table, member: Uint8Array): boolean {
  const hash = table.hashOf(member, 0, member.length);
  if (table.locate(hash, member, 0, member.length)) return false;
  const apart = member.length > store.tuning.extentThresholdBytes;
  const extent = apart ? store.newExtent(member, 0, member.length) : 0;
  const at = table.place(
    hash,
    apart ? extentReferenceBytes : lengthBytes(member.length) + member.length,
    apart,
    false,
  );
  writeText(table.bytes, at, member, extent);
  return true;
}

/** True where the field is new. */
export function putField(store: Store, table: Table, field: Uint8Array, value: Uint8Array): boolean {
  const { memory } = store;
  const threshold = store.tuning.extentThresholdBytes;
  const hash = table.hashOf(field, 0, field.length);
  const found = table.locate(hash, field, 0, field.length);
  let fieldExtent = 0;
  if (found) {
    fieldExtent = extentAddress(table.bytes, table.record);
    const old = extentAddress(table.bytes, storedEnd(table.bytes, table.record));
    if (old !== 0) memory.drop(old);
  } else if (field.length > threshold) {
    fieldExtent = store.newExtent(field, 0, field.length);
  }
  const integer = integerOf(value, 0, value.length);
  const valueExtent =
    integer === undefined && value.length > threshold ? store.newExtent(value, 0, value.length) : 0;
  const fieldLength = fieldExtent !== 0 ? extentReferenceBytes : lengthBytes(field.length) + field.length;
  let valueLength = lengthBytes(value.length) + value.length;
  if (integer !== undefined) valueLength = integerBytes(integer);
  else if (valueExtent !== 0) valueLength = extentReferenceBytes;
  const special = fieldExtent !== 0 || valueExtent !== 0;
  const length = fieldLength + valueLength;
  const at = found ? table.replace(hash, length, special, false) : table.place(hash, length, special, false);
  writeText(table.bytes, at, field, fieldExtent);
  if (integer !== undefined) writeInteger(table.bytes, at + fieldLength, integer);
  else writeText(table.bytes, at + fieldLength, value, valueExtent);
  return !found;
}

function writeText(bytes: Uint8Array, at: number, text: Uint8Array, extent: number): void {
  if (extent !== 0) writeExtentReference(bytes, at, extent, text.length);
  else copyBytes(text, 0, text.length, bytes, writeLength(bytes, at, text.length));
}

/** Removes a member, or a field with its value. False where it is not there. */
export function removeNested(store: Store, table: Table, key: Uint8Array): boolean {
  const hash = table.hashOf(key, 0, key.length);
  if (!table.locate(hash, key, 0, key.length)) return false;
  dropExtents(store, table, table.bytes, table.record);
  table.erase(hash);
  return true;
}

/** Drops the attached table with all that its records refer to. */
export function dropNested(store: Store, table: Table): void {
  forEachSpecial(table, (bytes, record) => dropExtents(store, table, bytes, record));
  table.dropAll();
}

/** A deep copy of the attached table; gives its root. */
export function cloneNested(store: Store, table: Table): number {
  const root = table.clone();
  const copy = store.table(table.shape).attach(root);
  forEachSpecial(copy, (bytes, record) => {
    cloneExtent(store, bytes, record);
    if (copy.shape === 'field') cloneExtent(store, bytes, storedEnd(bytes, record));
  });
  return root;
}

/** Lets the reference at `at`, if it is one, refer to a copy of its extent. */
function cloneExtent(store: Store, bytes: Uint8Array, at: number): void {
  const extent = extentAddress(bytes, at);
  if (extent !== 0) writeWord(bytes, at + 1, cloneBlock(store.memory, extent));
}

function dropExtents(store: Store, table: Table, bytes: Uint8Array, record: number): void {
  const key = extentAddress(bytes, record);
  if (key !== 0) store.memory.drop(key);
  if (table.shape !== 'field') return;
  const value = extentAddress(bytes, storedEnd(bytes, record));
  if (value !== 0) store.memory.drop(value);
}

/** Visits the special records of a table, skipping pages that have none. */
export function forEachSpecial(table: Table, visit: (bytes: Uint8Array, record: number) => void): void {
  const { width, chunks } = table;
  for (let index = 0; index < width; index++) {
    const page = table.pageWithPrefix(index);
    if (page === 0 || chunks.words[page >>> 16]![((page & 0xffff) << 4) + pageWord.specials] === 0) continue;
    table.forEachInPage(page, (bytes, record) => {
      if (isSpecial(bytes, record, table.shape)) visit(bytes, record);
    });
  }
}
