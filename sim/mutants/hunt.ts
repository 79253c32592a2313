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
import type { Mutant, MutantNeeds } from './mutant.ts';

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
}

export interface Hunt {
  readonly range: SeedRange;
  /** Scenarios that were run, the fatal one included. */
  readonly seeds: number;
  /** Undefined where it survived. */
  readonly kill: { readonly seed: number; readonly violation: Violation } | undefined;
}

/** Hunts one engine over one range. @throws where the simulator itself is at fault */
export async function hunt({ engine, filters }: Prey, range: SeedRange): Promise<Hunt> {
  for (let seed = range.first; seed <= range.last; seed++) {
    const result = await runScenario(generateScenario(seed, filters), { engineModule: engine });
    if (result.fault !== undefined) throw new Error(`the simulator itself failed at seed ${seed}: ${result.fault}`);
    const violation = result.violations[0];
    if (violation !== undefined) return { range, seeds: seed - range.first + 1, kill: { seed, violation } };
  }
  return { range, seeds: range.last - range.first + 1, kill: undefined };
}

/** What a mutant is hunted as: the engine with its bug, in scenarios that can reach it. `profile`: its first by default. */
export function preyOf(mutant: Pick<Mutant, 'profiles' | 'needs'>, engine: EngineModule, profile = mutant.profiles[0]!): Prey {
  return { engine: configured(engine, mutant.needs), filters: filtersOf(mutant.needs, profile) };
}

function filtersOf(needs: MutantNeeds | undefined, profile: string): Filters {
  return {
    profiles: [profile],
    ...(needs?.persistences === undefined ? {} : { persistences: needs.persistences }),
    ...(needs?.appendfsyncs === undefined ? {} : { appendfsyncs: needs.appendfsyncs }),
  };
}

/** The engine with another default, for what scenarios do not say. */
function configured(engine: EngineModule, needs: MutantNeeds | undefined): EngineModule {
  if (needs?.aofChecksum === undefined) return engine;
  const { aofChecksum } = needs;
  return { ...engine, defaultSettings: () => ({ ...engine.defaultSettings(), aofChecksum }) };
}
