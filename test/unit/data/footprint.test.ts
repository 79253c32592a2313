/** Laws of `footprint`: what all keys take together is what is in use, to the byte. */
import { describe, expect, test } from 'vitest';
import { createKeyspace, type Keyspace, NO_EXPIRY } from '../../../src/data/index.ts';
import { directoryBytes, ownedBytes } from '../../../src/data/footprint.ts';
import type { PagedDatabase } from '../../../src/data/paged-database.ts';
import { seeded } from '../commands/support/differential.ts';
import { Generator } from '../commands/support/generate.ts';
import { StreamGenerator } from '../commands/support/generate-streams.ts';
import { Runner } from '../commands/support/runner.ts';
import { bytesOf } from './describe.ts';

function accounted(keyspace: Keyspace): number {
  let total = 0;
  for (let i = 0; i < keyspace.databases; i++) {
    const { table } = keyspace.database(i) as PagedDatabase;
    total += directoryBytes(table.context, table.root);
    table.forEachRecord((bytes, record) => {
      total += ownedBytes(table.context, bytes, record, 0);
    });
  }
  return total;
}

describe('what all keys take', () => {
  test.each([
    [1, undefined],
    [2, { pageBytes: 256, segmentEntries: 4, smallCollectionBytes: 32, extentThresholdBytes: 16 }],
    [3, { pageBytes: 64, listLeafBytes: 64, listNodeChildren: 4, extentThresholdBytes: 8 }],
  ])('is what is in use (seed %i)', (seed, tuning) => {
    const draw = seeded(seed);
    const keyspace = createKeyspace({ databases: 16, hashSeed: seed, ...(tuning && { tuning }) });
    const runner = new Runner(keyspace, { seed });
    const generator = new Generator(draw, { pastExpiries: false });
    const streams = new StreamGenerator(draw, 2);
    const change = (): void => {
      const words = draw() < 0.2 ? streams.next() : generator.next();
      // A copy of a long list shares it with the original, and each of the two counts it as its own.
      if (!/^(select|copy)$/i.test(words[0]!)) runner.run(...words);
    };
    for (let i = 0; i < 4000; i++) {
      change();
      if (i % 200 === 0) expect(accounted(keyspace)).toBe(keyspace.memory().usedBytes);
    }
    const image = keyspace.freeze();
    for (let i = 0; i < 500; i++) change();
    image.release();
    keyspace.purge();
    expect(accounted(keyspace)).toBe(keyspace.memory().usedBytes);
  });
});

test('a few samples stand for all members where these are alike', () => {
  const keyspace = createKeyspace({ databases: 1, hashSeed: 1 });
  const hash = keyspace.database(0).hash(bytesOf('h'), true)!;
  for (let i = 0; i < 3000; i++) hash.put(bytesOf(`field ${i}`), bytesOf('v'.repeat(1000)));
  const footprint = (samples: number) => keyspace.database(0).footprint(bytesOf('h'), samples)!;
  expect(footprint(0)).toBeGreaterThan(3000 * 1000);
  expect(Math.abs(footprint(5) / footprint(0) - 1)).toBeLessThan(0.02);
  expect(keyspace.database(0).footprint(bytesOf('none'), 5)).toBeUndefined();
  keyspace.database(0).putString(bytesOf('s'), bytesOf('x'.repeat(100_000)), NO_EXPIRY);
  expect(keyspace.database(0).footprint(bytesOf('s'), 5)).toBeGreaterThan(100_000);
});
