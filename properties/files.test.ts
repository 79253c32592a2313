/** P8, P9, P15, P16: what the files say by themselves, at every instant and at the end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectHeld, knobs, run, Tried } from './runs.ts';

/** Fixed, so that what has to come about does. Sweeps have the other seeds. */
const SEED = 5;
const log = ['aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] as const;

test('P15: at every instant, whatever manifest a crash could leave names files that are there and whole', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(knobs({ persistences: log, profiles: ['posix-strict'] }), async (given) => {
      const result = await run(given);
      tried.add(result);
      expectHeld(result, ['P15', 'P16']);
    }),
    { numRuns: 12, seed: SEED },
  );
  expect(tried.of('manifest-resolved'), 'states of the disk that were judged').toBeGreaterThan(300);
  expect(tried.of('rewrite-done'), 'switches among them').toBeGreaterThan(0);
});

test('P8, P9: read with no clock, the log holds no key that was gone and every expiry to the millisecond', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(knobs({ persistences: log, generations: [1, 2] }), async (given) => {
      const result = await run(given);
      tried.add(result);
      expectHeld(result, ['P1', 'P8', 'P9']);
    }),
    { numRuns: 15, seed: SEED },
  );
  expect(tried.of('log-read-by-itself')).toBeGreaterThan(10);
});
