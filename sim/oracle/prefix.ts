/**
 * The check that everything else serves: is what was recovered a prefix of the history (P1, P6, P7), and is it long
 * enough (P2 to P5)?
 *
 * K is the set of all k with norm(S_k) = norm(recovered), where norm leaves out what has expired at the wall time of the
 * reading. An empty K is a gap, a reordering, a duplicate, half a unit or an invention; a K below L is a broken promise.
 */
import type { Bounds } from './bounds.ts';
import type { History } from './history.ts';
import type { Change, Snapshot } from './model/state.ts';
import { aliveAt, describeRecord, sameRecord } from './record.ts';
import { addFingerprint, EMPTY_FINGERPRINT } from './fingerprint.ts';

export interface Difference {
  readonly database: number;
  readonly key: string;
  readonly expected: string;
  readonly recovered: string;
}

export type PrefixVerdict =
  | {
      readonly ok: true;
      readonly k: number;
      readonly allK: readonly number[];
      readonly outcome: readonly Change[] | undefined;
    }
  | {
      readonly ok: false;
      /** P1 when no prefix fits, else the promise that was broken: the prefix is too short (or impossible). */
      readonly broken: 'prefix' | 'promise';
      readonly allK: readonly number[];
      /** The state in [L, U] that is nearest to what was recovered. */
      readonly nearest: number;
      readonly difference: Difference | undefined;
      readonly differences: number;
    };

/** Judges what a recovery gave, read at wall time `wallMs`. */
export function checkPrefix(
  history: History,
  recovered: Snapshot,
  wallMs: number,
  bounds: Bounds,
): PrefixVerdict {
  const print = fingerprintOf(history, recovered, wallMs);
  const prints = history.fingerprints(wallMs);
  const allK: number[] = [];
  for (let i = 0; i < prints.length; i++) if (prints[i] === print) allK.push(history.base + i);
  const last = history.unit(history.executed);
  let outcome: readonly Change[] | undefined;
  for (const changes of last?.alternatives ?? []) {
    if (history.alternativeFingerprint(changes, wallMs, prints.at(-2)!) !== print) continue;
    outcome = changes;
    allK.push(history.executed);
  }
  const { lower, upper, only } = bounds;
  const legal = allK.filter((k) => k >= lower && k <= upper && (only === undefined || only.includes(k)));
  const k = legal.at(-1);
  if (k !== undefined) return { ok: true, k, allK, outcome };
  const broken = allK.length === 0 ? 'prefix' : 'promise';
  const candidates = broken === 'promise' ? [lower] : (only ?? countFrom(lower, upper));
  return { ok: false, broken, allK, ...nearestState(history, recovered, wallMs, candidates) };
}

/** The emptiness that is all that persistence 'none' allows. */
export function checkEmpty(recovered: Snapshot): PrefixVerdict {
  for (const [database, keys] of recovered.entries()) {
    for (const [key, record] of keys) {
      const difference = {
        database,
        key,
        expected: describeRecord(undefined),
        recovered: describeRecord(record),
      };
      return { ok: false, broken: 'prefix', allK: [], nearest: 0, difference, differences: keys.size };
    }
  }
  return { ok: true, k: 0, allK: [0], outcome: undefined };
}

export function fingerprintOf(history: History, snapshot: Snapshot, wallMs: number): number {
  let print = EMPTY_FINGERPRINT;
  for (const [database, keys] of snapshot.entries()) {
    for (const [key, record] of keys) {
      const alive = aliveAt(record, wallMs);
      if (alive !== undefined) print = addFingerprint(print, history.state.fingerprint(database, key, alive));
    }
  }
  return print;
}

function nearestState(
  history: History,
  recovered: Snapshot,
  wallMs: number,
  candidates: readonly number[],
): { nearest: number; difference: Difference | undefined; differences: number } {
  let nearest = candidates[0] ?? history.base;
  let best: readonly Difference[] | undefined;
  for (const k of candidates) {
    if (k < history.base || k > history.executed) continue;
    const found = differences(history.snapshotAt(k), recovered, wallMs);
    if (best === undefined || found.length <= best.length) {
      best = found;
      nearest = k;
    }
  }
  return { nearest, difference: best?.[0], differences: best?.length ?? 0 };
}

/** The keys in which two states differ, by database and name. */
export function differences(expected: Snapshot, got: Snapshot, wallMs: number): Difference[] {
  const found: Difference[] = [];
  for (let database = 0; database < Math.max(expected.length, got.length); database++) {
    const names = new Set([...(expected[database]?.keys() ?? []), ...(got[database]?.keys() ?? [])]);
    for (const key of [...names].toSorted()) {
      const [wanted, other] = [expected[database]?.get(key), got[database]?.get(key)];
      const a = wanted && aliveAt(wanted, wallMs);
      const b = other && aliveAt(other, wallMs);
      if (!sameRecord(a, b))
        found.push({ database, key, expected: describeRecord(a), recovered: describeRecord(b) });
    }
  }
  return found;
}

function countFrom(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
