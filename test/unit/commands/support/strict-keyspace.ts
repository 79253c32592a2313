/**
 * A keyspace that insists on its contract: an entry is dead after the next find or change, a collection after another
 * key has changed or its own was removed. Whoever uses a dead one fails at once, instead of reading another key's page.
 */
import type { Database, Entry, Keyspace } from '../../../../src/data/index.ts';

interface Clock {
  finds: number;
  /** Which key changed last, and how often that was another one than before. */
  changes: number;
  changedKey: string;
}

/** `keyspace`, guarded; `keyspace` itself stays usable for whoever checks. */
export function strict(keyspace: Keyspace): Keyspace {
  const clock: Clock = { finds: 0, changes: 0, changedKey: '' };
  const guarded = new Map<Database, Database>();
  const originals = new Map<Database, Database>();
  return {
    databases: keyspace.databases,
    database(index) {
      const database = keyspace.database(index);
      let guard = guarded.get(database);
      if (guard === undefined) {
        guard = guardDatabase(database, index, clock, originals);
        guarded.set(database, guard);
        originals.set(guard, database);
      }
      return guard;
    },
    get hashSeed() {
      return keyspace.hashSeed;
    },
    adoptHashSeed: (seed) => keyspace.adoptHashSeed(seed),
    swap(a, b) {
      clock.finds++;
      clock.changes++;
      keyspace.swap(a, b);
    },
    clear() {
      clock.finds++;
      clock.changes++;
      keyspace.clear();
    },
    freeze: () => keyspace.freeze(),
    memory: () => keyspace.memory(),
    purge: () => keyspace.purge(),
    check: () => keyspace.check(),
  };
}

function guardDatabase(
  database: Database,
  index: number,
  clock: Clock,
  originals: Map<Database, Database>,
): Database {
  const change = (key: Uint8Array, start = 0, end: number = key.length, isEnd = false) => {
    const name = `${index}:${Buffer.from(key.subarray(start, end)).toString('latin1')}`;
    clock.finds++;
    if (name !== clock.changedKey || isEnd) clock.changes++;
    clock.changedKey = name;
  };
  const collection = <T extends object>(
    key: Uint8Array,
    get: () => T | undefined,
    create: boolean,
  ): T | undefined => {
    if (create) change(key);
    else clock.finds++;
    const found = get();
    if (found === undefined) return undefined;
    const { changes } = clock;
    return watch(found, 'a collection', () => clock.changes === changes);
  };
  return {
    get size() {
      return database.size;
    },
    get expires() {
      return database.expires;
    },
    footprint: (key, samples) => database.footprint(key, samples),
    patch(key, offset, bytes) {
      change(key);
      return database.patch(key, offset, bytes);
    },
    find(key, start, end) {
      const finds = ++clock.finds;
      const entry = database.find(key, start, end);
      return entry && guardEntry(entry, clock, finds);
    },
    putString(key, value, expireAtMs, origin) {
      change(key, 0, key.length, true);
      database.putString(key, value, expireAtMs, origin);
    },
    putStringRange(key, keyStart, keyEnd, value, valueStart, valueEnd, expireAtMs, origin) {
      change(key, keyStart, keyEnd, true);
      database.putStringRange(key, keyStart, keyEnd, value, valueStart, valueEnd, expireAtMs, origin);
    },
    list: (key, create) => collection(key, () => database.list(key, create), create),
    set: (key, create) => collection(key, () => database.set(key, create), create),
    hash: (key, create) => collection(key, () => database.hash(key, create), create),
    zset: (key, create) => collection(key, () => database.zset(key, create), create),
    stream: (key, create) => collection(key, () => database.stream(key, create), create),
    setExpiry(key, expireAtMs) {
      change(key);
      return database.setExpiry(key, expireAtMs);
    },
    remove(key) {
      change(key, 0, key.length, true);
      return database.remove(key);
    },
    rename(from, to, target) {
      change(from, 0, from.length, true);
      database.rename(from, to, target && originals.get(target));
    },
    copy(from, to, target) {
      change(to, 0, to.length, true);
      database.copy(from, to, target && originals.get(target));
    },
    clear() {
      clock.finds++;
      clock.changes++;
      database.clear();
    },
    reserve: (keys) => database.reserve(keys),
    scan: (cursor, visit) => database.scan(cursor, (entry) => visit(guardEntry(entry, clock, ++clock.finds))),
    forEach: (visit) => database.forEach((entry) => visit(guardEntry(entry, clock, ++clock.finds))),
    randomKey: (draw) => database.randomKey(draw),
    get mayHaveFieldExpiries() {
      return database.mayHaveFieldExpiries;
    },
    collectFieldExpiries: (nowMs, pages) => database.collectFieldExpiries(nowMs, pages),
    collectExpired: (nowMs, pages) => database.collectExpired(nowMs, pages),
  };
}

function guardEntry(entry: Entry, clock: Clock, finds: number): Entry {
  const { changes } = clock;
  const isAlive = () => clock.finds === finds;
  const view = <T extends object>(found: T): T => watch(found, 'a view', () => clock.changes === changes);
  const guard: Entry = {
    get type() {
      return entry.type;
    },
    get expireAtMs() {
      return entry.expireAtMs;
    },
    get fieldExpiryMs() {
      return entry.fieldExpiryMs;
    },
    key: () => entry.key(),
    stringLength: () => entry.stringLength(),
    stringBytes: () => entry.stringBytes(),
    stringRange: (start, end) => entry.stringRange(start, end),
    writeString: (writer) => entry.writeString(writer),
    stringInteger: () => entry.stringInteger(),
    encoding: () => entry.encoding(),
    list: () => view(entry.list()),
    set: () => view(entry.set()),
    hash: () => view(entry.hash()),
    zset: () => view(entry.zset()),
    stream: () => view(entry.stream()),
  };
  return watch(guard, 'an entry', isAlive);
}

/** `target`, which throws when anything of it is used after its time. */
function watch<T extends object>(target: T, what: string, isAlive: () => boolean): T {
  return new Proxy(target, {
    get(_, property) {
      if (!isAlive()) throw new Error(`${what} is used after its time: ${String(property)}`);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
