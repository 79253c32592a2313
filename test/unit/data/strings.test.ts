import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/writer.ts';
import { KEEP_EXPIRY, NO_EXPIRY, createKeyspace, type Expiry } from '../../../src/data/index.ts';
import { bytesOf, text } from './describe.ts';

describe('strings', () => {
  test('that are long are changed where they stand, unless an image or a copy has them, too', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
    const database = keyspace.database(0);
    const name = bytesOf('s');
    database.putString(name, new Uint8Array(1_000_000).fill(65), 5);
    const before = keyspace.memory().usedBytes;
    expect(database.patch(name, 10, bytesOf('xyz'))).toBe(true);
    database.copy(name, bytesOf('c'));
    expect(keyspace.memory().usedBytes - before).toBeLessThan(1000);
    expect(database.patch(name, 1_000_005, bytesOf('end'))).toBe(true);
    expect(database.find(name)!.stringLength()).toBe(1_000_008);
    expect(text(database.find(name)!.stringRange(999_998, 2_000_000))).toBe('AA\0\0\0\0\0end');
    expect(text(database.find(bytesOf('c'))!.stringRange(8, 14))).toBe('AAxyzA');
    expect(database.find(bytesOf('c'))!.stringLength()).toBe(1_000_000);
    const image = keyspace.freeze();
    for (let i = 0; i < 100; i++) database.patch(name, i, bytesOf('z'));
    expect(keyspace.memory().copiedBytes).toBeLessThan(1_200_000);
    image.open().forEach(0, (entry) => {
      if (text(entry.key()) === 's') expect(text(entry.stringRange(0, 14))).toBe('AAAAAAAAAAxyzA');
    });
    expect(database.find(name)!.expireAtMs).toBe(5);
    image.release();
    // What grows by little is seldom moved.
    let moved = 0;
    for (let i = 0, last = keyspace.memory().usedBytes; i < 10_000; i++) {
      database.patch(name, database.find(name)!.stringLength(), bytesOf('more'));
      const { usedBytes } = keyspace.memory();
      if (usedBytes !== last) moved++;
      last = usedBytes;
    }
    expect(moved).toBeLessThan(5);
    expect(database.patch(bytesOf('none'), 0, bytesOf('x'))).toBe(false);
    database.putString(name, bytesOf('short'), NO_EXPIRY);
    expect(database.patch(name, 0, bytesOf('x'))).toBe(false);
    database.remove(bytesOf('c'));
    keyspace.purge();
    keyspace.check();
    expect(keyspace.memory().usedBytes).toBeLessThan(1000);
  });

  test('of any length come back, and chunks of their own go back to the system', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
    const database = keyspace.database(0);
    for (const length of [0, 63, 64, 511, 512, 513, 16_383, 16_384, 1 << 20, (1 << 20) + 1, 70_000_000]) {
      const value = new Uint8Array(length).fill(65);
      if (length > 0) value[length - 1] = 66;
      database.putString(bytesOf('big'), value, NO_EXPIRY);
      const entry = database.find(bytesOf('big'))!;
      expect(entry.stringLength()).toBe(length);
      expect(Buffer.compare(entry.stringBytes(), value)).toBe(0);
      if (length > 1 << 20) continue;
      const writer = new ByteWriter(4);
      database.find(bytesOf('big'))!.writeString(writer);
      expect(Buffer.compare(writer.view(), value)).toBe(0);
    }
    keyspace.check();
    expect(keyspace.memory().reservedBytes).toBeGreaterThan(70_000_000);
    const image = keyspace.freeze();
    database.putString(bytesOf('big'), bytesOf('small'), NO_EXPIRY);
    expect(keyspace.memory().reservedBytes).toBeGreaterThan(70_000_000);
    let kept = 0;
    image.open().forEach(0, (entry) => (kept = entry.stringLength()));
    expect(kept).toBe(70_000_000);
    image.release();
    database.putString(bytesOf('big'), bytesOf('smaller'), NO_EXPIRY);
    expect(keyspace.memory().reservedBytes).toBeLessThan(5_000_000);
    keyspace.check();
  });

  test('that are integers know it, within 53 bits', () => {
    const database = createKeyspace({ databases: 1, hashSeed: 1 }).database(0);
    const cases: [string, number | undefined, string][] = [
      ['0', 0, 'int'],
      ['-1', -1, 'int'],
      ['-0', undefined, 'embstr'],
      ['01', undefined, 'embstr'],
      [' 1', undefined, 'embstr'],
      ['', undefined, 'embstr'],
      ['2147483648', 2_147_483_648, 'int'],
      ['-2147483648', -2_147_483_648, 'int'],
      ['9007199254740991', 9_007_199_254_740_991, 'int'],
      ['9007199254740992', undefined, 'int'],
      ['9223372036854775807', undefined, 'int'],
      ['9223372036854775808', undefined, 'embstr'],
      ['x'.repeat(44), undefined, 'embstr'],
      ['x'.repeat(45), undefined, 'raw'],
    ];
    for (const [value, integer, encoding] of cases) {
      database.putString(bytesOf('k'), bytesOf(value), NO_EXPIRY);
      const entry = database.find(bytesOf('k'))!;
      expect([
        text(entry.stringBytes()),
        entry.stringInteger(),
        entry.encoding(),
        entry.stringLength(),
      ]).toEqual([value, integer, encoding, value.length]);
    }
  });

  test('keep, lose and get an expiry as they are told', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
    const database = keyspace.database(0);
    const key = bytesOf('k');
    const expiry = (): Expiry => database.find(key)!.expireAtMs;
    database.putString(key, bytesOf('v'), KEEP_EXPIRY);
    expect(expiry()).toBe(NO_EXPIRY);
    database.putString(key, bytesOf('v'), 2 ** 52 + 3);
    expect(expiry()).toBe(2 ** 52 + 3);
    database.putString(key, bytesOf('longer value'), KEEP_EXPIRY);
    expect([expiry(), database.expires]).toEqual([2 ** 52 + 3, 1]);
    database.putString(key, bytesOf('longer value'), NO_EXPIRY);
    expect([expiry(), database.expires]).toEqual([NO_EXPIRY, 0]);
    expect(database.setExpiry(key, 7)).toBe(true);
    expect([expiry(), database.expires]).toEqual([7, 1]);
    for (const atMs of [0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      database.setExpiry(key, atMs);
      expect(expiry()).toBe(atMs);
    }
    expect(database.setExpiry(bytesOf('none'), 7)).toBe(false);
    keyspace.check();
  });

  test('many keys with one hash prefix make slow pages, not a directory without end', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 1, tuning: { pageBytes: 64 } });
    const database = keyspace.database(0);
    // Keys whose hashes share their low bits, found by asking the keyspace where it puts them.
    const { table } = database as unknown as {
      table: { hashOf(key: Uint8Array, start: number, end: number): number; width: number };
    };
    const same: Uint8Array[] = [];
    for (let i = 0; same.length < 300; i++) {
      const key = bytesOf(`k${i}`);
      if ((table.hashOf(key, 0, key.length) & 0xfff) === 0xabc) same.push(key);
    }
    for (const key of same) database.putString(key, bytesOf('v'.repeat(50)), NO_EXPIRY);
    keyspace.check();
    expect(table.width).toBeLessThanOrEqual(300 * 32);
    const image = keyspace.freeze();
    same.forEach((key, i) => {
      expect(text(database.find(key)!.stringBytes())).toBe('v'.repeat(50));
      if (i % 2 === 0) database.remove(key);
      else database.putString(key, bytesOf('w'.repeat(i % 60)), NO_EXPIRY);
      if (i % 25 === 0) keyspace.check();
    });
    image.release();
    for (const key of same) database.remove(key);
    keyspace.check();
    expect(database.size).toBe(0);
  });

  test('a fresh keyspace costs little', () => {
    const start = performance.now();
    for (let i = 0; i < 100; i++) {
      const keyspace = createKeyspace({ databases: 16, hashSeed: i });
      keyspace.database(0).putString(bytesOf('k'), bytesOf('v'), NO_EXPIRY);
      expect(keyspace.memory().reservedBytes).toBeLessThanOrEqual(40 * 1024);
    }
    // A bound that only a mistake of another order of magnitude breaks, on any machine.
    expect(performance.now() - start).toBeLessThan(500);
  });
});
