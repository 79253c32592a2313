/** P8, P9, P15, P16, P25: what the files say by themselves, at every instant and at the end, and copies of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law, Tried } from './runs.ts';

/** Fixed, so that what has to come about does. Sweeps have the other seeds. */
const SEED = 5;
const log = ['aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] as const;

test('P15: at every instant, whatever manifest a crash could leave names files that are there and whole', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, profiles: ['posix-strict'] }, ['P15', 'P16'], tried), {
    numRuns: 12,
    seed: SEED,
  });
  expect(tried.of('manifest-resolved'), 'states of the disk that were judged').toBeGreaterThan(300);
  expect(tried.of('rewrite-done'), 'switches among them').toBeGreaterThan(0);
});

test('P8, P9: read with no clock, the log holds no key that was gone and every expiry to the millisecond', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, generations: [1, 2] }, ['P1', 'P8', 'P9'], tried), {
    numRuns: 15,
    seed: SEED,
  });
  expect(tried.of('log-read-by-itself')).toBeGreaterThan(10);
});

test('P25: a copy of what BACKUP BEGIN named holds the state of then, whatever rewrites have removed since', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, generations: [1, 2] }, ['P25'], tried), {
    numRuns: 30,
    seed: SEED,
  });
  expect(tried.of('backup-copied-after-a-rewrite')).toBeGreaterThan(0);
});
