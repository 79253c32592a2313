/**
 * Small collections of pairs, hashes and sorted sets: an RDB string that holds a listpack, in which a key (field, member) and
 * its value (text, score) stand by turns.
 */
import { appendEntry, appendSigned, entryCount, findEntry, listpackHeaderBytes } from './listpack.ts';
import type { LiveSpot, Spot } from './spot.ts';
import type { Store } from './store.ts';
import { contentStart, readWord, writeLength } from './stored-string.ts';
import type { TableContext } from './table-view.ts';

/** Place of the key's entry, or -1. Leaves the entry looked for in `probe`. */
export function findPair(context: TableContext, { bytes, valueAt }: Spot, key: Uint8Array): number {
  const { probe } = context;
  probe.clear();
  appendEntry(probe, key, 0, key.length);
  const listpack = contentStart(bytes, valueAt);
  const end = listpack + readWord(bytes, listpack) - 1;
  return findEntry(bytes, listpack + listpackHeaderBytes, end, probe.buffer, probe.length, 2);
}

/**
 * Puts what `probe` holds in place of bytes[from, to) of the listpack, which thereby has so many entries more. False where
 * the record would be too long.
 */
export function splicePairs(
  store: Store,
  spot: LiveSpot,
  from: number,
  to: number,
  entriesDelta: number,
): boolean {
  const { bytes, typeAt, valueAt } = spot;
  const { probe, value } = store;
  const listpack = contentStart(bytes, valueAt);
  const total = readWord(bytes, listpack);
  const newTotal = total - (to - from) + probe.length;
  if (newTotal > total && newTotal > store.tuning.smallCollectionBytes) return false;
  value.clear();
  value.ensure(5);
  value.length = writeLength(value.buffer, 0, newTotal);
  appendSigned(value, newTotal, 4);
  appendSigned(value, entryCount(bytes, listpack) + entriesDelta, 2);
  value.bytes(bytes, listpack + listpackHeaderBytes, from);
  value.bytes(probe.buffer, 0, probe.length);
  value.bytes(bytes, to, listpack + total);
  spot.rewrite(bytes[typeAt]!, value.buffer, 0, value.length);
  return true;
}
