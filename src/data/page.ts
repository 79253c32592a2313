/**
 * Pages: how records lie in a block, and reading them.
 *
 *     word 0  units | kind          word 4  log2 of slots | depth << 8 | wide << 16
 *     word 1  birth                 word 5  records that are special
 *     word 2  end of the records    word 6  records with an expiry
 *     word 3  number of records     then slots, then records back to back up to `end`
 *
 * Slots are an open-addressed table, linear probing, at most 13/16 full: 16 bits, offset of the record from the page's
 * start (13 bits, never 0) and 3 bits of the hash. A page beyond 8 KiB, which exists only where the directory must not get
 * deeper, is *wide*: 32-bit slots, 24 bits of offset and 8 of hash.
 *
 * A record in a database's pages:   [252 expiry-ms i64]  type  key  value
 * in a set's pages:                 member
 * in a hash's pages:                field  value
 *
 * where strings are stored strings, and a value depends on the type. All types are RDB's, and what they announce is RDB's
 * encoding, except for `expiringHash`, which is two addresses and a time (see hash-value.ts), and for `largeHash`, `largeSet`, `largeList` and `stream`, whose value is the u32 address of a structure, and
 * `largeZset`, whose value is two of them. A record is *special* when its bytes may not be copied into an RDB file as they
 * stand: it holds an extent, an address or a marked string.
 */
import { assert } from './assert.ts';
import type { Chunks } from './chunks.ts';
import { byteOf } from './chunks.ts';
import { highHalf, joinExpiry, lowHalf } from './expiry.ts';
import type { HashSeed } from './hash.ts';
import { hashBytes } from './hash.ts';
import type { Expiry } from './keyspace.ts';
import {
  contentStart,
  extentForm,
  isOwnForm,
  readLength,
  readWord,
  storedEnd,
  writeWord,
} from './stored-string.ts';

export const pageWord = { end: 2, count: 3, shape: 4, specials: 5, expires: 6 } as const;
export const pageHeaderBytes = 28;
/** Beyond this a page is wide. */
export const narrowPageBytes = 8192;
export const wideBit = 1 << 16;

export const expiryOpcode = 252;
export const expiryBytes = 9;

export const recordType = {
  string: 0,
  plainSet: 2,
  plainHash: 4,
  intset: 11,
  listpackHash: 16,
  listpackZset: 17,
  packedList: 18,
  largeSet: 0x42,
  largeZset: 0x43,
  largeHash: 0x44,
  expiringHash: 0x45,
  largeList: 0x52,
  stream: 0x53,
} as const;

/** What the records of a table look like. */
export type RecordShape = 'key' | 'member' | 'field';

/** Records that so many slots may hold. */
export function slotCapacity(slotsLog: number): number {
  return ((1 << slotsLog) * 13) >>> 4;
}

/** log2 of the slots that so many records need. */
export function slotsLogFor(count: number): number {
  let log = 2;
  while (slotCapacity(log) < count) log++;
  return log;
}

/** Place of the type byte of a database's record. */
export function typeOf(bytes: Uint8Array, record: number): number {
  return bytes[record] === expiryOpcode ? record + expiryBytes : record;
}

/** Place of the key, member or field. */
export function keyOf(bytes: Uint8Array, record: number, shape: RecordShape): number {
  if (shape !== 'key') return record;
  return bytes[record] === expiryOpcode ? record + expiryBytes + 1 : record + 1;
}

/** The place behind the value of that type at `at`. */
export function valueEnd(bytes: Uint8Array, type: number, at: number): number {
  switch (type) {
    case recordType.string:
    case recordType.intset:
    case recordType.listpackHash:
    case recordType.listpackZset:
      return storedEnd(bytes, at);
    case recordType.packedList:
      return storedEnd(bytes, at + 2);
    case recordType.plainSet:
      return skipStrings(bytes, contentStart(bytes, at), readLength(bytes, at));
    case recordType.plainHash:
      return skipStrings(bytes, contentStart(bytes, at), 2 * readLength(bytes, at));
    case recordType.largeZset:
      return at + 8;
    case recordType.expiringHash:
      return at + 16;
    default:
      assert(isLarge(type), `no record type ${type}`);
      return at + 4;
  }
}

function skipStrings(bytes: Uint8Array, at: number, count: number): number {
  for (let i = 0; i < count; i++) at = storedEnd(bytes, at);
  return at;
}

export function isLarge(type: number): boolean {
  switch (type) {
    case recordType.largeHash:
    case recordType.expiringHash:
    case recordType.largeSet:
    case recordType.largeList:
    case recordType.largeZset:
    case recordType.stream:
      return true;
    default:
      return false;
  }
}

export function recordEnd(bytes: Uint8Array, record: number, shape: RecordShape): number {
  if (shape === 'member') return storedEnd(bytes, record);
  if (shape === 'field') return storedEnd(bytes, storedEnd(bytes, record));
  const type = typeOf(bytes, record);
  return valueEnd(bytes, bytes[type]!, storedEnd(bytes, type + 1));
}

export function isSpecial(bytes: Uint8Array, record: number, shape: RecordShape): boolean {
  const key = keyOf(bytes, record, shape);
  if (bytes[key] === extentForm) return true;
  if (shape === 'member') return false;
  const value = storedEnd(bytes, key);
  if (shape === 'field') return bytes[value] === extentForm;
  const type = bytes[key - 1]!;
  return type === recordType.string ? isOwnForm(bytes, value) : isLarge(type);
}

export function hasExpiry(bytes: Uint8Array, record: number, shape: RecordShape): boolean {
  return shape === 'key' && bytes[record] === expiryOpcode;
}

/** The expiry of a record that has one. */
export function readExpiry(bytes: Uint8Array, record: number): Expiry {
  return joinExpiry(readWord(bytes, record + 5) | 0, readWord(bytes, record + 1));
}

export function writeExpiry(bytes: Uint8Array, at: number, expireAtMs: Expiry): void {
  bytes[at] = expiryOpcode;
  writeWord(bytes, at + 1, lowHalf(expireAtMs));
  writeWord(bytes, at + 5, highHalf(expireAtMs));
}

export function hashOfRecord(
  chunks: Chunks,
  bytes: Uint8Array,
  record: number,
  shape: RecordShape,
  seed: HashSeed,
): number {
  const key = keyOf(bytes, record, shape);
  if (bytes[key] === extentForm) {
    const address = readWord(bytes, key + 1);
    const start = byteOf(address) + 8;
    return hashBytes(chunks.bytes[address >>> 16]!, start, start + readWord(bytes, key + 5), seed);
  }
  const start = contentStart(bytes, key);
  return hashBytes(bytes, start, start + readLength(bytes, key), seed);
}
