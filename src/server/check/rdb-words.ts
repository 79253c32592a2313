/** What Redis calls damage in an RDB file, for people and tools that look for its lines. Ours say more, and go with them. */

/** `end`: the file is too short. `checksum`: all of it was read. `content`: anything else. */
export type DamageKind = 'end' | 'checksum' | 'content';

export interface DamageWords {
  readonly kind: DamageKind;
  readonly what: string;
}

/** @param reason what the decoder says */
export function redisDamage(reason: string): DamageWords {
  if (reason.startsWith('Unexpected EOF reading RDB file'))
    return { kind: 'end', what: 'Unexpected EOF reading RDB file' };
  if (reason.startsWith('Wrong RDB checksum')) return { kind: 'checksum', what: 'RDB CRC error' };
  const blob = /^(zipmap|intset) is damaged/.exec(reason)?.[1];
  if (blob === undefined) return { kind: 'content', what: reason };
  return { kind: 'content', what: `${blob.charAt(0).toUpperCase()}${blob.slice(1)} integrity check failed.` };
}

/** The line in which Redis names a place in its source; this one names the place in the file, in the same shape. */
export function internalError(name: string, offset: number, what: string): string {
  return `Internal error in RDB reading offset ${offset}, function at ${name}:${offset} -> ${what}`;
}

/** What the check tool says it was at, for what the decoder was at. */
export function doing(item: string, isKeyKnown: boolean): string {
  switch (item) {
    case 'the header':
      return 'start';
    case 'what comes next':
      return 'read-type';
    case 'an expiry':
      return 'read-expire';
    case 'a SELECTDB':
    case 'a RESIZEDB':
      return 'read-len';
    case 'an AUX field':
      return 'read-aux';
    case 'the data of a module':
      return 'read-module-aux';
    case 'a function library':
      return 'read-function';
    case 'the checksum':
      return 'check-sum';
    default:
      return isKeyKnown ? 'read-object-value' : 'read-key';
  }
}

const typeNames = [
  'string',
  'list-linked',
  'set-hashtable',
  'zset-v1',
  'hash-hashtable',
  'zset-v2',
  'module-pre-release',
  'module-value',
  '',
  'hash-zipmap',
  'list-ziplist',
  'set-intset',
  'zset-ziplist',
  'hash-ziplist',
  'quicklist',
  'stream',
  'hash-listpack',
  'zset-listpack',
  'quicklist-v2',
  'stream-v2',
  'set-listpack',
  'stream-v3',
] as const;

/** The name that the check tool of Redis gives a type of value. */
export function typeName(type: number): string {
  return typeNames[type] ?? 'unknown';
}
