/** P12 and P21: recovery ends and then the engine works; every command is answered, and as the model answers. */
import fc from 'fast-check';
import { test } from 'vitest';
import { expectHeld, knobs, run } from './runs.ts';

test('P12, P21: it starts from whatever an honest disk left, and answers everything rightly', async () => {
  await fc.assert(
    fc.asyncProperty(
      knobs({ persistences: ['none', 'rdb', 'aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] }),
      async (given) => {
        expectHeld(await run(given), ['P12', 'P21', 'P7']);
      },
    ),
    { numRuns: 60 },
  );
});

test('a run is a pure function of its scenario', async () => {
  await fc.assert(
    fc.asyncProperty(knobs(), async (given) => {
      const [first, second] = [await run(given), await run(given)];
      if (first.trace !== second.trace) throw new Error(`two traces: ${first.trace} and ${second.trace}`);
    }),
    { numRuns: 15 },
  );
});
