/**
 * Where a decoded RDB file goes, piece by piece in the file's order.
 *
 * Bytes are handed over as ranges and belong to the decoder: they are valid during the call. A sink refuses by throwing
 * a LightsoutError; the decoder adds offset and key.
 */
import type { Expiry } from '../data/keyspace.ts';
import type { StreamSink } from './stream-sink.ts';

export type CollectionType = 'list' | 'set' | 'hash' | 'zset';

/** What a file says of a collection before its parts. Any of it may lie. */
export interface AnnouncedParts {
  /** How many elements, fields or members there are; nodes where a list comes in nodes. */
  readonly count: number;
  readonly isInNodes: boolean;
  /** Fields of the hash may have expiries of their own. */
  readonly mayExpire: boolean;
  /** The earliest of them, where there is one and the file says it. */
  readonly earliestExpiryMs?: number;
}

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
    expireAtMs: Expiry,
  ): void;
  /** How long the next key was not used, in seconds (`maxmemory-policy` lru). A hint. */
  idle?(seconds: number): void;
  /** How often the next key was used: the counter of lfu, 0 to 255. A hint. */
  freq?(counter: number): void;
  /**
   * A list, set, hash or sorted set, whose parts follow one by one, possibly none. `key` is a copy. `announced`: how it
   * comes, as the file says; undefined where it is one blob.
   */
  beginCollection(
    type: CollectionType,
    key: Uint8Array,
    expireAtMs: Expiry,
    announced?: AnnouncedParts,
  ): void;
  /** An element of the list, in order, or a member of the set. */
  element(bytes: Uint8Array, start: number, end: number): void;
  /** A node of the list ends with the element before. Only where it comes in nodes. */
  endNode?(): void;
  /** A field of the hash and its value. `expireAtMs`: undefined where the field has no expiry of its own. */
  field(
    field: Uint8Array,
    fieldStart: number,
    fieldEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
    expireAtMs?: number,
  ): void;
  /** A member of the sorted set, with its score, which is not NaN. In any order. */
  scored(bytes: Uint8Array, start: number, end: number, score: number): void;
  endCollection(): void;
  /** A stream of `nodes` runs of entries begins; its parts go to what this gives, or nowhere. `key` is a copy. */
  beginStream(key: Uint8Array, expireAtMs: Expiry, nodes: number): StreamSink | undefined;
}
