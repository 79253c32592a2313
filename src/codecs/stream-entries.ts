/** The entries of a stream, from the runs in which a file holds them. */
import { walkRun } from '../data/stream-node.ts';
import { plainBytes } from './rdb-entry.ts';
import { checkRun } from '../rdb/index.ts';

export interface StreamEntry {
  /** Milliseconds in the upper 64 bits, sequence in the lower. */
  readonly id: bigint;
  /** Names and values by turns. Copies. */
  readonly fields: readonly Uint8Array[];
}

/**
 * The entries of a `node`, without those that were deleted.
 * @throws LightsoutError CORRUPT where its listpack is not laid out as a run of entries
 */
export function streamEntries(node: { readonly id: bigint; readonly listpack: Uint8Array }): StreamEntry[] {
  const master = node.id;
  const listpack = plainBytes(node.listpack);
  checkRun(listpack, 0, listpack.length, master);
  const entries: StreamEntry[] = [];
  walkRun(listpack, 0, master, ({ id, isDeleted, fields }) => {
    if (!isDeleted) entries.push({ id, fields: fields() });
  });
  return entries;
}
