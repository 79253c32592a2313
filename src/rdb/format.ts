/** The numbers of the RDB format (formats.md 2.1, 2.2, 2.5). */
import type { CollectionType } from './sink.ts';

export const opcode = {
  functionPreGa: 246,
  function2: 245,
  slotInfo: 244,
  moduleAux: 247,
  idle: 248,
  freq: 249,
  aux: 250,
  resizeDb: 251,
  expireTimeMs: 252,
  expireTime: 253,
  selectDb: 254,
  eof: 255,
} as const;

export const rdbType = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  module: 6,
  module2: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  setListpack: 20,
  streamListpacks: 15,
  streamListpacks2: 19,
  streamListpacks3: 21,
  /** Of release candidates of Redis 7.4, or of Valkey 9: they differ. */
  hashDated: 22,
  hashDatedListpack: 23,
  hashMetadata: 24,
  hashListpackEx: 25,
} as const;

/** The newest version that Redis 7.0 writes and takes. */
export const writtenVersion = 10;

/** The version to write: 12, Redis 7.4's, knows fields that expire. */
export function versionFor(hasFieldExpiries: boolean): number {
  return hasFieldExpiries ? 12 : writtenVersion;
}

/** The newest version of Redis's that the decoder takes; a type that it does not know is refused by itself. */
export const newestVersion = 12;

/** Valkey's own versions, behind the magic "VALKEY". */
export const valkeyVersions = { oldest: 80, newest: 81 } as const;

/** From here on a file ends in a checksum. */
export const checksumVersion = 5;

/** A type that the decoder does not read, in words. */
export function unreadTypeName(type: number): string | undefined {
  switch (type) {
    case rdbType.module:
    case rdbType.module2:
      return 'value of a module';
    case 26:
      return 'stream of Redis 8.6';
    default:
      return undefined;
  }
}

/** The kind of collection that a type holds; undefined for what is none. */
export function collectionOf(type: number): CollectionType | undefined {
  switch (type) {
    case rdbType.list:
    case rdbType.listZiplist:
    case rdbType.listQuicklist:
    case rdbType.listQuicklist2:
      return 'list';
    case rdbType.set:
    case rdbType.setIntset:
    case rdbType.setListpack:
      return 'set';
    case rdbType.hash:
    case rdbType.hashZipmap:
    case rdbType.hashZiplist:
    case rdbType.hashListpack:
    case rdbType.hashDated:
    case rdbType.hashDatedListpack:
    case rdbType.hashMetadata:
    case rdbType.hashListpackEx:
      return 'hash';
    case rdbType.zset:
    case rdbType.zset2:
    case rdbType.zsetZiplist:
    case rdbType.zsetListpack:
      return 'zset';
    default:
      return undefined;
  }
}

export function isStream(type: number): boolean {
  return (
    type === rdbType.streamListpacks || type === rdbType.streamListpacks2 || type === rdbType.streamListpacks3
  );
}

/**
 * How a collection comes that is a count and then parts: strings, pairs of them, strings with a score, or nodes of a list.
 * A field with an expiry has it before itself, as a time or as a distance from a time that comes before the count, or (Valkey)
 * behind its value.
 */
export type Parts =
  | 'elements'
  | 'fields'
  | 'dated fields'
  | 'relative fields'
  | 'fields and dates'
  | 'scored texts'
  | 'scored'
  | 'ziplists'
  | 'containers';

/** The parts of a type; undefined where the whole collection is one blob. */
export function partsOf(type: number, isValkey: boolean): Parts | undefined {
  switch (type) {
    case rdbType.list:
    case rdbType.set:
      return 'elements';
    case rdbType.hash:
      return 'fields';
    case rdbType.hashDated:
      return isValkey ? 'fields and dates' : 'dated fields';
    case rdbType.hashMetadata:
      return 'relative fields';
    case rdbType.zset:
      return 'scored texts';
    case rdbType.zset2:
      return 'scored';
    case rdbType.listQuicklist:
      return 'ziplists';
    case rdbType.listQuicklist2:
      return 'containers';
    default:
      return undefined;
  }
}

/** True where the earliest expiry of the hash's fields stands before its value. */
export function hasEarliestExpiry(type: number): boolean {
  return type === rdbType.hashMetadata || type === rdbType.hashListpackEx;
}
