/** A stream of an RDB file (type 19): runs of entries in listpacks, groups, and who has what pending. */
import type { RdbCursor } from './rdb-cursor.ts';
import { readListpack } from './rdb-packed.ts';
import type { ModelGroup, ModelPending, ModelStream } from './stream.ts';

/** @throws RdbDecodeError */
export function readStream(rdb: RdbCursor): ModelStream {
  const entries = new Map<bigint, readonly string[]>();
  for (let nodes = rdb.length(); nodes > 0; nodes--) {
    const master = rdb.string();
    if (master.length !== 16) rdb.fail(`a run of entries under a key of ${master.length} bytes`);
    addRun(rdb, rawId(master), readListpack(rdb), entries);
  }
  const length = rdb.length();
  if (length !== entries.size) rdb.fail(`a stream of ${entries.size} entries that claims ${length}`);
  const lastId = readId(rdb);
  const firstId = readId(rdb);
  if (firstId !== ([...entries.keys()][0] ?? 0n)) rdb.fail('a stream that claims another first id');
  const maxDeletedId = readId(rdb);
  const entriesAdded = rdb.length();
  const groups = new Map<string, ModelGroup>();
  for (let left = rdb.length(); left > 0; left--) {
    const name = rdb.string();
    groups.set(name, readGroup(rdb));
  }
  return { entries, lastId, maxDeletedId, entriesAdded, groups };
}

/** Adds the living entries of one run. */
function addRun(
  rdb: RdbCursor,
  master: bigint,
  parts: readonly string[],
  into: Map<bigint, readonly string[]>,
): void {
  let at = 0;
  /** Of words that must still come: nothing is made for a number that lies. */
  const countOf = (count: bigint): number =>
    count >= 0n && count <= parts.length - at
      ? Number(count)
      : rdb.fail(`a run of ${parts.length} words that claims ${count} fields`);
  const text = (): string => parts[at++] ?? rdb.fail('a run of entries that ends too early');
  const integer = (): bigint => {
    const word = text();
    return /^-?\d{1,20}$/.test(word)
      ? BigInt(word)
      : rdb.fail(`'${word}' in a run of entries, expected an integer`);
  };
  let living = Number(integer());
  let deleted = Number(integer());
  const names = Array.from({ length: countOf(integer()) }, text);
  if (integer() !== 0n) rdb.fail('a run of entries whose first one does not end');
  while (at < parts.length) {
    const start = at;
    const flags = Number(integer());
    const ms = BigInt.asUintN(64, (master >> 64n) + integer());
    const seq = BigInt.asUintN(64, master + integer());
    const hasNames = (flags & 2) !== 0;
    const count = hasNames ? names.length : countOf(integer());
    const fields: string[] = [];
    for (let i = 0; i < count; i++) fields.push(hasNames ? names[i]! : text(), text());
    const length = at - start;
    if (Number(integer()) !== length) rdb.fail('an entry of a stream of a wrong length');
    if ((flags & 1) !== 0) deleted--;
    else living--;
    if ((flags & 1) === 0) into.set((ms << 64n) | seq, fields);
  }
  if (living !== 0 || deleted !== 0) rdb.fail('a run of entries that counts them wrongly');
}

function readGroup(rdb: RdbCursor): ModelGroup {
  const lastId = readId(rdb);
  const entriesRead = rdb.length();
  const times = new Map<bigint, Omit<ModelPending, 'consumer'>>();
  for (let left = rdb.length(); left > 0; left--) {
    const id = rawId(rdb.take(16));
    times.set(id, { deliveredMs: rdb.int64(), deliveries: rdb.length() });
  }
  const consumers = new Set<string>();
  const pending = new Map<bigint, ModelPending>();
  for (let left = rdb.length(); left > 0; left--) {
    const consumer = rdb.string();
    consumers.add(consumer);
    rdb.int64();
    for (let own = rdb.length(); own > 0; own--) {
      const id = rawId(rdb.take(16));
      const time = times.get(id) ?? rdb.fail('pending for a consumer, not for its group');
      pending.set(id, { consumer, ...time });
    }
  }
  if (pending.size !== times.size) rdb.fail("pending entries that are no consumer's");
  // 2^64 - 1 stands for "not known"; as a number it is 2^64.
  return { lastId, entriesRead: entriesRead >= 2 ** 63 ? -1 : entriesRead, consumers, pending };
}

/** An id as two lengths. */
function readId(rdb: RdbCursor): bigint {
  const ms = BigInt(rdb.length());
  return (ms << 64n) | BigInt(rdb.length());
}

/** An id as 16 bytes, the highest first. */
function rawId(text: string): bigint {
  let id = 0n;
  for (let i = 0; i < 16; i++) id = (id << 8n) | BigInt(text.charCodeAt(i));
  return id;
}
