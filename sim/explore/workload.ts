/** The standard workloads of an exploration: short lives, in a world where every operation can be seen before, inside and after. */
import type { Seed } from '../draws/index.ts';
import type { Filters } from '../scenario/configuration.ts';
import { generateScenario } from '../scenario/generate.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What clients and administrators do; whatever else happens in a scenario is a mishap. */
const peaceful: ReadonlySet<string> = new Set(['command', 'unit', 'admin', 'idle', 'sync']);

const STANDARD_COMMANDS = 30;
const STANDARD_GENERATIONS = 2;

/**
 * A seed's workload: a scenario like any other, shorter, in a world where nothing fails, and whose crashes are only where
 * one life ends and the next begins.
 */
export function exploreScenario(seed: Seed, filters: Filters = {}): Scenario {
  const scenario = disturbedScenario(seed, filters);
  const { faults: _, ...undisturbed } = scenario;
  return {
    ...undisturbed,
    latency: 'explored',
    crashStates: 0,
    generations: scenario.generations.map((generation) => ({
      ...generation,
      crashesInRecovery: [],
      steps: generation.steps.filter(({ kind }) => peaceful.has(kind)),
    })),
  };
}

/** What happens in the seed's scenario and not in its exploration, by kind. */
export function mishapsLeftOut(seed: Seed, filters: Filters = {}): Record<string, number> {
  const { faults, generations } = disturbedScenario(seed, filters);
  const found: Record<string, number> = {};
  const count = (what: string, more: number): void => {
    if (more > 0) found[what] = (found[what] ?? 0) + more;
  };
  for (const { steps, crashesInRecovery } of generations) {
    for (const { kind } of steps) if (!peaceful.has(kind)) count(kind, 1);
    count('crash in a recovery', crashesInRecovery.length);
  }
  count('standing fault', Object.keys(faults ?? {}).length);
  return found;
}

function disturbedScenario(seed: Seed, filters: Filters): Scenario {
  const generations = filters.generations ?? STANDARD_GENERATIONS;
  return generateScenario(seed, {
    ...filters,
    generations,
    commands: filters.commands ?? STANDARD_COMMANDS * generations,
  });
}
