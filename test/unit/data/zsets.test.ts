/** Laws of sorted sets in pages: order, ranks, thresholds, and what a change of a large one costs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyspace } from '../../../src/data/index.ts';
import { defaultLimits } from '../../../src/data/tuning.ts';
import { bytesOf, text } from './describe.ts';

describe('a large sorted set', () => {
  const count = 10_000;
  /** Every score some five times. */
  const scoreOf = (i: number): number => (i * 7919) % 10_007;

  function large() {
    const keyspace = createKeyspace({ databases: 1, hashSeed: 3 });
    const zset = keyspace.database(0).zset(bytesOf('z'), true)!;
    for (let i = 0; i < count; i++) zset.put(bytesOf(`member ${i}`), scoreOf(i));
    return { keyspace, zset };
  }

  test('one change costs a few blocks of copying after a freeze, and the image keeps what it saw', () => {
    const { keyspace, zset } = large();
    const image = keyspace.freeze();
    expect(zset.put(bytesOf('member 77'), -1)).toBe(false);
    expect(zset.put(bytesOf('another'), 5000)).toBe(true);
    expect(zset.remove(bytesOf('member 78'))).toBe(true);
    expect(keyspace.memory().copiedBytes).toBeLessThan(131_072);
    expect(zset.size).toBe(count);
    image.open().forEach(0, (entry) => {
      const seen = entry.zset();
      expect(seen.size).toBe(count);
      expect(seen.score(bytesOf('member 77'))).toBe(scoreOf(77));
      expect(seen.score(bytesOf('another'))).toBe(undefined);
      expect(seen.rank(bytesOf('member 78'))).toBeGreaterThan(0);
      let [last, rank] = [-Infinity, 0];
      seen.forEach((_, score, at) => {
        if (score < last || at !== rank++) expect.fail(`out of order at ${at}`);
        last = score;
      });
      expect(rank).toBe(count);
    });
    keyspace.check();
    image.release();
  });

  test('a rank is the number of elements before it, found in a few steps', () => {
    const { zset } = large();
    const all = Array.from({ length: count }, (_, i) => [scoreOf(i), `member ${i}`] as const);
    all.sort(([x, a], [y, b]) => (x === y ? (a < b ? -1 : 1) : x - y));
    let asked = 0;
    for (let rank = 0; rank < count; rank += 197) {
      const [score, member] = all[rank]!;
      expect(zset.rank(bytesOf(member))).toBe(rank);
      const before = zset.countBefore((other) => {
        asked++;
        return other < score;
      });
      expect(before).toBe(all.findIndex(([other]) => other === score));
      zset.forEach((found, _, at) => {
        expect([text(found), at]).toEqual([member, rank]);
        return false;
      }, rank);
    }
    // A run of some two hundred elements is walked, the rest is halved.
    expect(asked / (count / 197)).toBeLessThan(400);
  });

  test('emptied from anywhere, it gives all its memory back', () => {
    const cut = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(cut, cut), { minLength: 3, maxLength: 12 }), (cuts) => {
        const tuning = { pageBytes: 128, listLeafBytes: 64, listNodeChildren: 4 };
        const keyspace = createKeyspace({ databases: 1, hashSeed: 5, tuning });
        const database = keyspace.database(0);
        const zset = database.zset(bytesOf('z'), true)!;
        const model: string[] = [];
        for (let i = 0; i < 400; i++) {
          zset.put(bytesOf(`m${i}`), i);
          model.push(`m${i}`);
        }
        const image = keyspace.freeze();
        for (const [at, share] of cuts) {
          const from = Math.floor(at * model.length);
          const some = Math.floor(share * (model.length - from + 1));
          model.splice(from, some);
          zset.removeRange(from, some);
          keyspace.check();
        }
        const left: string[] = [];
        zset.forEach((member) => void left.push(text(member)));
        expect(left).toEqual(model);
        image.release();
        database.remove(bytesOf('z'));
        keyspace.clear();
        keyspace.check();
        expect(keyspace.memory().usedBytes).toBe(0);
      }),
      { numRuns: 8 },
    );
  });
});

test('the limits of the compact form are those of the moment, and are never taken back', () => {
  for (const tuning of [{}, { pageBytes: 64, smallCollectionBytes: 16 }]) {
    const limits = { ...defaultLimits, zsetMaxListpackEntries: 128, zsetMaxListpackValueBytes: 64 };
    const database = createKeyspace({ databases: 1, hashSeed: 3, tuning, limits }).database(0);
    const encoding = (): string => database.find(bytesOf('z'))!.encoding();
    let zset = database.zset(bytesOf('z'), true)!;
    for (let i = 0; i < 128; i++) zset.put(bytesOf(`m${i}`), i);
    expect(encoding()).toBe('listpack');
    zset.put(bytesOf('m128'), 1);
    expect(encoding()).toBe('skiplist');
    zset.removeRange(0, 128);
    expect(encoding()).toBe('skiplist');
    database.remove(bytesOf('z'));
    zset = database.zset(bytesOf('z'), true)!;
    zset.put(bytesOf('x'.repeat(64)), 1);
    expect(encoding()).toBe('listpack');
    zset.put(bytesOf('x'.repeat(65)), 1);
    expect(encoding()).toBe('skiplist');
    database.remove(bytesOf('z'));
    limits.zsetMaxListpackEntries = 1;
    zset = database.zset(bytesOf('z'), true)!;
    zset.put(bytesOf('a'), 1);
    zset.put(bytesOf('a'), 2);
    expect(encoding()).toBe('listpack');
    zset.put(bytesOf('b'), 1);
    expect(encoding()).toBe('skiplist');
  }
});

test('-0 is 0 in the compact form, unless it is to be exact, and itself in the other', () => {
  const database = createKeyspace({ databases: 1, hashSeed: 3 }).database(0);
  const zset = database.zset(bytesOf('z'), true)!;
  zset.put(bytesOf('a'), -0);
  zset.put(bytesOf('b'), -0, true);
  expect([zset.score(bytesOf('a')), zset.score(bytesOf('b'))]).toEqual([0, -0]);
  for (let i = 0; i < 128; i++) zset.put(bytesOf(`m${i}`), i);
  zset.put(bytesOf('a'), -0);
  expect([zset.score(bytesOf('a')), zset.score(bytesOf('b')), zset.rank(bytesOf('b'))]).toEqual([-0, -0, 1]);
});
