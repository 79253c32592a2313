/** The standard workloads of an exploration: short lives, in a world where every operation can be seen before, inside and after. */
import type { Seed } from '../draws/index.ts';
import type { Filters } from '../scenario/configuration.ts';
import { generateScenario } from '../scenario/generate.ts';
import type { Scenario } from '../scenario/schema.ts';

const STANDARD_COMMANDS = 30;
const STANDARD_GENERATIONS = 2;

/** A seed's workload: a scenario like any other, shorter, whose crashes are only where one life ends and the next begins. */
export function exploreScenario(seed: Seed, filters: Filters = {}): Scenario {
  const generations = filters.generations ?? STANDARD_GENERATIONS;
  const scenario = generateScenario(seed, {
    ...filters,
    generations,
    commands: filters.commands ?? STANDARD_COMMANDS * generations,
  });
  return {
    ...scenario,
    latency: 'explored',
    crashStates: 0,
    generations: scenario.generations.map((generation) => ({ ...generation, crashesInRecovery: [] })),
  };
}
