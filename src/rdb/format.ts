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
} as const;

/** The newest version that Redis 7.0 writes and takes. */
export const writtenVersion = 10;

/** The newest version of Redis's that the decoder takes; a type that it does not know is refused by itself. */
export const newestVersion = 12;

/** Valkey's own versions, behind the magic "VALKEY". */
export const valkeyVersions = { oldest: 80, newest: 81 } as const;

/** From here on a file ends in a checksum. */
export const checksumVersion = 5;

/** A type that the decoder does not read, in words. */
export function unreadTypeName(type: number): string | undefined {
  switch (type) {
    case 6:
    case 7:
      return 'value of a module';
    case 26:
      return 'stream of Redis 8.6';
    case 22:
    case 23:
    case 24:
    case 25:
      return 'hash with expiring fields';
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

/** How a collection comes that is a count and then parts: strings, pairs of them, strings with a score, or nodes of a list. */
export type Parts = 'elements' | 'fields' | 'scored texts' | 'scored' | 'ziplists' | 'containers';

/** The parts of a type; undefined where the whole collection is one blob. */
export function partsOf(type: number): Parts | undefined {
  if (type === rdbType.list || type === rdbType.set) return 'elements';
  if (type === rdbType.hash) return 'fields';
  if (type === rdbType.zset) return 'scored texts';
  if (type === rdbType.zset2) return 'scored';
  if (type === rdbType.listQuicklist) return 'ziplists';
  return type === rdbType.listQuicklist2 ? 'containers' : undefined;
}
