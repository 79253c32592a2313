/** The shrinker on engines with planted bugs: a short story in a gentle world that still breaks the same property. */
import { expect, test } from 'vitest';
import { loadEngine } from '../../../../sim/mutants/bundle.ts';
import { mutants } from '../../../../sim/mutants/catalogue/index.ts';
import { hunt, preyOf, scenarioFor } from '../../../../sim/mutants/hunt.ts';
import { parseScenario } from '../../../../sim/scenario/parse.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';
import { describeScenario } from '../../../../sim/shrink/describe.ts';
import { shrinkScenario, sizeOf } from '../../../../sim/shrink/shrink.ts';

async function shrunkMutant(id: string) {
  const mutant = mutants.find((candidate) => candidate.id === id)!;
  const engineModule = await loadEngine(mutant);
  const prey = preyOf(mutant, engineModule);
  const { kill } = await hunt(prey, { first: 2001, last: 2200 });
  const shrunk = (await shrinkScenario(scenarioFor(kill!.seed, prey), {
    run: (scenario) => runScenario(scenario, { engineModule }),
  }))!;
  return { shrunk, property: kill!.violation.property, engineModule };
}

test.each(['reply-before-write', 'no-directory-sync-after-rename', 'history-removed-before-the-manifest'])(
  '%s: at most 8 commands and 4 faults, reproduced from its file, and the clean engine passes',
  async (id) => {
    const { shrunk, property, engineModule } = await shrunkMutant(id);
    expect(shrunk.violation.property).toBe(property);
    expect(sizeOf(shrunk).commands).toBeLessThanOrEqual(8);
    expect(sizeOf(shrunk).faults).toBeLessThanOrEqual(4);
    const fromFile = parseScenario(JSON.parse(JSON.stringify(shrunk.scenario)));
    const again = await runScenario(fromFile, { engineModule });
    expect([again.trace, again.violations[0]?.property]).toEqual([shrunk.result.trace, property]);
    expect((await runScenario(fromFile)).violations).toEqual([]);
    expect(describeScenario(fromFile).at(-1)).toMatch(/kill|power loss|: \d+$/);
  },
  30_000,
);

test('what passes is not shrunk', async () => {
  expect(await shrinkScenario(generateScenario(1), { run: runScenario })).toBeUndefined();
});

test('a search that is over gives what it has', async () => {
  const id = 'no-directory-sync-after-rename';
  const mutant = mutants.find((candidate) => candidate.id === id)!;
  const engineModule = await loadEngine(mutant);
  const prey = preyOf(mutant, engineModule);
  const { kill } = await hunt(prey, { first: 2001, last: 2200 });
  const shrunk = await shrinkScenario(scenarioFor(kill!.seed, prey), {
    run: (scenario) => runScenario(scenario, { engineModule }),
    runs: 5,
  });
  expect(shrunk!.runs).toBe(5);
  expect(shrunk!.violation.property).toBe(kill!.violation.property);
});
