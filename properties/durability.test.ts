/**
 * P1 to P5, P6, P7: what recovery gives is a prefix of the history, never half a unit, never anything else, and as long as
 * the policy promised.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law, Tried } from './runs.ts';

const log = ['aof', 'hybrid'] as const;

test('P2: an acknowledged write under `always` survives every legal crash', async () => {
  const tried = new Tried();
  await fc.assert(
    law({ persistences: log, appendfsyncs: ['always'] }, ['P1', 'P2', 'P4', 'P6', 'P7'], tried),
    { numRuns: 30 },
  );
  expect(tried.of('crashes with unsynced data')).toBeGreaterThan(0);
});

test('P3: under `everysec` nothing that was synced, or is older than the window, is lost', async () => {
  const tried = new Tried();
  await fc.assert(
    law({ persistences: log, appendfsyncs: ['everysec'] }, ['P1', 'P3', 'P4', 'P6', 'P7'], tried),
    { numRuns: 30 },
  );
  expect(tried.of('everysec-loss-within-window'), 'something was lost').toBeGreaterThan(0);
});

test('P4: a kill loses nothing that was acknowledged, even without any sync', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: log, appendfsyncs: ['no'] }, ['P1', 'P3', 'P4', 'P6', 'P7'], tried), {
    numRuns: 30,
  });
  expect(tried.of('kill')).toBeGreaterThan(0);
});

test('P5: RDB alone gives the state of a save, and none older than the last one reported', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: ['rdb'] }, ['P1', 'P5', 'P7'], tried), { numRuns: 30 });
  expect(tried.of('snapshot-compared')).toBeGreaterThan(0);
});
