/**
 * Macro-nodes of streams: runs of entries as Redis keeps and saves them, each a listpack under its master id.
 *
 *     count  deleted  fields  name*  0              the master entry
 *     flags  ms  seq  value*  parts                 flags 2: the fields are the master's
 *     flags  ms  seq  fields  (name value)*  parts  flags 0; flags 1 is added when the entry is deleted
 *
 * `ms` and `seq` are distances from the master id, `parts` is how many listpack entries came before it in this one, so
 * that a run can be read backwards. Deleted entries stay where they are; a run without living ones is dropped by whoever
 * deletes the last. Living entries ascend from the master's id on. Deleted ones need not: XSETID may go back behind them, and
 * the same id may come again. Source: formats.md 2.7.
 */
import { assert } from './assert.ts';
import { entryInteger, entryText, listpackEnd, listpackHeaderBytes, nextEntry } from './listpack.ts';

export const entryFlag = { deleted: 1, sameFields: 2 } as const;

const wordMask = (1n << 64n) - 1n;

/** One entry as it stands in a run. */
export interface RunEntry {
  readonly id: bigint;
  readonly isDeleted: boolean;
  /** Where its flags stand. */
  readonly at: number;
  /** Names and values by turns, as copies. */
  readonly fields: () => Uint8Array[];
}

/** The small number at `at`: counts and flags. */
export function smallAt(bytes: Uint8Array, at: number): number {
  const value = entryInteger(bytes, at);
  assert(typeof value === 'number', 'a count in a run of a stream is a number');
  return value;
}

/** Living entries of the run. */
export function livingIn(bytes: Uint8Array, listpack: number): number {
  return smallAt(bytes, listpack + listpackHeaderBytes);
}

export function deletedIn(bytes: Uint8Array, listpack: number): number {
  return smallAt(bytes, nextEntry(bytes, listpack + listpackHeaderBytes));
}

/** The master's names, as places, and where the first entry stands. */
export function masterOf(bytes: Uint8Array, listpack: number): { names: number[]; first: number } {
  let at = nextEntry(bytes, nextEntry(bytes, listpack + listpackHeaderBytes));
  const count = smallAt(bytes, at);
  at = nextEntry(bytes, at);
  const names: number[] = [];
  for (let i = 0; i < count; i++, at = nextEntry(bytes, at)) names.push(at);
  return { names, first: nextEntry(bytes, at) };
}

/** Visits the entries of a run in order, deleted ones too; false where the visit stopped. */
export function walkRun(
  bytes: Uint8Array,
  listpack: number,
  master: bigint,
  visit: (entry: RunEntry) => boolean | void,
): boolean {
  const { names, first } = masterOf(bytes, listpack);
  for (let at = first; bytes[at] !== listpackEnd;) {
    const flags = smallAt(bytes, at);
    const msAt = nextEntry(bytes, at);
    const seqAt = nextEntry(bytes, msAt);
    const content = nextEntry(bytes, seqAt);
    const same = (flags & entryFlag.sameFields) !== 0;
    let count = names.length;
    let next = content;
    if (!same) {
      count = smallAt(bytes, content);
      next = nextEntry(bytes, content);
    }
    const from = next;
    for (let i = same ? count : 2 * count; i > 0; i--) next = nextEntry(bytes, next);
    const entry: RunEntry = {
      id: distantId(master, entryInteger(bytes, msAt), entryInteger(bytes, seqAt)),
      isDeleted: (flags & entryFlag.deleted) !== 0,
      at,
      fields: () => fieldsFrom(bytes, from, count, same ? names : undefined),
    };
    if (visit(entry) === false) return false;
    at = nextEntry(bytes, next);
  }
  return true;
}

/** As `walkRun`, from the last entry to the first. */
export function walkRunBackward(
  bytes: Uint8Array,
  listpack: number,
  master: bigint,
  visit: (entry: RunEntry) => boolean | void,
): boolean {
  const entries: RunEntry[] = [];
  walkRun(bytes, listpack, master, (entry) => void entries.push(entry));
  return entries.reverse().every((entry) => visit(entry) !== false);
}

function fieldsFrom(
  bytes: Uint8Array,
  at: number,
  count: number,
  names: readonly number[] | undefined,
): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (names === undefined) {
      fields.push(entryText(bytes, at));
      at = nextEntry(bytes, at);
    } else {
      fields.push(entryText(bytes, names[i]!));
    }
    fields.push(entryText(bytes, at));
    at = nextEntry(bytes, at);
  }
  return fields;
}

/** The id so far behind the master; both halves wrap around by themselves. */
function distantId(
  master: bigint,
  ms: number | bigint | undefined,
  seq: number | bigint | undefined,
): bigint {
  assert(ms !== undefined && seq !== undefined, 'an id in a run of a stream is two numbers');
  return (
    ((((master >> 64n) + BigInt(ms)) & wordMask) << 64n) | (((master & wordMask) + BigInt(seq)) & wordMask)
  );
}

/** The distance of one half of an id from the master's, as 64 signed bits. */
export function distance(half: bigint, masterHalf: bigint): number | bigint {
  const value = BigInt.asIntN(64, half - masterHalf);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
