/**
 * Exploring: one workload runs live, and at every instant of it every crash state is tried that can be.
 *
 * ```ts
 * const { verdict, counts, findings } = await explore(exploreScenario(42));
 * console.log(verdict, counts.states, counts.distinct, findings);
 * ```
 *
 * The run itself goes on as if nobody looked: the same scenario gives the same trace with and without.
 */
import { Course } from '../scenario/course.ts';
import type { EngineModule } from '../scenario/engine-module.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Scenario } from '../scenario/schema.ts';
import { setTripwire } from '../scenario/tripwire.ts';
import { profileOf } from '../scenario/world-of.ts';
import type { Profile } from '../disk/index.ts';
import { Explorer } from './explorer.ts';
import type { ExploreCounts, ExploredLife } from './explorer.ts';
import { defaultLimits } from './image.ts';
import type { ExploreLimits } from './image.ts';
import type { Finding } from './judge.ts';

export interface ExploreOptions {
  /** The engine, as a module of the shape of src/index.ts. Default: the engine itself. */
  readonly engineModule?: EngineModule;
  /**
   * What a loss of power may leave: several share one run, which is the first crash-free life of the scenario's. Default:
   * the scenario's own.
   */
  readonly profiles?: readonly Profile[];
  readonly limits?: Partial<ExploreLimits>;
  /** Called with each life once it is judged: with its images, and what they must hold. */
  readonly onLife?: (life: ExploredLife) => void;
}

export interface Exploration {
  readonly scenario: Scenario;
  readonly verdict: 'pass' | 'fail';
  readonly counts: Readonly<ExploreCounts>;
  /** States that break a promise; the first few of each life. */
  readonly findings: readonly Finding[];
  /** The run itself: its own violations count, too. */
  readonly run: RunResult;
}

/** Explores a scenario. @throws what is a fault of the simulator */
export async function explore(scenario: Scenario, options: ExploreOptions = {}): Promise<Exploration> {
  const module = options.engineModule ?? (await import('../../src/index.ts'));
  const explorer = new Explorer(
    options.profiles ?? [profileOf(scenario)],
    {
      ...defaultLimits,
      ...options.limits,
    },
    options.onLife,
  );
  const restore = setTripwire();
  try {
    const run = await new Course(scenario, module, false, explorer).run();
    const failed = explorer.findings.length > 0 || run.violations.length > 0;
    return {
      scenario,
      verdict: failed ? 'fail' : 'pass',
      counts: explorer.counts,
      findings: explorer.findings,
      run,
    };
  } finally {
    restore();
  }
}
