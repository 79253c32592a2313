/**
 * The keyspace's twin: the same interface over plain Maps, for tests to compare against.
 *
 * It is meant to be obviously right and nothing else: keys and members are latin1 strings, values are copies, a freeze
 * clones everything. Its records are RDB in the plain types (0, 1, 2, 4, 5), never compressed, since their meaning and not
 * their bytes is what a twin has in common with the real one. `openMapImage` is to it what `openImage` is to the pages.
 */
import assert from 'node:assert/strict';
import type {
  Database,
  Entry,
  Expiry,
  HashValue,
  HashView,
  Image,
  ImageReader,
  Keyspace,
  KeyspaceMemory,
  ListValue,
  ListView,
  RecordCursor,
  SetValue,
  SetView,
  ValueType,
  Visit,
  VisitScored,
  ZsetValue,
  ZsetView,
} from '../../src/data/keyspace.ts';
import { KEEP_EXPIRY, NO_EXPIRY } from '../../src/data/keyspace.ts';
import { defaultLimits, type CompactLimits } from '../../src/data/tuning.ts';
import { ByteWriter } from '../../src/bytes/writer.ts';
import type { StreamValue, StreamView, StringOrigin } from '../../src/data/index.ts';
import { type StreamContent, MapStream, emptyStream } from './map-stream.ts';
import { readListpack } from './read-listpack.ts';

type Value =
  | { readonly type: 'string'; readonly bytes: Uint8Array; readonly origin: StringOrigin }
  | { readonly type: 'list'; readonly items: Uint8Array[] }
  /** `compact`: still what Redis would keep as intset or listpack; once lost it never comes back. */
  | { readonly type: 'set'; readonly members: Map<string, Uint8Array>; compact: boolean }
  | {
      readonly type: 'hash';
      readonly fields: Map<string, readonly [Uint8Array, Uint8Array]>;
      /** Of the fields that expire, Unix ms. */
      readonly expiries: Map<string, number>;
      compact: boolean;
    }
  | { readonly type: 'zset'; readonly scores: Map<string, number>; compact: boolean }
  | StreamContent;

interface Item {
  readonly key: Uint8Array;
  value: Value;
  expireAtMs: Expiry;
}

type Items = Map<string, Item>;

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

const bytesOf = (from: string): Uint8Array => new Uint8Array(Buffer.from(from, 'latin1'));

/** The integer that `bytes` are the canonical decimal of, within 64 bits. */
function integer(bytes: Uint8Array): bigint | undefined {
  if (bytes.length > 20 || !/^(0|-?[1-9][0-9]*)$/.test(text(bytes))) return undefined;
  const value = BigInt(text(bytes));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function cloneValue(value: Value): Value {
  switch (value.type) {
    case 'string':
      return { ...value, bytes: value.bytes.slice() };
    case 'list':
      return { type: 'list', items: value.items.map((item) => item.slice()) };
    case 'set':
      return { type: 'set', members: new Map(value.members), compact: value.compact };
    case 'hash':
      return {
        type: 'hash',
        fields: new Map(value.fields),
        expiries: new Map(value.expiries),
        compact: value.compact,
      };
    case 'zset':
      return { type: 'zset', scores: new Map(value.scores), compact: value.compact };
    case 'stream':
      return structuredClone(value);
  }
}

function cloneItems(items: Items): Items {
  return new Map([...items].map(([name, item]) => [name, { ...item, value: cloneValue(item.value) }]));
}

export interface MapKeyspaceOptions {
  readonly databases: number;
  /** What `hashSeed` says at first. Nothing here is hashed with it. */
  readonly hashSeed?: string;
  readonly limits?: CompactLimits;
}

export class MapKeyspace implements Keyspace {
  readonly databases: number;
  readonly #databases: MapDatabase[];
  #images = 0;
  hashSeed: string;

  constructor(options: MapKeyspaceOptions) {
    this.databases = options.databases;
    this.hashSeed = options.hashSeed ?? '0'.repeat(16);
    this.#databases = Array.from(
      { length: options.databases },
      () => new MapDatabase(options.limits ?? defaultLimits),
    );
  }

  database(index: number): MapDatabase {
    const database = this.#databases[index];
    assert(database !== undefined, `no database ${index}`);
    return database;
  }

  adoptHashSeed(seed: string): boolean {
    const isEmpty = this.#databases.every(({ items }) => items.size === 0);
    if (!/^[0-9a-f]{16}$/.test(seed) || !isEmpty || this.#images > 0) return false;
    this.hashSeed = seed;
    return true;
  }

  swap(a: number, b: number): void {
    const first = this.database(a).items;
    this.database(a).items = this.database(b).items;
    this.database(b).items = first;
  }

  purge(): void {}

  clear(): void {
    for (const database of this.#databases) database.clear();
  }

  freeze(): Image {
    const frozen = this.#databases.map(({ items }) => cloneItems(items));
    this.#images++;
    let released = false;
    return {
      share: () => frozen,
      open: () => {
        assert(!released, 'the image was released');
        return openMapImage(frozen);
      },
      release: () => {
        assert(!released, 'the image was released already');
        released = true;
        this.#images--;
      },
    };
  }

  memory(): KeyspaceMemory {
    let usedBytes = 0;
    for (const { items } of this.#databases)
      for (const item of items.values()) usedBytes += 64 + item.key.length + sizeOf(item.value);
    return { reservedBytes: usedBytes, usedBytes, copiedBytes: 0, images: this.#images };
  }

  check(): void {}
}

function sizeOf(value: Value): number {
  let bytes = 0;
  if (value.type === 'string') bytes = value.bytes.length;
  else if (value.type === 'list') for (const item of value.items) bytes += item.length;
  else if (value.type === 'set') for (const member of value.members.values()) bytes += member.length;
  else if (value.type === 'hash')
    for (const [field, content] of value.fields.values()) bytes += field.length + content.length;
  else if (value.type === 'zset') for (const name of value.scores.keys()) bytes += name.length + 8;
  return bytes;
}

/** Positions in a scan: a hash of the name, so that they do not move when others come and go. */
function position(name: string): number {
  let hash = 7;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i) + 1) >>> 0;
  return hash % 65_521;
}

const SCAN_STEP = 8;

function scanNames(names: Iterable<string>, cursor: number, visit: (name: string) => void): number {
  const ahead = [...names].map((name) => ({ name, at: position(name) + 1 })).filter(({ at }) => at > cursor);
  ahead.sort((a, b) => a.at - b.at);
  const last = ahead[SCAN_STEP - 1];
  for (const { name, at } of ahead) if (last === undefined || at <= last.at) visit(name);
  return last === undefined || ahead.every(({ at }) => at <= last.at) ? 0 : last.at;
}

class MapDatabase implements Database {
  items: Items = new Map();
  #collectFrom = 0;
  readonly #limits: CompactLimits;

  constructor(limits: CompactLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.items.size;
  }

  get expires(): number {
    let count = 0;
    for (const item of this.items.values()) if (item.expireAtMs !== NO_EXPIRY) count++;
    return count;
  }

  /** No figure of a Map means anything: what is there takes something. */
  footprint(key: Uint8Array): number | undefined {
    return this.items.has(text(key)) ? key.length + 1 : undefined;
  }

  /** Everything is stored anew. */
  patch(): boolean {
    return false;
  }

  find(key: Uint8Array, start = 0, end = key.length): Entry | undefined {
    const item = this.items.get(text(key.subarray(start, end)));
    return item && new MapEntry(item);
  }

  putString(key: Uint8Array, value: Uint8Array, expireAtMs: Expiry, origin: StringOrigin = 'given'): void {
    const name = text(key);
    const kept = expireAtMs === KEEP_EXPIRY ? (this.items.get(name)?.expireAtMs ?? NO_EXPIRY) : expireAtMs;
    this.items.set(name, {
      key: key.slice(),
      value: { type: 'string', bytes: value.slice(), origin },
      expireAtMs: kept,
    });
  }

  putStringRange(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: Expiry,
    origin?: StringOrigin,
  ): void {
    this.putString(key.subarray(keyStart, keyEnd), value.subarray(valueStart, valueEnd), expireAtMs, origin);
  }

  list(key: Uint8Array, create: boolean): ListValue | undefined {
    const value = this.#collection(key, create, () => ({ type: 'list', items: [] }));
    if (value === undefined) return undefined;
    assert(value.type === 'list');
    return new MapList(value);
  }

  set(key: Uint8Array, create: boolean): SetValue | undefined {
    const value = this.#collection(key, create, () => ({ type: 'set', members: new Map(), compact: true }));
    if (value === undefined) return undefined;
    assert(value.type === 'set');
    return new MapSet(value, this.#limits);
  }

  hash(key: Uint8Array, create: boolean): HashValue | undefined {
    const value = this.#collection(key, create, () => ({
      type: 'hash',
      fields: new Map(),
      expiries: new Map(),
      compact: true,
    }));
    if (value === undefined) return undefined;
    assert(value.type === 'hash');
    return new MapHash(value, this.#limits);
  }

  zset(key: Uint8Array, create: boolean): ZsetValue | undefined {
    const value = this.#collection(key, create, () => ({ type: 'zset', scores: new Map(), compact: true }));
    if (value === undefined) return undefined;
    assert(value.type === 'zset');
    return new MapZset(value, this.#limits);
  }

  stream(key: Uint8Array, create: boolean): StreamValue | undefined {
    const value = this.#collection(key, create, emptyStream);
    if (value === undefined) return undefined;
    assert(value.type === 'stream');
    return new MapStream(value, readListpack);
  }

  #collection(key: Uint8Array, create: boolean, make: () => Value): Value | undefined {
    const name = text(key);
    let item = this.items.get(name);
    if (item === undefined && create) {
      item = { key: key.slice(), value: make(), expireAtMs: NO_EXPIRY };
      this.items.set(name, item);
    }
    return item?.value;
  }

  setExpiry(key: Uint8Array, expireAtMs: Expiry): boolean {
    const item = this.items.get(text(key));
    if (item === undefined) return false;
    if (expireAtMs !== KEEP_EXPIRY) item.expireAtMs = expireAtMs;
    return true;
  }

  remove(key: Uint8Array): boolean {
    return this.items.delete(text(key));
  }

  rename(from: Uint8Array, to: Uint8Array, target: Database = this): void {
    assert(target instanceof MapDatabase);
    const item = this.items.get(text(from));
    assert(item !== undefined, 'rename of a key that does not exist');
    this.items.delete(text(from));
    target.items.set(text(to), { ...item, key: to.slice() });
  }

  copy(from: Uint8Array, to: Uint8Array, target: Database = this): void {
    assert(target instanceof MapDatabase);
    const item = this.items.get(text(from));
    assert(item !== undefined, 'copy of a key that does not exist');
    target.items.set(text(to), {
      key: to.slice(),
      value: cloneValue(item.value),
      expireAtMs: item.expireAtMs,
    });
  }

  clear(): void {
    this.items = new Map();
  }

  reserve(): void {}

  scan(cursor: number, visit: (entry: Entry) => void): number {
    return scanNames(this.items.keys(), cursor, (name) => visit(new MapEntry(this.items.get(name)!)));
  }

  forEach(visit: (entry: Entry) => void): void {
    for (const item of this.items.values()) visit(new MapEntry(item));
  }

  randomKey(draw: () => number): Uint8Array | undefined {
    const all = [...this.items.values()];
    return all[Math.floor(draw() * all.length)]?.key.slice();
  }

  get mayHaveFieldExpiries(): boolean {
    return [...this.items.values()].some((item) => new MapEntry(item).fieldExpiryMs !== NO_EXPIRY);
  }

  collectFieldExpiries(nowMs: number): Uint8Array[] {
    const items = [...this.items.values()].filter((item) => {
      const { fieldExpiryMs } = new MapEntry(item);
      return fieldExpiryMs !== NO_EXPIRY && fieldExpiryMs < nowMs;
    });
    return items.map(({ key }) => key.slice());
  }

  collectExpired(nowMs: number, pages: number): Uint8Array[] {
    const volatile = [...this.items.values()].filter((item) => item.expireAtMs !== NO_EXPIRY);
    if (this.#collectFrom >= volatile.length) this.#collectFrom = 0;
    const some = volatile.slice(this.#collectFrom, (this.#collectFrom += pages * 16));
    return some.filter((item) => item.expireAtMs < nowMs).map((item) => item.key.slice());
  }
}

class MapEntry implements Entry {
  readonly #item: Item;

  constructor(item: Item) {
    this.#item = item;
  }

  get type(): ValueType {
    return this.#item.value.type;
  }

  get expireAtMs(): Expiry {
    return this.#item.expireAtMs;
  }

  get fieldExpiryMs(): number {
    return this.#item.value.type === 'hash' ? new MapHash(this.#item.value).nextExpiryMs : NO_EXPIRY;
  }

  key(): Uint8Array {
    return this.#item.key.slice();
  }

  #bytes(): Uint8Array {
    const { value } = this.#item;
    assert(value.type === 'string', `a string is wanted, the key holds a ${value.type}`);
    return value.bytes;
  }

  stringLength(): number {
    return this.#bytes().length;
  }

  stringRange(start: number, end: number): Uint8Array {
    return this.stringBytes().slice(start, end);
  }

  stringBytes(): Uint8Array {
    return this.#bytes().slice();
  }

  writeString(writer: ByteWriter): void {
    writer.bytes(this.#bytes());
  }

  stringInteger(): number | undefined {
    const value = integer(this.#bytes());
    return value !== undefined && Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  }

  encoding(): string {
    const { value } = this.#item;
    if (value.type === 'list') return 'quicklist';
    if (value.type === 'set') return value.compact ? 'intset' : 'hashtable';
    if (value.type === 'hash' && value.compact) return value.expiries.size > 0 ? 'listpackex' : 'listpack';
    if (value.type === 'hash') return 'hashtable';
    if (value.type === 'zset') return value.compact ? 'listpack' : 'skiplist';
    if (value.type === 'stream') return 'stream';
    if (value.origin === 'edited') return 'raw';
    if (value.origin === 'given' && integer(value.bytes) !== undefined) return 'int';
    return value.bytes.length <= 44 ? 'embstr' : 'raw';
  }

  list(): ListView {
    assert(this.#item.value.type === 'list');
    return new MapList(this.#item.value);
  }

  set(): SetView {
    assert(this.#item.value.type === 'set');
    return new MapSet(this.#item.value);
  }

  hash(): HashView {
    assert(this.#item.value.type === 'hash');
    return new MapHash(this.#item.value);
  }

  zset(): ZsetView {
    assert(this.#item.value.type === 'zset');
    return new MapZset(this.#item.value, defaultLimits);
  }

  stream(): StreamView {
    assert(this.#item.value.type === 'stream');
    return new MapStream(this.#item.value);
  }
}

class MapList implements ListValue {
  readonly #items: Uint8Array[];

  constructor(value: Extract<Value, { type: 'list' }>) {
    this.#items = value.items;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): Uint8Array {
    const item = this.#items[index];
    assert(item !== undefined, `no element ${index} in a list of ${this.length}`);
    return item.slice();
  }

  forEach(visit: (element: Uint8Array, index: number) => boolean | void, from = 0): void {
    for (let i = from; i < this.#items.length; i++) if (visit(this.at(i), i) === false) return;
  }

  forEachBackward(
    visit: (element: Uint8Array, index: number) => boolean | void,
    from = this.#items.length - 1,
  ): void {
    for (let i = Math.min(from, this.#items.length - 1); i >= 0; i--)
      if (visit(this.at(i), i) === false) return;
  }

  forEachEqual(wanted: Uint8Array, visit: Visit<number>, from = 0, end = this.length): void {
    for (let i = from; i < Math.min(end, this.length); i++)
      if (text(this.#items[i]!) === text(wanted) && visit(i) === false) return;
  }

  forEachEqualBackward(wanted: Uint8Array, visit: Visit<number>, from = 0, end = this.length): void {
    for (let i = Math.min(end, this.length) - 1; i >= from; i--)
      if (text(this.#items[i]!) === text(wanted) && visit(i) === false) return;
  }

  pushHead(element: Uint8Array): void {
    this.#items.unshift(element.slice());
  }

  pushTail(element: Uint8Array): void {
    this.#items.push(element.slice());
  }

  popHead(): Uint8Array {
    assert(this.#items.length > 0, 'pop from an empty list');
    return this.#items.shift()!;
  }

  popTail(): Uint8Array {
    assert(this.#items.length > 0, 'pop from an empty list');
    return this.#items.pop()!;
  }

  setAt(index: number, element: Uint8Array): void {
    assert(index >= 0 && index < this.length);
    this.#items[index] = element.slice();
  }

  insertAt(index: number, element: Uint8Array): void {
    assert(index >= 0 && index <= this.length);
    this.#items.splice(index, 0, element.slice());
  }

  removeRange(index: number, count: number): void {
    assert(index >= 0 && count >= 0 && index + count <= this.length);
    this.#items.splice(index, count);
  }

  removeEach(indexes: readonly number[]): void {
    for (const index of indexes.toReversed()) this.removeRange(index, 1);
  }
}

class MapSet implements SetValue {
  readonly #value: Extract<Value, { type: 'set' }>;
  readonly #limits: CompactLimits;

  constructor(value: Extract<Value, { type: 'set' }>, limits: CompactLimits = defaultLimits) {
    this.#value = value;
    this.#limits = limits;
  }

  get size(): number {
    return this.#value.members.size;
  }

  has(member: Uint8Array): boolean {
    return this.#value.members.has(text(member));
  }

  forEach(visit: Visit<Uint8Array>): void {
    for (const member of this.#value.members.values()) if (visit(member.slice()) === false) return;
  }

  random(draw: () => number): Uint8Array {
    const all = [...this.#value.members.values()];
    assert(all.length > 0, 'random member of an empty set');
    return all[Math.floor(draw() * all.length)]!.slice();
  }

  scan(cursor: number, visit: (member: Uint8Array) => void): number {
    return scanNames(this.#value.members.keys(), cursor, (name) =>
      visit(this.#value.members.get(name)!.slice()),
    );
  }

  add(member: Uint8Array): boolean {
    const name = text(member);
    if (this.#value.members.has(name)) return false;
    this.#value.members.set(name, member.slice());
    if (integer(member) === undefined || this.size > this.#limits.setMaxIntsetEntries)
      this.#value.compact = false;
    return true;
  }

  remove(member: Uint8Array): boolean {
    return this.#value.members.delete(text(member));
  }
}

class MapHash implements HashValue {
  readonly #value: Extract<Value, { type: 'hash' }>;
  readonly #limits: CompactLimits;

  constructor(value: Extract<Value, { type: 'hash' }>, limits: CompactLimits = defaultLimits) {
    this.#value = value;
    this.#limits = limits;
  }

  get size(): number {
    return this.#value.fields.size;
  }

  get(field: Uint8Array): Uint8Array | undefined {
    return this.#value.fields.get(text(field))?.[1].slice();
  }

  has(field: Uint8Array): boolean {
    return this.#value.fields.has(text(field));
  }

  forEach(visit: (field: Uint8Array, value: Uint8Array) => boolean | void): void {
    for (const [field, value] of this.#value.fields.values())
      if (visit(field.slice(), value.slice()) === false) return;
  }

  random(draw: () => number): { field: Uint8Array; value: Uint8Array } {
    const all = [...this.#value.fields.values()];
    assert(all.length > 0, 'random field of an empty hash');
    const [field, value] = all[Math.floor(draw() * all.length)]!;
    return { field: field.slice(), value: value.slice() };
  }

  scan(cursor: number, visit: (field: Uint8Array, value: Uint8Array) => void): number {
    return scanNames(this.#value.fields.keys(), cursor, (name) => {
      const [field, value] = this.#value.fields.get(name)!;
      visit(field.slice(), value.slice());
    });
  }

  get nextExpiryMs(): number {
    const { expiries } = this.#value;
    return expiries.size === 0 ? NO_EXPIRY : Math.min(...expiries.values());
  }

  fieldExpiry(field: Uint8Array): number {
    return this.#value.expiries.get(text(field)) ?? NO_EXPIRY;
  }

  forEachExpiry(visit: (field: Uint8Array, expireAtMs: number) => boolean | void): void {
    for (const [name, atMs] of this.#value.expiries) if (visit(bytesOf(name), atMs) === false) return;
  }

  setFieldExpiry(field: Uint8Array, expireAtMs: number): boolean {
    if (!this.has(field)) return false;
    if (expireAtMs === NO_EXPIRY) this.#value.expiries.delete(text(field));
    else this.#value.expiries.set(text(field), expireAtMs);
    return true;
  }

  removeExpired(nowMs: number): Uint8Array[] {
    const expired = [...this.#value.expiries].filter(([, atMs]) => atMs < nowMs);
    return expired.map(([name]) => {
      this.remove(bytesOf(name));
      return bytesOf(name);
    });
  }

  put(field: Uint8Array, value: Uint8Array, keepExpiry = false): boolean {
    const name = text(field);
    if (!keepExpiry) this.#value.expiries.delete(name);
    const isNew = !this.#value.fields.has(name);
    this.#value.fields.set(name, [field.slice(), value.slice()]);
    const { hashMaxListpackEntries, hashMaxListpackValueBytes: longest } = this.#limits;
    if (field.length > longest || value.length > longest || this.size > hashMaxListpackEntries)
      this.#value.compact = false;
    return isNew;
  }

  remove(field: Uint8Array): boolean {
    this.#value.expiries.delete(text(field));
    return this.#value.fields.delete(text(field));
  }
}

class MapZset implements ZsetValue {
  readonly #value: Extract<Value, { type: 'zset' }>;
  readonly #limits: CompactLimits;

  constructor(value: Extract<Value, { type: 'zset' }>, limits: CompactLimits) {
    this.#value = value;
    this.#limits = limits;
  }

  get size(): number {
    return this.#value.scores.size;
  }

  get isCompact(): boolean {
    return this.#value.compact;
  }

  /** Latin1 text compares as its bytes do. */
  #inOrder(): (readonly [string, number])[] {
    return [...this.#value.scores].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x - y));
  }

  score(member: Uint8Array): number | undefined {
    return this.#value.scores.get(text(member));
  }

  rank(member: Uint8Array): number | undefined {
    const rank = this.#inOrder().findIndex(([name]) => name === text(member));
    return rank < 0 ? undefined : rank;
  }

  countBefore(isBefore: (score: number, bytes: Uint8Array, start: number, end: number) => boolean): number {
    const all = this.#inOrder().map(([name, score]) =>
      isBefore(score, bytesOf(`<${name}>`), 1, name.length + 1),
    );
    const count = all.filter(Boolean).length;
    assert(!all.slice(0, count).includes(false), 'what is before is a first part');
    return count;
  }

  forEach(visit: VisitScored, from = 0): void {
    for (const [rank, [name, score]] of this.#inOrder().entries())
      if (rank >= from && visit(bytesOf(name), score, rank) === false) return;
  }

  forEachBackward(visit: VisitScored, from: number = this.size - 1): void {
    for (const [rank, [name, score]] of [...this.#inOrder().entries()].reverse())
      if (rank <= from && visit(bytesOf(name), score, rank) === false) return;
  }

  random(draw: () => number): { member: Uint8Array; score: number } {
    const all = [...this.#value.scores];
    assert(all.length > 0, 'random element of an empty sorted set');
    const [name, score] = all[Math.floor(draw() * all.length)]!;
    return { member: bytesOf(name), score };
  }

  scan(cursor: number, visit: (member: Uint8Array, score: number) => void): number {
    return scanNames(this.#value.scores.keys(), cursor, (name) =>
      visit(bytesOf(name), this.#value.scores.get(name)!),
    );
  }

  put(member: Uint8Array, score: number, exact = false): boolean {
    assert(!Number.isNaN(score));
    const { scores } = this.#value;
    const isNew = !scores.has(text(member));
    const { zsetMaxListpackEntries: entries, zsetMaxListpackValueBytes: bytes } = this.#limits;
    if (isNew && (scores.size + 1 > entries || member.length > bytes)) this.#value.compact = false;
    scores.set(text(member), this.#value.compact && score === 0 && !exact ? 0 : score);
    return isNew;
  }

  remove(member: Uint8Array): boolean {
    return this.#value.scores.delete(text(member));
  }

  removeRange(rank: number, count: number): void {
    const names = this.#inOrder().slice(rank, rank + count);
    assert(names.length === count && rank >= 0);
    for (const [name] of names) this.#value.scores.delete(name);
  }
}

/** Reads what a MapKeyspace's image shared. The argument must be what `share` gave: Maps survive structured cloning. */
export function openMapImage(shared: unknown): ImageReader {
  const frozen = shared as readonly Items[];
  const walk = (database: number): { next(visit: (entry: Entry) => void): boolean } => {
    const iterator = frozen[database]!.values();
    return {
      next: (visit) => {
        for (let i = 0; i < 4; i++) {
          const step = iterator.next();
          if (step.done) return i > 0;
          visit(new MapEntry(step.value));
        }
        return true;
      },
    };
  };
  return {
    hasFieldExpiries: frozen.some((items) =>
      [...items.values()].some(({ value }) => value.type === 'hash' && value.expiries.size > 0),
    ),
    databases: frozen
      .map((items, index) => ({
        index,
        keys: items.size,
        expires: [...items.values()].filter((item) => item.expireAtMs !== NO_EXPIRY).length,
      }))
      .filter(({ keys }) => keys > 0),
    records: (database) => new MapRecords([...frozen[database]!.values()]),
    forEach: (database, visit) => {
      for (const item of frozen[database]!.values()) visit(new MapEntry(item));
    },
    walk,
  };
}

class MapRecords implements RecordCursor {
  readonly #items: readonly Item[];
  readonly #writer = new ByteWriter();
  keys = 0;

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  get bytes(): Uint8Array {
    return this.#writer.buffer;
  }

  get start(): number {
    return 0;
  }

  get end(): number {
    return this.#writer.length;
  }

  nextRun(): boolean {
    const item = this.#items[this.keys];
    if (item === undefined) return false;
    this.keys++;
    const writer = this.#writer;
    writer.clear();
    const { value } = item;
    if (item.expireAtMs !== NO_EXPIRY) {
      const ms = new Uint8Array(8);
      new DataView(ms.buffer).setBigInt64(0, BigInt(item.expireAtMs), true);
      writer.byte(252);
      writer.bytes(ms);
    }
    const isDated = value.type === 'hash' && value.expiries.size > 0;
    writer.byte({ string: 0, list: 1, set: 2, hash: isDated ? 24 : 4, zset: 5, stream: 19 }[value.type]);
    writeRdbString(writer, item.key);
    switch (value.type) {
      case 'string':
        writeRdbString(writer, value.bytes);
        break;
      case 'list':
        writeRdbLength(writer, value.items.length);
        for (const element of value.items) writeRdbString(writer, element);
        break;
      case 'set':
        writeRdbLength(writer, value.members.size);
        for (const member of value.members.values()) writeRdbString(writer, member);
        break;
      case 'hash': {
        const earliestMs = new MapHash(value).nextExpiryMs;
        if (isDated) writer.int64LE(earliestMs);
        writeRdbLength(writer, value.fields.size);
        for (const [name, [field, content]] of value.fields) {
          const atMs = value.expiries.get(name);
          if (isDated) writeRdbLong(writer, atMs === undefined ? 0n : BigInt(atMs - earliestMs + 1));
          writeRdbString(writer, field);
          writeRdbString(writer, content);
        }
        break;
      }
      case 'zset':
        writeRdbLength(writer, value.scores.size);
        for (const [name, score] of value.scores) {
          writeRdbString(writer, bytesOf(name));
          writer.bytes(new Uint8Array(new Float64Array([score]).buffer));
        }
        break;
      case 'stream':
        writeRdbStream(writer, new MapStream(value));
        break;
    }
    return true;
  }
}

function writeRdbLength(writer: ByteWriter, length: number): void {
  if (length < 64) {
    writer.byte(length);
  } else if (length < 16_384) {
    writer.byte(0x40 | (length >> 8));
    writer.byte(length & 255);
  } else {
    writer.byte(0x80);
    for (const shift of [24, 16, 8, 0]) writer.byte((length >>> shift) & 255);
  }
}

function writeRdbLong(writer: ByteWriter, value: bigint): void {
  if (value < 16_384n) return writeRdbLength(writer, Number(value));
  writer.byte(0x81);
  for (let shift = 56n; shift >= 0n; shift -= 8n) writer.byte(Number((value >> shift) & 255n));
}

function writeRdbStream(writer: ByteWriter, stream: StreamView): void {
  const half = (1n << 64n) - 1n;
  const long = (value: bigint): void => writeRdbLong(writer, value);
  const id = (value: bigint): void => {
    long(value >> 64n);
    long(value & half);
  };
  const raw = (value: bigint): void => {
    for (let shift = 120n; shift >= 0n; shift -= 8n) writer.byte(Number((value >> shift) & 255n));
  };
  const time = (value: number): void => {
    for (let shift = 0n; shift < 64n; shift += 8n) writer.byte(Number((BigInt(value) >> shift) & 255n));
  };
  const nodes: { master: bigint; listpack: Uint8Array }[] = [];
  stream.forEachNode((master, bytes) => void nodes.push({ master, listpack: bytes }));
  writeRdbLength(writer, nodes.length);
  for (const { master, listpack } of nodes) {
    writer.byte(16);
    raw(master);
    writeRdbString(writer, listpack);
  }
  long(BigInt(stream.length));
  id(stream.lastId);
  id(stream.firstId);
  id(stream.maxDeletedId);
  long(stream.entriesAdded);
  writeRdbLength(writer, stream.groups);
  stream.forEachGroup((group) => {
    writeRdbString(writer, group.name);
    id(group.lastId);
    long(group.entriesRead ?? half);
    writeRdbLength(writer, group.pending);
    group.forEachPending(0n, (pending) => {
      raw(pending.id);
      time(pending.deliveredMs);
      long(BigInt(pending.deliveries));
    });
    writeRdbLength(writer, group.consumers);
    group.forEachConsumer((consumer) => {
      writeRdbString(writer, consumer.name);
      time(consumer.seenMs);
      writeRdbLength(writer, consumer.pending);
      consumer.forEachPending(0n, (pending) => raw(pending.id));
    });
  });
}

/** Canonical decimals of 32 bits as integers, as Redis writes them; all else raw. */
function writeRdbString(writer: ByteWriter, bytes: Uint8Array): void {
  const value = integer(bytes);
  const number = Number(value);
  if (value === undefined || bytes.length > 11 || (number | 0) !== number) {
    writeRdbLength(writer, bytes.length);
    writer.bytes(bytes);
    return;
  }
  const width = number === (number << 24) >> 24 ? 1 : number === (number << 16) >> 16 ? 2 : 4;
  writer.byte(0xc0 | (width >> 1));
  for (let i = 0; i < width; i++) writer.byte((number >> (8 * i)) & 255);
}
