/**
 * What an RDB file holds, as a row of plain objects in the file's order.
 *
 * A collection is an entry that begins it, its parts and an `end`, so that no entry is longer than one string, one node of a
 * list or one run of a stream. Bytes are copies and belong to whoever gets them. Times are Unix milliseconds.
 */

/** What stands before the keys, between databases and at the end. */
export type RdbFrame =
  /** The first entry. `valkey`: the file begins with "VALKEY" instead of "REDIS". */
  | { readonly kind: 'header'; readonly version: number; readonly valkey: boolean }
  /** A fact about the file, latin1: `redis-ver`, `ctime`, `aof-base`. */
  | { readonly kind: 'aux'; readonly name: string; readonly value: string }
  /** The source of a function library with its `#!lua name=…` line. */
  | { readonly kind: 'function'; readonly source: Uint8Array }
  /** Private data of a module stood here, which was passed over. It is not written. */
  | { readonly kind: 'module-aux'; readonly module: string }
  /** What follows belongs to this database; before the first it is 0. */
  | { readonly kind: 'database'; readonly index: number }
  /** How many keys, and how many with an expiry, the file announces for the database. A hint, which may be wrong. */
  | { readonly kind: 'size'; readonly keys: number; readonly expires: number }
  /** The last entry. `checksum` is `absent` below version 5 and where the file was saved without one. */
  | {
      readonly kind: 'eof';
      readonly bytes: number;
      readonly checksum: 'verified' | 'absent' | 'not verified';
    };

/** What every key may have. */
export interface RdbKey {
  readonly key: Uint8Array;
  /** Unix ms: a number up to 2^53 - 1, a bigint beyond. */
  readonly expireAtMs?: number | bigint;
  /** Seconds since its last use, where the server evicted by LRU. */
  readonly idleSec?: number;
  /** The counter of uses, 0 to 255, where it evicted by LFU. */
  readonly freq?: number;
}

/** A key, or the beginning of one. */
export type RdbValue =
  | (RdbKey & { readonly kind: 'string'; readonly value: Uint8Array })
  /** `elements` entries follow: `pieces` of them, or with `length` elements altogether, where the file says so before. */
  | (RdbKey & { readonly kind: 'list'; readonly pieces?: number; readonly length?: number })
  /** `member` entries follow. */
  | (RdbKey & { readonly kind: 'set'; readonly size?: number })
  /** `field` entries follow, none of which expires before `earliestExpireAtMs`. */
  | (RdbKey & { readonly kind: 'hash'; readonly size?: number; readonly earliestExpireAtMs?: number })
  /** `scored` entries follow. */
  | (RdbKey & { readonly kind: 'zset'; readonly size?: number })
  /** `node` entries follow, then `facts`, then each group: `group`, `pending`…, `consumers`, and per consumer `consumer`, `own`…. */
  | (RdbKey & { readonly kind: 'stream'; readonly nodes: number });

/** A part of the collection that was begun last. Ids of streams are milliseconds in the upper 64 bits, sequence in the lower. */
export type RdbPart =
  | { readonly kind: 'elements'; readonly values: readonly Uint8Array[] }
  | { readonly kind: 'member'; readonly member: Uint8Array }
  | {
      readonly kind: 'field';
      readonly field: Uint8Array;
      readonly value: Uint8Array;
      readonly expireAtMs?: number;
    }
  | { readonly kind: 'scored'; readonly member: Uint8Array; readonly score: number }
  /** A run of entries: see `streamEntries`. */
  | { readonly kind: 'node'; readonly id: bigint; readonly listpack: Uint8Array }
  | {
      readonly kind: 'facts';
      readonly length: bigint;
      readonly lastId: bigint;
      /** These three are undefined in files from before Redis 7. */
      readonly firstId?: bigint;
      readonly maxDeletedId?: bigint;
      readonly entriesAdded?: bigint;
      readonly groups: number;
    }
  | {
      readonly kind: 'group';
      readonly name: Uint8Array;
      readonly lastId: bigint;
      /** -1n: unknown. Undefined in files from before Redis 7. */
      readonly entriesRead?: bigint;
      readonly pending: number;
    }
  | {
      readonly kind: 'pending';
      readonly id: bigint;
      readonly deliveredMs: number;
      readonly deliveries: number;
    }
  | { readonly kind: 'consumers'; readonly count: number }
  | {
      readonly kind: 'consumer';
      readonly name: Uint8Array;
      readonly seenMs: number;
      /** Since Redis 7.2; -1 for never. */
      readonly activeMs?: number;
      readonly pending: number;
    }
  | { readonly kind: 'own'; readonly id: bigint }
  | { readonly kind: 'end' };

export type RdbEntry = RdbFrame | RdbValue | RdbPart;

/** Bytes in pieces of any size: a Node stream, a `fetch` body, an array of chunks. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The same bytes without what a Buffer does otherwise: its `slice` is no copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
