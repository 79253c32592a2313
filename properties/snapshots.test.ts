/** P10: a snapshot, and the base of a log, hold the state at the fork, whatever is written meanwhile. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law, Tried } from './runs.ts';

test('P10: what a child writes is the state at its fork', async () => {
  const tried = new Tried();
  await fc.assert(law({ persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'] }, ['P10'], tried), { numRuns: 50 });
  expect(
    tried.of('mutations-during-child'),
    'writes between the fork and the end of the child',
  ).toBeGreaterThan(0);
});
