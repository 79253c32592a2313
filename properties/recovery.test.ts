/** P11: recovery is idempotent: again, after a crash inside it, in the third life and later, it gives what it gave. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law, Tried } from './runs.ts';

test('P11: recovering again gives the same, also when a recovery was cut short', async () => {
  const tried = new Tried();
  await fc.assert(law({ generations: [3, 5] }, ['P1', 'P11', 'P12'], tried), { numRuns: 40 });
  expect(tried.of('recovered-again')).toBeGreaterThan(0);
  expect(tried.of('crash-inside-recovery')).toBeGreaterThan(0);
});
