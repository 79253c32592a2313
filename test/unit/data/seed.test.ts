import { describe, expect, test } from 'vitest';
import { createKeyspace } from '../../../src/data/index.ts';
import { NO_EXPIRY, type Keyspace } from '../../../src/data/keyspace.ts';
import { latin1Bytes, latin1Text } from '../../../src/bytes/latin1.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';

const names = Array.from({ length: 2000 }, (_, i) => `key:${i}`);

function fill(keyspace: Keyspace): void {
  const database = keyspace.database(0);
  for (const name of names) database.putString(latin1Bytes(name), latin1Bytes('v'.repeat(50)), NO_EXPIRY);
}

function order(keyspace: Keyspace): string[] {
  const found: string[] = [];
  keyspace.database(0).forEach((entry) => void found.push(latin1Text(entry.key())));
  return found;
}

const keyspaceOf = (hashSeed: number): Keyspace => createKeyspace({ databases: 2, hashSeed });

describe('a keyspace that adopts the hash seed of another', () => {
  test('has its keys in the same order, finds them all, and is sound', () => {
    const [first, second, other] = [keyspaceOf(1), keyspaceOf(-2), keyspaceOf(-2)];
    expect(second.hashSeed).not.toBe(first.hashSeed);
    second.database(0).reserve(10);
    expect(second.adoptHashSeed(first.hashSeed)).toBe(true);
    expect(second.hashSeed).toBe(first.hashSeed);
    for (const keyspace of [first, second, other]) fill(keyspace);
    expect(order(second)).toEqual(order(first));
    expect(order(second)).not.toEqual(order(other));
    for (const name of names) expect(second.database(0).find(latin1Bytes(name))).toBeDefined();
    second.check();
  });

  test('goes over to it only where nothing was hashed with the old one', () => {
    for (const keyspace of [keyspaceOf(5), new MapKeyspace({ databases: 2 })]) {
      const own = keyspace.hashSeed;
      const seed = '0123456789abcdef';
      for (const malformed of [
        '',
        '0',
        seed.toUpperCase(),
        `${seed}0`,
        ` ${seed.slice(1)}`,
        '-123456789abcdef',
      ])
        expect(keyspace.adoptHashSeed(malformed)).toBe(false);
      const image = keyspace.freeze();
      expect(keyspace.adoptHashSeed(seed)).toBe(false);
      image.release();
      const key = latin1Bytes('k');
      keyspace.database(1).putString(key, key, NO_EXPIRY);
      expect(keyspace.adoptHashSeed(seed)).toBe(false);
      expect(keyspace.hashSeed).toBe(own);
      expect(keyspace.database(1).find(key)).toBeDefined();
      keyspace.check();
      keyspace.database(1).remove(key);
      expect(keyspace.adoptHashSeed(seed)).toBe(true);
      expect(keyspace.hashSeed).toBe(seed);
      keyspace.check();
    }
  });
});
