/**
 * What the laws are checked over: runs of the engine in the simulated world, scenarios that fast-check draws and shrinks.
 *
 * A law that breaks is told with the shortest and gentlest scenario that breaks it, as JSON: in a file it runs again with
 * `npm run sim -- replay`.
 */
import fc from 'fast-check';
import { scenarioArbitrary } from 'lightsout/properties';
import { runScenario } from 'lightsout/sim';
import type { EngineModule, Filters, Property, RunResult, Scenario } from 'lightsout/sim';

/** Before the test's own time is over, so that what was found by then is told. */
fc.configureGlobal({ interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true });

export interface Choices extends Omit<Filters, 'generations' | 'commands'> {
  /** The fewest and the most lives. Default 1 to 3. */
  readonly generations?: readonly [number, number];
}

/** Commands in a whole scenario. */
const lengths = [15, 50, 100, 150];

/** Scenarios of several lengths and so many lives; what is not chosen is left to the seed. */
export function scenarios(choices: Choices = {}): fc.Arbitrary<Scenario> {
  const { generations: [fewest, most] = [1, 3], ...filters } = choices;
  const persistences = filters.persistences ?? ['rdb', 'aof', 'hybrid', 'rdb+hybrid'];
  const sizes = lengths.flatMap((commands) =>
    Array.from({ length: most - fewest + 1 }, (_, i) => ({ commands, generations: fewest + i })),
  );
  return fc.oneof(...sizes.map((size) => scenarioArbitrary({ ...filters, persistences, ...size })));
}

/** The law that none of those properties is violated, on the engine or on another module of its shape. */
export function law(
  choices: Choices,
  properties: readonly Property[],
  tried: Tried,
  engineModule?: EngineModule,
): fc.IAsyncProperty<[Scenario]> {
  return fc.asyncProperty(scenarios(choices), async (scenario) => {
    const result = await runScenario(scenario, engineModule === undefined ? {} : { engineModule });
    tried.add(result);
    expectHeld(result, properties);
  });
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
