import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_EXPIRY, createKeyspace } from '../../../src/data/index.ts';
import { bytesOf, text } from './describe.ts';

const tiny = { pageBytes: 64, segmentEntries: 4, extentThresholdBytes: 64 };

describe('scan', () => {
  test('visits every key that is there from start to end, whatever comes and goes meanwhile', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.tuple(fc.nat(600), fc.boolean()), { maxLength: 600, size: 'max' }),
        fc.integer({ min: 1, max: 20 }),
        (hashSeed, steady, changes, perStep) => {
          const keyspace = createKeyspace({ databases: 1, hashSeed, tuning: tiny });
          const database = keyspace.database(0);
          for (let i = 0; i < steady; i++)
            database.putString(bytesOf(`steady ${i}`), bytesOf('v'), NO_EXPIRY);
          const seen = new Set<string>();
          const pending = [...changes];
          let cursor = 0;
          let steps = 0;
          do {
            cursor = database.scan(cursor, (entry) => void seen.add(text(entry.key())));
            for (const [n, add] of pending.splice(0, perStep)) {
              if (add) database.putString(bytesOf(`other ${n}`), bytesOf('v'.repeat(n % 40)), NO_EXPIRY);
              else database.remove(bytesOf(`other ${n}`));
            }
            expect(++steps).toBeLessThan(20_000);
          } while (cursor !== 0);
          for (let i = 0; i < steady; i++) expect(seen.has(`steady ${i}`)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of a set and a hash gives every member that stays', () => {
    for (const size of [3, 3000]) {
      const database = createKeyspace({ databases: 1, hashSeed: 5, tuning: { pageBytes: 256 } }).database(0);
      const set = database.set(bytesOf('s'), true)!;
      const hash = database.hash(bytesOf('h'), true)!;
      for (let i = 0; i < size; i++) {
        set.add(bytesOf(`m${i}`));
        hash.put(bytesOf(`f${i}`), bytesOf(`${i}`));
      }
      const members = new Set<string>();
      const fields = new Map<string, string>();
      let cursor = 0;
      do {
        cursor = set.scan(cursor, (member) => void members.add(text(member)));
        if (size > 3) set.add(bytesOf(`later ${cursor}`));
      } while (cursor !== 0);
      do cursor = hash.scan(cursor, (field, value) => void fields.set(text(field), text(value)));
      while (cursor !== 0);
      for (let i = 0; i < size; i++) expect(members.has(`m${i}`)).toBe(true);
      expect(fields.size).toBe(size);
      expect(fields.get('f2')).toBe('2');
    }
  });
});

describe('random draws', () => {
  test('give every key, member and field about equally often', () => {
    const database = createKeyspace({ databases: 1, hashSeed: 5, tuning: { pageBytes: 128 } }).database(0);
    let state = 12_345;
    const draw = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return ((state >>> 8) & 0xffff) / 65_536;
    };
    const set = database.set(bytesOf('s'), true)!;
    const hash = database.hash(bytesOf('h'), true)!;
    for (let i = 0; i < 98; i++)
      database.putString(bytesOf(`key ${i}`), bytesOf('v'.repeat(i % 20)), NO_EXPIRY);
    for (let i = 0; i < 100; i++) {
      set.add(bytesOf(`m${i}`));
      hash.put(bytesOf(`f${i}`), bytesOf('v'));
    }
    for (const one of [
      () => database.randomKey(draw)!,
      () => set.random(draw),
      () => hash.random(draw).field,
    ]) {
      const counts = new Map<string, number>();
      for (let i = 0; i < 20_000; i++) {
        const name = text(one());
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      expect(counts.size).toBe(100);
      expect(Math.min(...counts.values())).toBeGreaterThan(80);
      expect(Math.max(...counts.values())).toBeLessThan(450);
    }
  });

  test('find a single key in a wide and empty directory', () => {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 5 });
    const database = keyspace.database(0);
    expect(database.randomKey(() => 0.5)).toBeUndefined();
    database.reserve(1_000_000);
    expect(database.randomKey(() => 0.5)).toBeUndefined();
    database.putString(bytesOf('one'), bytesOf('v'), NO_EXPIRY);
    expect(text(database.randomKey(() => 0.5)!)).toBe('one');
    keyspace.check();
  });
});

test('collectExpired goes round over the keys with an expiry and gives those that are past', () => {
  const keyspace = createKeyspace({ databases: 1, hashSeed: 5, tuning: { pageBytes: 256 } });
  const database = keyspace.database(0);
  expect(database.collectExpired(1e15, 100)).toEqual([]);
  for (let i = 0; i < 3000; i++)
    database.putString(bytesOf(`key ${i}`), bytesOf('v'), i % 3 === 0 ? 1000 + i : NO_EXPIRY);
  expect(database.expires).toBe(1000);
  const expired = new Set<string>();
  for (let i = 0; i < 2000 && expired.size < 500; i++)
    for (const key of database.collectExpired(2500, 2)) expired.add(text(key));
  expect(expired.size).toBe(500);
  for (const name of expired) expect(database.find(bytesOf(name))!.expireAtMs).toBeLessThan(2500);
  for (const name of expired) database.remove(bytesOf(name));
  expect(database.expires).toBe(500);
  keyspace.check();
  for (let i = 0; i < 1000; i++) expect(database.collectExpired(2500, 5)).toEqual([]);
});
