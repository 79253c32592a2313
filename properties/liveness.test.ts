/** P12 and P21: recovery ends and then the engine works; every command is answered, and as the model answers. */
import fc from 'fast-check';
import { runScenario } from 'lightsout/sim';
import { test } from 'vitest';
import { law, scenarios, Tried } from './runs.ts';

test('P12, P21: it starts from whatever an honest disk left, and answers everything rightly', async () => {
  await fc.assert(
    law(
      { persistences: ['none', 'rdb', 'aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'] },
      ['P12', 'P21', 'P7'],
      new Tried(),
    ),
    { numRuns: 60 },
  );
});

test('a run is a pure function of its scenario', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async (scenario) => {
      const [first, second] = [await runScenario(scenario), await runScenario(scenario)];
      if (first.trace !== second.trace) throw new Error(`two traces: ${first.trace} and ${second.trace}`);
    }),
    { numRuns: 15 },
  );
});
