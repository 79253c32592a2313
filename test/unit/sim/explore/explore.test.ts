/** Exploring a run: it is not disturbed, its crash states hold what was promised, and planted bugs are found and replayed. */
import { describe, expect, test } from 'vitest';
import * as engine from '../../../../src/index.ts';
import { explore } from '../../../../sim/explore/explore.ts';
import { explainFinding } from '../../../../sim/explore/finding-scenario.ts';
import { defaultLimits } from '../../../../sim/explore/image.ts';
import { exploreScenario } from '../../../../sim/explore/workload.ts';
import { loadEngine } from '../../../../sim/mutants/bundle.ts';
import { mutants } from '../../../../sim/mutants/catalogue/index.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';

const limits = { mostStates: 32, samples: 6, depth: 0, again: 8 };
const commands = 16;

describe('exploring a run', () => {
  test.each([1, 6, 9])('every state that is tried of seed %i holds what was promised', async (seed) => {
    const scenario = exploreScenario(seed, { commands, profiles: ['posix-strict'] });
    const { verdict, findings, counts } = await explore(scenario, { engineModule: engine, limits });
    expect(findings).toEqual([]);
    expect(verdict).toBe('pass');
    expect(counts.distinct).toBeGreaterThan(20);
    expect(counts.states).toBeGreaterThan(counts.distinct);
    expect(counts.recoveries).toBe(counts.distinct);
  });

  test('the run goes on as if nobody looked', async () => {
    const scenario = exploreScenario(3, { commands });
    const alone = await runScenario(scenario);
    const { run } = await explore(scenario, { engineModule: engine, limits });
    expect(run.trace).toBe(alone.trace);
  });

  test('what a kill has left is always recovered twice, however seldom other images are', async () => {
    const id = 'recovery-does-not-sync-what-it-accepted';
    const engineModule = await loadEngine(mutants.find((candidate) => candidate.id === id)!);
    const scenario = exploreScenario(1, { commands, profiles: ['posix-strict'], persistences: ['hybrid'] });
    const properties = async (again: number): Promise<readonly string[]> =>
      (await explore(scenario, { engineModule, limits: { ...limits, again } })).findings.map(
        ({ property }) => property,
      );
    expect(await properties(0)).not.toContain('P11');
    expect(await properties(1_000_000)).toContain('P11');
  });

  test('twice it gives the same', async () => {
    const scenario = exploreScenario(4, { commands, generations: 1 });
    const first = await explore(scenario, { engineModule: engine, limits });
    const second = await explore(scenario, { engineModule: engine, limits });
    expect(second).toEqual(first);
  });

  test.each([
    ['reply-before-fsync', 'P2'],
    ['temporary-rdb-not-synced', 'P12'],
    ['recovery-does-not-sync-what-it-accepted', 'P11'],
  ])('%s is found, and the finding is a scenario that fails by %s', async (id, property) => {
    const mutant = mutants.find((candidate) => candidate.id === id)!;
    const engineModule = await loadEngine(mutant);
    const { persistences, appendfsyncs } = { ...mutant.needs };
    const scenario = exploreScenario(1, {
      commands,
      profiles: ['posix-strict'],
      ...(persistences === undefined ? {} : { persistences: persistences.slice(0, 1) }),
      ...(appendfsyncs === undefined ? {} : { appendfsyncs }),
    });
    const { findings } = await explore(scenario, { engineModule, limits });
    const finding = findings.find((candidate) => candidate.property === property);
    expect(findings.map((candidate) => candidate.property)).toContain(property);
    if (property === 'P11') return;
    const { replayed, pending } = await explainFinding(finding!, scenario, engineModule, {
      ...defaultLimits,
      ...limits,
    });
    expect(replayed.violations.map((violation) => violation.property)).toContain(property);
    expect(pending.some(({ fate }) => fate !== 'kept')).toBe(true);
  });
});
