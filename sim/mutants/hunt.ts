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

/** Hunts one engine over one range. @throws where the simulator itself is at fault */
export async function hunt(prey: Prey, range: SeedRange): Promise<Hunt> {
  for (let seed = range.first; seed <= range.last; seed++) {
    const result = await runScenario(scenarioFor(seed, prey), { engineModule: prey.engine });
    if (result.fault !== undefined)
      throw new Error(`the simulator itself failed at seed ${seed}: ${result.fault}`);
    const violation = result.violations[0];
    if (violation !== undefined) return { range, seeds: seed - range.first + 1, kill: { seed, violation } };
  }
  return { range, seeds: range.last - range.first + 1, kill: undefined };
}

/**
 * Hunts a mutant, and tries the clean engine at the seed that killed it: what kills must be the edit.
 *
 * @throws where the clean engine fails there as well, or the simulator itself is at fault
 */
export async function huntMutant(
  mutant: Mutant,
  mutated: EngineModule,
  clean: EngineModule,
  range: SeedRange,
  profile = mutant.profiles[0]!,
): Promise<Hunt> {
  const result = await hunt(preyOf(mutant, mutated, profile), range);
  if (result.kill === undefined) return result;
  const { seed } = result.kill;
  const control = await hunt(preyOf(mutant, clean, profile), { first: seed, last: seed });
  if (control.kill === undefined) return result;
  const { property, message } = control.kill.violation;
  throw new Error(
    `seed ${seed} kills the mutant '${mutant.id}', and the clean engine as well: ${property} ${message}`,
  );
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
