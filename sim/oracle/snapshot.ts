/**
 * P10, snapshot isolation: a file made from a fork at f holds S_f and nothing else.
 *
 * Every key that lived at the fork is there with its exact expiry, and every such field of a hash. What had expired by then
 * may be there or have been removed already; its value is not looked at, since after a recovery that several states fit
 * (they differ in what has expired only) nobody knows which of them it was.
 */
import { AofDecodeError, decodeAof } from './aof-decoder.ts';
import type { Snapshot } from './model/state.ts';
import { RdbDecodeError } from './rdb-cursor.ts';
import { decodeRdb } from './rdb-decoder.ts';
import { aliveAt, describeRecord, isExpired, sameRecord } from './record.ts';
import type { Difference } from './prefix.ts';

export type SnapshotVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: string; readonly difference: Difference | undefined };

/** Judges a finished file against the state at its fork. */
export function checkSnapshot(
  file: Uint8Array,
  format: 'rdb' | 'aof',
  expected: Snapshot,
  forkedAtWallMs: number,
): SnapshotVerdict {
  let got: Snapshot;
  try {
    got = format === 'rdb' ? fromRdb(file, expected.length) : decodeAof(file, expected.length);
  } catch (error) {
    if (error instanceof RdbDecodeError || error instanceof AofDecodeError)
      return { ok: false, why: error.message, difference: undefined };
    throw error;
  }
  for (let database = 0; database < expected.length; database++) {
    const wanted = expected[database]!;
    const found = got[database]!;
    for (const [key, record] of wanted) {
      const other = found.get(key);
      if (sameRecord(aliveAt(record, forkedAtWallMs), other && aliveAt(other, forkedAtWallMs))) continue;
      return differs(database, key, describeRecord(record), describeRecord(other));
    }
    for (const [key, record] of found) {
      if (!wanted.has(key) && !isExpired(record, forkedAtWallMs))
        return differs(database, key, describeRecord(undefined), describeRecord(record));
    }
  }
  return { ok: true };
}

function fromRdb(file: Uint8Array, databases: number): Snapshot {
  const decoded = decodeRdb(file);
  for (const index of decoded.databases.keys())
    if (index >= databases) throw new RdbDecodeError(`database ${index}`, 0);
  return Array.from({ length: databases }, (_, index) => decoded.databases.get(index) ?? new Map());
}

function differs(database: number, key: string, expected: string, recovered: string): SnapshotVerdict {
  return {
    ok: false,
    why: 'it does not hold the state at the fork',
    difference: { database, key, expected, recovered },
  };
}
