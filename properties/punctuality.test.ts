/** P3, P5, P17, P24: what is to be begun by itself is begun in time, whatever the wall does and whoever fails meanwhile. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law, Tried } from './runs.ts';

const log = ['aof', 'hybrid'] as const;

test('P5: where enough changes have waited for a save point a save begins, and none before', async () => {
  const tried = new Tried();
  await fc.assert(
    law({ persistences: ['rdb', 'rdb+hybrid'], faults: ['children', 'wall'] }, ['P5', 'P21'], tried),
    { numRuns: 40, seed: 5 },
  );
  expect(tried.of('saved-by-a-save-point')).toBeGreaterThan(0);
});

test('P3: a sync of everysec begins when it is due, though nobody writes', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, appendfsyncs: ['everysec'], faults: ['wall'] }, ['P3'], tried), {
    numRuns: 40,
    seed: 3,
  });
  expect(tried.of('synced-while-nobody-wrote')).toBeGreaterThan(0);
});

test('P17: a log that has outgrown its base is rewritten', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, faults: ['wall'] }, ['P17'], tried), { numRuns: 40, seed: 17 });
  expect(tried.of('rewritten-when-it-had-grown')).toBeGreaterThan(0);
});
