import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { NO_EXPIRY, createKeyspace } from '../../../src/data/index.ts';
import { bytesOf } from './describe.ts';
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

  test('pages that split and merge as keys come and go keep every count', () => {
    const change = fc.tuple(
      fc.nat(250),
      fc.constantFrom('put', 'put', 'expiring', 'long', 'remove', 'remove', 'remove'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(128, 256, 1024),
        fc.array(change, { minLength: 200, maxLength: 900, size: 'max' }),
        (pageBytes, changes) => {
          const keyspace = createKeyspace({
            databases: 1,
            hashSeed: 7,
            tuning: { pageBytes, segmentEntries: 4 },
          });
          const database = keyspace.database(0);
          const model = new Map<string, number>();
          for (let i = 0; i <= 250; i += 2) {
            database.putString(bytesOf(`${i}`), bytesOf('v'), i);
            model.set(`${i}`, i);
          }
          changes.forEach(([n, kind], i) => {
            const name = `${n}`;
            if (kind === 'remove') {
              assert.equal(database.remove(bytesOf(name)), model.delete(name));
            } else {
              const expireAtMs = kind === 'expiring' ? n : NO_EXPIRY;
              database.putString(
                bytesOf(name),
                bytesOf((kind === 'long' ? 'long ' : 'v').repeat(n % 40)),
                expireAtMs,
              );
              model.set(name, expireAtMs);
            }
            if (i % 40 === 0) keyspace.check();
          });
          for (const name of model.keys())
            assert.equal(database.find(bytesOf(name))!.expireAtMs, model.get(name));
          for (const name of model.keys()) database.remove(bytesOf(name));
          keyspace.check();
          assert.equal(keyspace.memory().usedBytes, 0);
        },
      ),
      { numRuns: 25 },
    );
  });
});
