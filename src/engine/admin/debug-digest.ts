/**
 * DEBUG DIGEST: forty hexadecimal digits that are equal for equal contents, and equal to Redis's.
 *
 * Two ways to put bytes into a digest. *Xor*: d ^= SHA1(bytes), which does not mind the order (keys, set members, fields).
 * *Mix*: xor, then d = SHA1(d), which does (elements of a list). When a key expires is not in it, only that it does.
 * Source: formats.md 1.3.
 */
import { formatDouble17, latin1Bytes } from '../../bytes/index.ts';
import { Sha1 } from '../../bytes/sha1.ts';
import { type Entry, type Keyspace, NO_EXPIRY, type ValueType, greatestStreamId } from '../../data/index.ts';

const sha1Bytes = 20;

export function digestOfKeyspace(keyspace: Keyspace): Uint8Array {
  const total = new Digest();
  for (let i = 0; i < keyspace.databases; i++) {
    const db = keyspace.database(i);
    if (db.size === 0) continue;
    total.mix(uint32BE(i));
    db.forEach((entry) => {
      const one = new Digest();
      one.mix(entry.key());
      mixValue(one, entry);
      total.xor(one.bytes);
    });
  }
  return total.bytes;
}

/** Zeros for a key that is not there. */
export function digestOfKey(entry: Entry | undefined): Uint8Array {
  const one = new Digest();
  if (entry !== undefined) mixValue(one, entry);
  return one.bytes;
}

export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1);
  return hex;
}

function mixValue(into: Digest, entry: Entry): void {
  into.mix(uint32BE(typeNumber(entry.type)));
  const expires = entry.expireAtMs !== NO_EXPIRY;
  switch (entry.type) {
    case 'string':
      into.mix(entry.stringBytes());
      break;
    case 'list':
      entry.list().forEach((element) => into.mix(element));
      break;
    case 'set':
      entry.set().forEach((member) => into.xor(member));
      break;
    case 'hash': {
      const hash = entry.hash();
      hash.forEach((field, value) => {
        const pair = new Digest();
        pair.mix(field);
        pair.mix(value);
        if (hash.fieldExpiry(field) !== NO_EXPIRY) pair.xor(latin1Bytes('!!hexpire!!'));
        into.xor(pair.bytes);
      });
      break;
    }
    case 'zset':
      entry.zset().forEach((member, score) => {
        const pair = new Digest();
        pair.mix(member);
        pair.mix(latin1Bytes(formatDouble17(score)));
        into.xor(pair.bytes);
      });
      break;
    case 'stream':
      entry.stream().forEach(0n, greatestStreamId, ({ id, fields }) => {
        into.mix(latin1Bytes(`${id >> 64n}.${id & 0xffff_ffff_ffff_ffffn}`));
        for (const text of fields()) into.mix(text);
      });
      break;
  }
  if (expires) into.xor(latin1Bytes('!!expire!!'));
}

/** Redis's numbers of the types. */
function typeNumber(type: ValueType): number {
  switch (type) {
    case 'string':
      return 0;
    case 'list':
      return 1;
    case 'set':
      return 2;
    case 'zset':
      return 3;
    case 'hash':
      return 4;
    case 'stream':
      return 6;
  }
}

class Digest {
  bytes: Uint8Array = new Uint8Array(sha1Bytes);

  xor(data: Uint8Array): void {
    const hash = Sha1.of(data);
    for (let i = 0; i < sha1Bytes; i++) this.bytes[i]! ^= hash[i]!;
  }

  mix(data: Uint8Array): void {
    this.xor(data);
    this.bytes = Sha1.of(this.bytes);
  }
}

function uint32BE(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
