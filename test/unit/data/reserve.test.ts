import { describe, expect, test } from 'vitest';
import { createKeyspace } from '../../../src/data/index.ts';
import { NO_EXPIRY, type Keyspace } from '../../../src/data/keyspace.ts';
import { latin1Bytes } from '../../../src/bytes/latin1.ts';

function put(keyspace: Keyspace, keys: number, valueBytes: number): void {
  const value = latin1Bytes('v'.repeat(valueBytes));
  for (let i = 0; i < keys; i++) keyspace.database(0).putString(latin1Bytes(`key:${i}`), value, NO_EXPIRY);
}

function loaded(reserved: number, keys: number, valueBytes: number): Keyspace {
  const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
  if (reserved > 0) keyspace.database(0).reserve(reserved);
  put(keyspace, keys, valueBytes);
  keyspace.check();
  return keyspace;
}

describe('reserving for the keys that come', () => {
  test.each([3, 20, 100, 400])('costs little memory, whatever their length: %i bytes', (valueBytes) => {
    const grown = loaded(0, 20_000, valueBytes).memory().usedBytes;
    const reserved = loaded(20_000, 20_000, valueBytes).memory().usedBytes;
    expect(reserved / grown).toBeLessThan(1.15);
  });

  test('gives pages room for their share of them at once', () => {
    // A hundredth of the keys: nearly each is the first of its page, and has room for what should follow.
    const few = loaded(20_000, 200, 100);
    const before = few.memory().usedBytes;
    expect(before / 200).toBeGreaterThan(800);
    put(few, 2000, 100);
    few.check();
    expect(few.memory().usedBytes / 2000).toBeLessThan(1600);
  });

  test('is over when they are there: what comes then makes pages grow in large steps again', () => {
    expect(loaded(20_000, 24_000, 100).memory().usedBytes / 24_000).toBeGreaterThan(150);
  });
});
