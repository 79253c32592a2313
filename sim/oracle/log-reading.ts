/**
 * P8 and P9 on the files themselves: the log, read by the oracle's own decoders and by no clock, holds what was recovered.
 *
 * An engine that is asked what it holds hides what has expired; a key that comes back from the dead with an expiry in the
 * past is then seen by nobody until the wall is set back. Here nothing is hidden: every key of the log is held against every
 * state S_k that the recovery can have given, with its exact expiry. What has expired by now may be gone already.
 */
import { AofDecodeError, applyAof } from './aof-decoder.ts';
import { ModelClient } from './model/client.ts';
import { ModelState } from './model/state.ts';
import type { Snapshot } from './model/state.ts';
import type { ManifestPlace } from './manifest-resolves.ts';
import type { Difference } from './prefix.ts';
import { RdbDecodeError } from './rdb-cursor.ts';
import { decodeRdb } from './rdb-decoder.ts';
import { aliveAt, describeRecord, hashRecord, isExpired, sameContent, sameRecord } from './record.ts';
import type { ModelRecord } from './record.ts';
import { textOf } from './text.ts';

export interface LogUntruth {
  readonly property: 'P1' | 'P8' | 'P9';
  readonly message: string;
  readonly difference: Difference | undefined;
}

/** The state that the log leads to. @throws AofDecodeError RdbDecodeError */
function readLog(
  files: ReadonlyMap<string, Uint8Array>,
  { directory, logDirectory, manifest }: ManifestPlace,
  databases: number,
): Snapshot {
  const folder = `${directory}/${logDirectory}`;
  const bytes = files.get(`${folder}/${manifest}`) ?? new Uint8Array(0);
  const state = new ModelState(databases);
  const text = textOf(bytes, 0, bytes.length);
  for (const [, name] of text.matchAll(/^file (\S+) seq \d+ type [bi]$/gm)) {
    const file = files.get(`${folder}/${name!}`);
    if (file === undefined) throw new AofDecodeError(`${name!} is missing`, 0);
    if (!name!.endsWith('.rdb')) applyAof(file, new ModelClient(state));
    else
      for (const [database, keys] of decodeRdb(file).databases)
        for (const [key, record] of keys) state.put(database, key, record);
  }
  return state.snapshot();
}

/**
 * Holds the log against the states that it may be in, read at wall time `wallMs`. `exact`: those are all the states that it
 * may be in; else keys that have expired may differ (of an earlier recovery several states may have been true).
 */
export function judgeLog(
  files: ReadonlyMap<string, Uint8Array>,
  place: ManifestPlace,
  candidates: readonly Snapshot[],
  wallMs: number,
  exact: boolean,
): LogUntruth | undefined {
  let got: Snapshot;
  try {
    got = readLog(files, place, candidates[0]!.length);
  } catch (error) {
    if (!(error instanceof AofDecodeError || error instanceof RdbDecodeError)) throw error;
    return { property: 'P1', message: `the log cannot be read: ${error.message}`, difference: undefined };
  }
  let untruth: LogUntruth | undefined;
  for (const wanted of candidates) {
    const found = compare(wanted, got, wallMs, exact);
    if (found === undefined) return undefined;
    untruth ??= found;
  }
  return untruth;
}

function compare(wanted: Snapshot, got: Snapshot, wallMs: number, exact: boolean): LogUntruth | undefined {
  for (const [database, records] of wanted.entries()) {
    for (const key of new Set([...records.keys(), ...got[database]!.keys()])) {
      const before = records.get(key);
      const after = got[database]!.get(key);
      if (exact ? isRestOf(after, before, wallMs) : isSameAt(after, before, wallMs)) continue;
      const difference = {
        database,
        key,
        expected: describeRecord(before),
        recovered: describeRecord(after),
      };
      if (before === undefined)
        return { property: 'P8', message: 'the log holds a key that was gone', difference };
      const isExpiry = after !== undefined && sameContent(before, after);
      return isExpiry
        ? { property: 'P9', message: 'the log holds a key with another expiry', difference }
        : { property: 'P1', message: 'the log does not hold what was recovered', difference };
    }
  }
  return undefined;
}

type Maybe = ModelRecord | undefined;

/** The same but for what has expired, of either. */
function isSameAt(after: Maybe, before: Maybe, wallMs: number): boolean {
  return sameRecord(after && aliveAt(after, wallMs), before && aliveAt(before, wallMs));
}

/** The same but for what has expired of `before`, which may be gone: the key, or fields of a hash. */
function isRestOf(after: Maybe, before: Maybe, wallMs: number): boolean {
  if (sameRecord(before, after)) return true;
  if (before === undefined) return false;
  if (after === undefined) return isExpired(before, wallMs);
  if (before.type !== 'hash' || after.type !== 'hash') return false;
  const dates = before.fieldExpiries ?? new Map<string, number>();
  const gone = [...before.value.keys()].filter((field) => !after.value.has(field));
  if (gone.some((field) => !(wallMs > (dates.get(field) ?? Infinity)))) return false;
  const rest = new Map(before.value);
  for (const field of gone) rest.delete(field);
  return sameRecord(hashRecord(rest, before.expireAtMs, dates), after);
}
