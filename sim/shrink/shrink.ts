/**
 * The shrinker: from a scenario that fails to the shortest and gentlest one that breaks the same property.
 *
 * It walks the passes until none of them finds anything any more, then settles the choices of the world: everything that
 * need not be as it was drawn becomes the kindest option, and the scenario says so (`unrecorded: 'kindest'`).
 *
 * What races hangs on latencies, and those are drawn from the seed one after the other: with a step gone all later ones are
 * others. So a story that is still long is tried once more with a few other seeds for each candidate.
 */
import type { Property, Violation } from '../oracle/violation.ts';
import type { RunResult } from '../scenario/result.ts';
import { countCommands } from '../scenario/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { shrinks } from './passes.ts';
import { fewer } from './shrinking.ts';
import type { Shrinking } from './shrinking.ts';

export interface ShrinkOptions {
  /** Runs a scenario on the engine that fails. */
  readonly run: (scenario: Scenario) => Promise<RunResult>;
  /** Most runs. Default 3000. */
  readonly runs?: number;
  /** Asked before each run: true ends the search with what was found by then. */
  readonly isOver?: () => boolean;
  /** Told of each smaller scenario that still fails. */
  readonly onProgress?: (shrunk: Shrunk) => void;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly result: RunResult;
  /** The violation that the scenario shows; its property is the one that was given. */
  readonly violation: Violation;
  /** Runs so far. */
  readonly runs: number;
}

/**
 * Shrinks a failing scenario.
 *
 * @returns undefined where the scenario does not break `property`, or, without one, any property
 */
export async function shrinkScenario(
  scenario: Scenario,
  options: ShrinkOptions,
  property?: Property,
): Promise<Shrunk | undefined> {
  const result = await options.run(scenario);
  const violation = violationOf(result, property);
  if (violation === undefined) return undefined;
  const search = new Search({ scenario, result, violation, runs: 1 }, options);
  await search.exhaust();
  if (sizeOf(search.best).commands > longStoryCommands) {
    search.seedsTried = otherSeeds + 1;
    await search.exhaust();
  }
  return search.best;
}

/** A story of more commands than these is worth other seeds. */
const longStoryCommands = 6;
const otherSeeds = 3;

/** How much there is to tell: lives, commands, and what of the world is not the kindest. */
export function sizeOf({ scenario }: Pick<Shrunk, 'scenario'>): {
  readonly lives: number;
  readonly commands: number;
  readonly faults: number;
} {
  const { generations, choices, unrecorded } = scenario;
  const crashes = generations.reduce((sum, life) => sum + 1 + life.crashesInRecovery.length, 0);
  const unkind = Object.values(choices).filter((choice) => choice !== 0).length;
  return {
    lives: generations.length,
    commands: countCommands(scenario),
    faults: crashes + (unrecorded === 'kindest' ? unkind : 0),
  };
}

class Search {
  best: Shrunk;
  /** How many seeds each candidate is tried with. */
  seedsTried = 1;
  readonly #options: ShrinkOptions;
  readonly #property: Property;
  /** Scenarios that were tried without success: passes come by again. */
  readonly #passing = new Set<string>();

  constructor(first: Shrunk, options: ShrinkOptions) {
    this.best = first;
    this.#property = first.violation.property;
    this.#options = options;
  }

  get isOver(): boolean {
    return this.best.runs >= (this.#options.runs ?? 3000) || this.#options.isOver?.() === true;
  }

  /** Walks through everything until nothing changes any more. */
  async exhaust(): Promise<void> {
    let before: Scenario;
    do {
      before = this.best.scenario;
      await this.walk(shrinks(before));
      await this.walk(fewerChoices(this.best));
    } while (this.best.scenario !== before && !this.isOver);
  }

  /** Answers a shrinking truly until it has nothing more to offer. */
  async walk(shrinking: Shrinking<Scenario>): Promise<void> {
    for (let next = shrinking.next(); next.done !== true && !this.isOver;) {
      // What is offered is made from earlier offers: the seed that they failed with is put in its place.
      const { seed } = this.best.scenario;
      const candidate = { ...next.value, seed };
      const isNew = JSON.stringify(candidate) !== JSON.stringify(this.best.scenario);
      let fails = isNew && (await this.#fails(candidate));
      for (let other = 1; isNew && !fails && other < this.seedsTried && !this.isOver; other++)
        fails = await this.#fails({ ...next.value, seed: `${seed.replace(/~.*/, '')}~${other}` });
      next = shrinking.next(fails);
    }
  }

  async #fails(candidate: Scenario): Promise<boolean> {
    const key = JSON.stringify(candidate);
    if (this.#passing.has(key)) return false;
    const result = await this.#options.run(candidate);
    const runs = this.best.runs + 1;
    const violation = violationOf(result, this.#property);
    if (violation === undefined) {
      this.#passing.add(key);
      this.best = { ...this.best, runs };
      return false;
    }
    this.best = { scenario: candidate, result, violation, runs };
    this.#options.onProgress?.(this.best);
    return true;
  }
}

function violationOf(result: RunResult, property: Property | undefined): Violation | undefined {
  if (result.fault !== undefined) return undefined;
  return property === undefined
    ? result.violations[0]
    : result.violations.find((violation) => violation.property === property);
}

/** What was drawn becomes the kindest option wherever the failure does not hang on it. */
function* fewerChoices({ scenario, result }: Shrunk): Shrinking<Scenario> {
  const made = Object.entries(result.choices ?? scenario.choices).filter(([, choice]) => choice !== 0);
  const all: Scenario = { ...scenario, choices: Object.fromEntries(made), unrecorded: 'kindest' };
  if (scenario.unrecorded !== 'kindest' && !(yield all)) return scenario;
  return yield* fewer(all, made.length, (kept) => ({
    ...all,
    choices: Object.fromEntries(kept.map((index) => made[index]!)),
  }));
}
