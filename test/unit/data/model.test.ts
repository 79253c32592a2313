import fc from 'fast-check';
import { describe, test } from 'vitest';
import { Pair, operation, tunings } from './operations.ts';

describe('the paged keyspace against its twin', () => {
  test('any operations, under any tuning, leave the same contents and the same images', () => {
    fc.assert(
      fc.property(
        tunings,
        fc.integer(),
        fc.array(operation, { minLength: 1, maxLength: 120, size: 'max' }),
        (tuning, hashSeed, operations) => {
          const pair = new Pair(tuning, hashSeed);
          operations.forEach((each, i) => {
            pair.apply(each);
            if (i % 8 === 0) pair.compare();
          });
          pair.end();
        },
      ),
      { numRuns: Number(process.env['DATA_RUNS'] ?? 80) },
    );
  }, 60_000);
});
