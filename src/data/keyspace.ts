/**
 * The keyspace: everything that is stored, behind one small interface.
 *
 * The production make (`PagedKeyspace`) keeps keys and values as RDB records in off-heap pages found by extendible
 * hashing, with epochs for copy-on-write; the tests keep a plain-Map twin beside it. Nothing here knows of clients,
 * commands, replies or files. Nothing here expires by itself: an expiry is a number beside a key, and whoever reads it
 * decides.
 *
 * Bytes that are handed in are copied before the call returns. Bytes that are handed out by a method that returns a
 * Uint8Array belong to the caller. Ranges are (bytes, start, end), end exclusive, and default to the whole array, so
 * that a hot path needs no `subarray`.
 */
import type { ByteWriter } from '../bytes/writer.ts';
import type { StreamValue, StreamView } from './stream.ts';

export type ValueType = 'string' | 'list' | 'set' | 'hash' | 'zset' | 'stream';

/** "No expiry" wherever a number of Unix milliseconds stands otherwise. */
export const NO_EXPIRY = -1;

export interface Keyspace {
  /** How many databases there are; `database(i)` for 0 <= i < databases. */
  readonly databases: number;
  /** The seed of the hash, as text that `adoptHashSeed` takes. It decides the order of `records`, `forEach` and `scan`. */
  readonly hashSeed: string;
  /**
   * Hashes with another seed from now on, so that records which were written in the order of that seed's directory are put
   * back in this order: several times as fast as out of it, where pages outgrow the processor's caches. False, and nothing
   * changed, where the text is no seed, where there are keys, or while an image is alive.
   */
  adoptHashSeed(seed: string): boolean;
  database(index: number): Database;
  /** Exchanges the contents of two databases. */
  swap(a: number, b: number): void;
  /** Empties every database. */
  clear(): void;
  /**
   * Freezes all databases as they are at this instant, for a few pointers' cost. Until `release`, whoever changes
   * something that the image sees copies it first. Several images may be alive at once.
   */
  freeze(): Image;
  memory(): KeyspaceMemory;
  /** Frees at once what images that are gone have left to be freed little by little. */
  purge(): void;
  /** Walks every page and throws with what is inconsistent. For tests and DEBUG. */
  check(): void;
}

export interface KeyspaceMemory {
  /** Bytes taken from the system for slabs. */
  readonly reservedBytes: number;
  /** Bytes of them in use by live pages, segments, extents. */
  readonly usedBytes: number;
  /** Bytes copied because an image saw them, since the newest freeze. */
  readonly copiedBytes: number;
  readonly images: number;
}

/** One database. A key is any bytes, the empty string too. */
export interface Database {
  /** Number of keys, logically expired ones included. */
  readonly size: number;
  /** Number of keys with an expiry. */
  readonly expires: number;

  /**
   * Finds a key. The entry is one object per database, overwritten by the next call of any method of this keyspace
   * that finds or changes something: use it at once.
   */
  find(key: Uint8Array, start?: number, end?: number): Entry | undefined;
  /**
   * Bytes of memory that a key and its value take; undefined where there is none. Of a large collection's members beyond
   * `samples` it is taken that they are like those before; 0 looks at all.
   */
  footprint(key: Uint8Array, samples: number): number | undefined;

  /** Stores a string under a key, whatever was there before. An expiry that was there is replaced by `expireAtMs`. */
  putString(key: Uint8Array, value: Uint8Array, expireAtMs: Expiry, origin?: StringOrigin): void;
  /** As `putString`, over ranges: the hot path. Pass NO_EXPIRY for none, `KEEP_EXPIRY` to keep what is there. */
  putStringRange(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: Expiry,
    origin?: StringOrigin,
  ): void;

  /**
   * Writes bytes into a string from `offset` on, where it stands; a string that is too short grows, with zeros before `offset`.
   * Costs what is written, not what is there, but for one copy where an image or a copy of the key has the string, too, and
   * another now and then as it grows. False, and nothing done, where the string is short enough to be stored anew.
   */
  patch(key: Uint8Array, offset: number, bytes: Uint8Array): boolean;

  /** The collection under a key; made where the key does not exist and `create` is true. The caller has checked the type (assert). Valid until another key of this keyspace is changed or the key is removed. */
  list(key: Uint8Array, create: boolean): ListValue | undefined;
  set(key: Uint8Array, create: boolean): SetValue | undefined;
  hash(key: Uint8Array, create: boolean): HashValue | undefined;
  zset(key: Uint8Array, create: boolean): ZsetValue | undefined;
  stream(key: Uint8Array, create: boolean): StreamValue | undefined;

  /** Sets or (NO_EXPIRY) takes away the expiry. False where there is no such key. */
  setExpiry(key: Uint8Array, expireAtMs: Expiry): boolean;
  /** False where there is no such key. */
  remove(key: Uint8Array): boolean;
  /** Removes `to` where it exists, then gives its name to the value at `from`, expiry included. Moves into another database of the same keyspace when `target` is given. `from` exists (assert). */
  rename(from: Uint8Array, to: Uint8Array, target?: Database): void;
  /** Copies value and expiry of `from` over `to`, independent from then on. */
  copy(from: Uint8Array, to: Uint8Array, target?: Database): void;
  clear(): void;

  /** Prepares for that many keys, so that loading a file splits nothing. A hint. */
  reserve(keys: number): void;

  /**
   * Redis's SCAN: visits some keys and gives the next cursor, 0n-free: a plain number below 2^53, 0 at the start and at the end. A
   * key that is there during a whole iteration is visited at least once, whatever else changes. `visit` must not change the database.
   */
  scan(cursor: number, visit: (entry: Entry) => void): number;
  /** Visits every key once, in no order that means anything. Nothing may change meanwhile. */
  forEach(visit: (entry: Entry) => void): void;
  /** A key drawn by `draw` (uniform in [0, 1)), every key about equally likely. Undefined when empty. */
  randomKey(draw: () => number): Uint8Array | undefined;
  /**
   * Goes on over the keys that have an expiry from where the last call ended, for about `pages` pages, round and round, and gives
   * copies of those whose expiry is before `nowMs`. Changes nothing.
   */
  collectExpired(nowMs: number, pages: number): Uint8Array[];
  /** False where no hash has a field that expires. True may be out of date. */
  readonly mayHaveFieldExpiries: boolean;
  /** As `collectExpired`, over the hashes that may have fields whose expiry is before `nowMs`. */
  collectFieldExpiries(nowMs: number, pages: number): Uint8Array[];
}

/**
 * How a string came to be, which `Entry.encoding` tells as Redis does, as long as it is not stored anew or loaded from a file:
 * `given` as it is (an integer where it looks like one), `printed` as text even then, `edited` in place, which leaves it raw.
 */
export type StringOrigin = 'given' | 'printed' | 'edited';

/**
 * When a key expires, in Unix ms: 64 bits, as Redis keeps them. A number up to 2^53 - 1, hence nearly always, and a bigint
 * beyond, so that each time is one value: two are the same exactly when they are ===, and `<` compares either with either.
 */
export type Expiry = number | bigint;

/** Passed as expireAtMs to keep the expiry that a key has. */
export const KEEP_EXPIRY = -2;

/** A key as it was found. */
export interface Entry {
  readonly type: ValueType;
  /** Unix ms, or NO_EXPIRY. */
  readonly expireAtMs: Expiry;
  key(): Uint8Array;
  /** Length of a string value as text. Of a string only (assert), as the five below. */
  stringLength(): number;
  /** The string value's bytes, as a copy. */
  stringBytes(): Uint8Array;
  /** A part of them, as far as there are any. */
  stringRange(start: number, end: number): Uint8Array;
  /** Appends the string value's bytes to `writer`. */
  writeString(writer: ByteWriter): void;
  /** The value as integer where it is one that a 64-bit register holds *and* is below 2^53 in magnitude, else undefined (the caller then parses the bytes). */
  stringInteger(): number | undefined;
  /** A hash's `nextExpiryMs`; NO_EXPIRY for all else. */
  readonly fieldExpiryMs: number;
  /** How the value is kept, as Redis would name it: int, embstr, raw, listpack, intset, hashtable, quicklist, skiplist, stream. */
  encoding(): string;
  /** The collection, for reading. Of its type only (assert). */
  list(): ListView;
  set(): SetView;
  hash(): HashView;
  zset(): ZsetView;
  stream(): StreamView;
}

/** Iteration hands out copies; return false to stop. Nothing may be changed while one runs. */
export type Visit<T> = (item: T) => boolean | void;

export interface ListView {
  readonly length: number;
  /** 0 <= index < length (assert). */
  at(index: number): Uint8Array;
  /** Visits from index `from` (inclusive) on. */
  forEach(visit: (element: Uint8Array, index: number) => boolean | void, from?: number): void;
  /** Visits from index `from` down to 0. */
  forEachBackward(visit: (element: Uint8Array, index: number) => boolean | void, from?: number): void;
  /** Visits the indexes in [from, end) of the elements that are equal to `wanted`, ascending; false stops. */
  forEachEqual(wanted: Uint8Array, visit: Visit<number>, from?: number, end?: number): void;
  /** As `forEachEqual`, descending. */
  forEachEqualBackward(wanted: Uint8Array, visit: Visit<number>, from?: number, end?: number): void;
}

export interface ListValue extends ListView {
  pushHead(element: Uint8Array): void;
  pushTail(element: Uint8Array): void;
  /** Removes and gives the first or last element. Not empty (assert). A list that becomes empty stays: the caller removes the key. */
  popHead(): Uint8Array;
  popTail(): Uint8Array;
  setAt(index: number, element: Uint8Array): void;
  /** Inserts before `index`; index = length appends. */
  insertAt(index: number, element: Uint8Array): void;
  /** Removes `count` elements from `index` on. */
  removeRange(index: number, count: number): void;
  /** Removes the elements at these indexes, which ascend. */
  removeEach(indexes: readonly number[]): void;
}

export interface SetView {
  readonly size: number;
  has(member: Uint8Array): boolean;
  forEach(visit: Visit<Uint8Array>): void;
  /** A member, about equally likely each. Not empty (assert). */
  random(draw: () => number): Uint8Array;
  /** As Database.scan. A small set comes whole in one call. */
  scan(cursor: number, visit: (member: Uint8Array) => void): number;
}

export interface SetValue extends SetView {
  /** False where it was there already. */
  add(member: Uint8Array): boolean;
  /** False where it was not there. */
  remove(member: Uint8Array): boolean;
}

export interface HashView {
  readonly size: number;
  /** No field expires before, Unix ms; NO_EXPIRY where none ever does. */
  readonly nextExpiryMs: number;
  /** When a field expires; NO_EXPIRY where it never does, or is not there. */
  fieldExpiry(field: Uint8Array): number;
  /** Visits the fields that expire. */
  forEachExpiry(visit: (field: Uint8Array, expireAtMs: number) => boolean | void): void;
  get(field: Uint8Array): Uint8Array | undefined;
  has(field: Uint8Array): boolean;
  forEach(visit: (field: Uint8Array, value: Uint8Array) => boolean | void): void;
  random(draw: () => number): { field: Uint8Array; value: Uint8Array };
  scan(cursor: number, visit: (field: Uint8Array, value: Uint8Array) => void): number;
}

export interface HashValue extends HashView {
  /** True where the field is new. An expiry that it had goes, unless `keepExpiry`. */
  put(field: Uint8Array, value: Uint8Array, keepExpiry?: boolean): boolean;
  remove(field: Uint8Array): boolean;
  /** Sets or (NO_EXPIRY) takes away the expiry of a field. False where there is no such field. */
  setFieldExpiry(field: Uint8Array, expireAtMs: number): boolean;
  /** Removes the fields that expire before `nowMs` and gives them, in no order; afterwards `nextExpiryMs` is exact. */
  removeExpired(nowMs: number): Uint8Array[];
}

/**
 * A sorted set: members with scores, in the order of score and, among equal scores, of the members' bytes. An element's rank
 * is the number of those before it. Scores are doubles but NaN; -0 and 0 are equal in order.
 */
export interface ZsetView {
  readonly size: number;
  /** Still what Redis keeps as listpack. */
  readonly isCompact: boolean;
  score(member: Uint8Array): number | undefined;
  rank(member: Uint8Array): number | undefined;
  /**
   * How many elements `isBefore` holds for. It holds for the elements of a first part, in order, and for none behind it, so
   * that few are asked. The member is bytes[start, end) during the call.
   */
  countBefore(isBefore: (score: number, bytes: Uint8Array, start: number, end: number) => boolean): number;
  /** Visits from rank `from` (inclusive) on. */
  forEach(visit: VisitScored, from?: number): void;
  /** Visits from rank `from` down to 0. */
  forEachBackward(visit: VisitScored, from?: number): void;
  /** An element, about equally likely each. Not empty (assert). */
  random(draw: () => number): { member: Uint8Array; score: number };
  /** As Database.scan. A small one comes whole in one call. */
  scan(cursor: number, visit: (member: Uint8Array, score: number) => void): number;
}

export type VisitScored = (member: Uint8Array, score: number, rank: number) => boolean | void;

export interface ZsetValue extends ZsetView {
  /**
   * Gives the member that score. True where the member is new. A score of -0 becomes 0 while it stays compact, as in Redis,
   * unless `exact`.
   */
  put(member: Uint8Array, score: number, exact?: boolean): boolean;
  /** False where it was not there. */
  remove(member: Uint8Array): boolean;
  /** Removes `count` elements from rank `rank` on. */
  removeRange(rank: number, count: number): void;
}

/** All databases as they were at one instant. `share()` makes it a `Frozen` for Process.fork; `openImage` reads it, on any thread. */
export interface Image {
  share(): unknown;
  /** Reads the image in this thread. */
  open(): ImageReader;
  /** Lets go of what only this image sees. Once; nothing may read it afterwards. */
  release(): void;
}

export interface ImageReader {
  /** Whether any hash has a field that expires: then only Redis 7.4 reads the records. */
  readonly hasFieldExpiries: boolean;
  /** The databases that have keys, ascending. */
  readonly databases: readonly { readonly index: number; readonly keys: number; readonly expires: number }[];
  /**
   * The records of one database as they stand in an RDB file: [expiry opcode, ms] type key value, back to back.
   * With `compress`, strings longer than 20 bytes are LZF-compressed where that saves at least 4 bytes.
   */
  records(database: number, compress: boolean): RecordCursor;
  /** Visits every key of one database, for whoever needs values rather than bytes. */
  forEach(database: number, visit: (entry: Entry) => void): void;
  /** As `forEach`, but a page at a time, so that a long walk can be taken in slices: `next` visits some keys and is false at the end. */
  walk(database: number): { next(visit: (entry: Entry) => void): boolean };
}

/** Walks the records of one database of an image as bytes. */
export interface RecordCursor {
  /**
   * Moves to the next run of bytes, `bytes[start, end)`, at most some 64 KiB unless a single stored piece is longer; false at the end.
   * Boundaries of runs mean nothing: a record may span several. Valid until the next call.
   */
  nextRun(): boolean;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Keys passed so far. */
  readonly keys: number;
}
