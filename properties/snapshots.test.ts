/** P10: a snapshot, and the base of a log, hold the state at the fork, whatever is written meanwhile. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectHeld, knobs, run, Tried } from './runs.ts';

test('P10: what a child writes is the state at its fork', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(knobs({ persistences: ['rdb', 'rdb+aof', 'rdb+hybrid'] }), async (given) => {
      const result = await run(given);
      tried.add(result);
      expectHeld(result, ['P10']);
    }),
    { numRuns: 50 },
  );
  expect(
    tried.of('mutations-during-child'),
    'writes between the fork and the end of the child',
  ).toBeGreaterThan(0);
});
