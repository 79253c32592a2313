/**
 * What the laws are checked over: runs of the engine in the simulated world, drawn by fast-check through a few knobs.
 *
 * The generator of scenarios does the rest from the seed. A counterexample is printed with its knobs; `npm run sim -- --seed`
 * with the same pins shows it as a story.
 */
import fc from 'fast-check';
import { generateScenario, runScenario } from 'lightsout/sim';
import type { AppendFsync, FaultFamily, Persistence, Property, RunResult, Scenario } from 'lightsout/sim';

export interface Knobs {
  readonly seed: number;
  readonly persistence: Persistence;
  readonly appendfsync: AppendFsync;
  readonly generations: number;
  readonly commands: number;
  readonly profile: string | undefined;
  readonly faults: readonly FaultFamily[] | undefined;
}

export interface KnobChoices {
  /** Missing: what the seed draws. */
  readonly profiles?: readonly string[];
  /** Every run has these families of faults, and no others. Missing: what the seed draws. */
  readonly faults?: readonly FaultFamily[];
  readonly persistences?: readonly Persistence[];
  readonly appendfsyncs?: readonly AppendFsync[];
  readonly generations?: readonly [number, number];
}

export function knobs(choices: KnobChoices = {}): fc.Arbitrary<Knobs> {
  const [fewest, most] = choices.generations ?? [1, 3];
  return fc.record({
    seed: fc.integer({ min: 1, max: 0x7fffffff }),
    persistence: fc.constantFrom(
      ...(choices.persistences ?? (['rdb', 'aof', 'hybrid', 'rdb+hybrid'] as const)),
    ),
    appendfsync: fc.constantFrom(...(choices.appendfsyncs ?? (['always', 'everysec', 'no'] as const))),
    generations: fc.integer({ min: fewest, max: most }),
    commands: fc.integer({ min: 10, max: 150 }),
    profile: fc.constantFrom(...(choices.profiles ?? [undefined])),
    faults: fc.constant(choices.faults),
  });
}

export function scenarioOf(given: Knobs): Scenario {
  const { seed, persistence, appendfsync, generations, commands, profile, faults } = given;
  return generateScenario(seed, {
    persistences: [persistence],
    appendfsyncs: [appendfsync],
    generations,
    commands,
    ...(profile === undefined ? {} : { profiles: [profile] }),
    ...(faults === undefined ? {} : { faults }),
  });
}

export function run(given: Knobs): Promise<RunResult> {
  return runScenario(scenarioOf(given));
}

/** Throws with what was violated, if one of those properties was, or if the run could not be finished. */
export function expectHeld(result: RunResult, properties: readonly Property[]): void {
  if (result.fault !== undefined) throw new Error(`a fault of the simulator: ${result.fault}`);
  const broken = result.violations.filter(({ property }) => properties.includes(property));
  if (broken.length > 0)
    throw new Error(
      broken
        .map(({ property, message, where }) => `${property} at ${where ?? 'some point'}: ${message}`)
        .join('\n'),
    );
}

/** How often each situation came about over some runs: a law that was never put to the test has not been shown. */
export class Tried {
  readonly #counts = new Map<string, number>();

  add(result: RunResult): void {
    for (const [name, times] of Object.entries(result.situations))
      this.#counts.set(name, this.of(name) + times);
    this.#counts.set(
      'crashes with unsynced data',
      this.of('crashes with unsynced data') + result.crashesWithUnsyncedData,
    );
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
