/** Scenarios as a fast-check arbitrary: a counterexample of theirs is small. */
import fc from 'fast-check';
import { scenarioArbitrary } from 'lightsout/properties';
import { expect, test } from 'vitest';
import { loadEngine } from '../../../../sim/mutants/bundle.ts';
import { mutants } from '../../../../sim/mutants/catalogue/index.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';
import { countCommands } from '../../../../sim/scenario/schema.ts';

const filters = { persistences: ['aof'], commands: 30, generations: 1, faults: [] } as const;

test('a planted bug is found, and its counterexample shrinks', async () => {
  const engineModule = await loadEngine(mutants.find(({ id }) => id === 'reply-before-write')!);
  const law = fc.asyncProperty(scenarioArbitrary(filters), async (scenario) => {
    const { violations, fault } = await runScenario(scenario, { engineModule });
    return violations.length === 0 && fault === undefined;
  });
  const { failed, counterexample, numShrinks } = await fc.check(law, { seed: 5, numRuns: 200 });
  expect(failed).toBe(true);
  expect(numShrinks).toBeGreaterThan(3);
  const [scenario] = counterexample!;
  expect(countCommands(scenario)).toBeLessThanOrEqual(4);
  expect(scenario.generations).toHaveLength(1);
  expect((await runScenario(scenario, { engineModule })).violations).not.toEqual([]);
  expect((await runScenario(scenario)).violations).toEqual([]);
}, 60_000);

test('the same seed of fast-check draws the same scenarios, and what it offers is smaller and another', () => {
  const arbitrary = scenarioArbitrary({ ...filters, commands: 10 });
  const [first, again] = [1, 2].map(() => fc.sample(arbitrary, { seed: 7, numRuns: 3 }));
  expect(again).toEqual(first);
  const scenario = first![0]!;
  expect(arbitrary.canShrinkWithoutContext(scenario)).toBe(true);
  expect(arbitrary.canShrinkWithoutContext({ version: 1 })).toBe(false);
  const offers = [...arbitrary.shrink(scenario, undefined)].map(({ value }) => value);
  expect(offers.length).toBeGreaterThan(20);
  for (const offer of offers) {
    expect(offer).not.toEqual(scenario);
    expect(countCommands(offer)).toBeLessThanOrEqual(countCommands(scenario));
  }
});
