/**
 * The hunt: scenario after scenario on one engine, until a property is violated.
 *
 * What it gives are *seeds to kill*: how many scenarios it took. A mutant that survives its range is a finding about the
 * suite, not about the engine.
 */
import type { Violation } from '../oracle/violation.ts';
import type { Filters } from '../scenario/configuration.ts';
import type { EngineModule } from '../scenario/engine-module.ts';
import { generateScenario } from '../scenario/generate.ts';
import { runScenario } from '../scenario/run.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Mutant } from './mutant.ts';

/** Seeds from `first` to `last`, both among them. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** Three ranges of 200 that have no seed in common. */
export const huntingGrounds: readonly SeedRange[] = [
  { first: 1001, last: 1200 },
  { first: 2001, last: 2200 },
  { first: 3001, last: 3200 },
];

export interface Prey {
  readonly engine: EngineModule;
  readonly filters: Filters;
  /** Settled for every scenario, whatever the seed drew. */
  readonly aofChecksum?: boolean;
}

export interface Hunt {
  readonly range: SeedRange;
  /** Scenarios that were run, the fatal one included. */
  readonly seeds: number;
  /** Undefined where it survived. */
  readonly kill: { readonly seed: number; readonly violation: Violation } | undefined;
}

/** Tries one engine at one seed. @throws where the simulator itself is at fault */
export async function tryPrey(prey: Prey, seed: number): Promise<Violation | undefined> {
  const result = await runScenario(scenarioFor(seed, prey), { engineModule: prey.engine });
  if (result.fault !== undefined)
    throw new Error(`the simulator itself failed at seed ${seed}: ${result.fault}`);
  return result.violations[0];
}

/** Hunts one engine over one range. @throws where the simulator itself is at fault */
export async function hunt(prey: Prey, range: SeedRange): Promise<Hunt> {
  for (let seed = range.first; seed <= range.last; seed++) {
    const violation = await tryPrey(prey, seed);
    if (violation !== undefined) return { range, seeds: seed - range.first + 1, kill: { seed, violation } };
  }
  return { range, seeds: range.last - range.first + 1, kill: undefined };
}

/** What a mutant is hunted as: the engine with its bug, in scenarios that can reach it. `profile`: its first by default. */
export function preyOf(
  { profiles, needs }: Pick<Mutant, 'profiles' | 'needs'>,
  engine: EngineModule,
  profile = profiles[0]!,
): Prey {
  return {
    engine,
    filters: {
      profiles: [profile],
      faults: needs?.faults ?? [],
      ...(needs?.persistences === undefined ? {} : { persistences: needs.persistences }),
      ...(needs?.appendfsyncs === undefined ? {} : { appendfsyncs: needs.appendfsyncs }),
    },
    ...(needs?.aofChecksum === undefined ? {} : { aofChecksum: needs.aofChecksum }),
  };
}

/** The scenario in which a seed tries a prey. */
export function scenarioFor(seed: number, { filters, aofChecksum }: Prey): Scenario {
  const scenario = generateScenario(seed, filters);
  if (aofChecksum === undefined) return scenario;
  return { ...scenario, settings: { ...scenario.settings, aofChecksum } };
}
