/** P11: recovery is idempotent: again, after a crash inside it, in the third life and later, it gives what it gave. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectHeld, knobs, run, Tried } from './runs.ts';

test('P11: recovering again gives the same, also when a recovery was cut short', async () => {
  const tried = new Tried();
  await fc.assert(
    fc.asyncProperty(knobs({ generations: [3, 5] }), async (given) => {
      const result = await run(given);
      tried.add(result);
      expectHeld(result, ['P1', 'P11', 'P12']);
    }),
    { numRuns: 40 },
  );
  expect(tried.of('recovered-again')).toBeGreaterThan(0);
  expect(tried.of('crash-inside-recovery')).toBeGreaterThan(0);
});
