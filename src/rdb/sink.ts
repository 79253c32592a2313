/**
 * Where a decoded RDB file goes, piece by piece in the file's order.
 *
 * Bytes are handed over as ranges and belong to the decoder: they are valid during the call. A sink refuses by throwing
 * a LightsoutError; the decoder adds offset and key.
 */
import type { StreamSink } from './stream-sink.ts';

export type CollectionType = 'list' | 'set' | 'hash' | 'zset';

export interface RdbSink {
  /** A fact about the file: "redis-ver", "ctime", "aof-base". Latin1. Unknown ones are to be ignored. */
  aux?(name: string, value: string): void;
  /** The source of a function library, `#!lua name=…` line included. A copy. */
  function?(source: Uint8Array): void;
  /** Private data of a module came and was passed over. Redis does not load such a file without the module. */
  moduleAux?(module: string): void;
  /** What follows goes to database `index`. A file without it means 0. */
  selectDb(index: number): void;
  /** How many keys, and how many with an expiry, the file claims for this database. May lie. */
  resizeDb?(keys: number, expires: number): void;
  /** A string. The hot path: no object is made for it. `expireAtMs` is NO_EXPIRY for none. */
  string(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs: number,
  ): void;
  /** A list, set, hash or sorted set, whose parts follow one by one, possibly none. `key` is a copy. */
  beginCollection(type: CollectionType, key: Uint8Array, expireAtMs: number): void;
  /** An element of the list, in order, or a member of the set. */
  element(bytes: Uint8Array, start: number, end: number): void;
  /** A field of the hash and its value. */
  field(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void;
  /** A member of the sorted set, with its score, which is not NaN. In any order. */
  scored(bytes: Uint8Array, start: number, end: number, score: number): void;
  endCollection(): void;
  /** A stream begins; its parts go to what this gives, or nowhere. `key` is a copy. */
  beginStream(key: Uint8Array, expireAtMs: number): StreamSink | undefined;
}
