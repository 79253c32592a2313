/** The runner with a toy engine: one that keeps its promises passes, and each that breaks one fails. */
import { describe, expect, test } from 'vitest';
import { argumentText } from '../../../../sim/scenario/argument.ts';
import { generateScenario } from '../../../../sim/scenario/generate.ts';
import { runScenario } from '../../../../sim/scenario/run.ts';
import type { Command, Scenario, Step } from '../../../../sim/scenario/schema.ts';
import { toyEngine } from './toy-engine.ts';
import type { ToyDefect } from './toy-engine.ts';

/** The toy knows nothing of disks that fail. */
const filters = { persistences: ['aof'], faults: [] } as const;

/** Without streams: the judge reads them by XINFO STREAM FULL, which the model, and so the toy, does not have. */
function toyScenario(seed: number): Scenario {
  const scenario = generateScenario(seed, filters);
  const isKnown = ([name, script]: Command): boolean =>
    !argumentText(name!).startsWith('X') && !argumentText(script ?? '').includes("'XADD'");
  return {
    ...scenario,
    generations: scenario.generations.map((life) => ({
      ...life,
      steps: life.steps.map((step): Step => {
        if (step.kind === 'unit') {
          const commands = step.commands.filter(isKnown);
          return commands.length > 0 ? { ...step, commands } : { kind: 'idle', ms: step.afterMs };
        }
        const isForeign =
          (step.kind === 'command' && !isKnown(step.command)) ||
          (step.kind === 'admin' && step.command[0] === 'BACKUP');
        if (isForeign) return { kind: 'idle', ms: step.afterMs };
        return step;
      }),
    })),
  };
}

async function violationsOver(defect: ToyDefect, seeds: number): Promise<Set<string>> {
  const properties = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await runScenario(toyScenario(seed), { engineModule: toyEngine(defect) });
    expect(result.fault, `seed ${seed}`).toBeUndefined();
    for (const { property } of result.violations) properties.add(property);
  }
  return properties;
}

test('an engine that keeps its promises passes', async () => {
  expect(await violationsOver('none', 40)).toEqual(new Set());
});

describe('an engine that breaks a promise fails:', () => {
  test.each([
    ['never syncs', 10],
    ['reply before sync', 40],
    ['keeps the torn tail', 80],
    ['skips every tenth unit', 5],
    ['refuses', 1],
    ['forgets everything', 5],
    ['never answers', 1],
    ['answers wrongly', 10],
    ['throws', 10],
  ] as const)('%s', async (defect, seeds) => {
    expect((await violationsOver(defect, seeds)).size).toBeGreaterThan(0);
  });
});

test('a run is a pure function of its scenario, recorded choices included', async () => {
  for (const defect of ['none', 'never syncs'] as const) {
    for (let seed = 1; seed <= 12; seed++) {
      const scenario = toyScenario(seed);
      const options = { engineModule: toyEngine(defect) };
      const first = await runScenario(scenario, options);
      expect(await runScenario(scenario, options)).toEqual(first);
      if (first.choices !== undefined)
        expect((await runScenario({ ...scenario, choices: first.choices }, options)).trace).toBe(first.trace);
    }
  }
});

test('time and chance other than the world’s throw inside a run', async () => {
  const toy = toyEngine();
  for (const use of [
    () => Date.now(),
    () => new Date(),
    () => Math.random(),
    () => setTimeout(() => {}, 1),
    () => performance.now(),
    () => process.hrtime(),
  ]) {
    const engineModule = {
      ...toy,
      openEngine: (...args: Parameters<typeof toy.openEngine>) => (use(), toy.openEngine(...args)),
    };
    const result = await runScenario(generateScenario(1, filters), { engineModule });
    expect(result.violations[0]?.message).toContain('was used inside a simulated run');
  }
  expect(Date.now()).toBeGreaterThan(0);
  expect(new Date(5).getTime()).toBe(5);
});
