/**
 * Running a scenario: a pure function of it and of the engine that it is run on.
 *
 * ```ts
 * const result = await runScenario(generateScenario(42));
 * console.log(result.verdict, result.trace);
 * ```
 */
import { Course } from './course.ts';
import type { EngineModule } from './engine-module.ts';
import type { RunResult } from './result.ts';
import type { Scenario } from './schema.ts';
import type { TraceEvent } from '../world/index.ts';
import { setTripwire } from './tripwire.ts';

export interface RunOptions {
  /** The engine to run, as a module of the shape of src/index.ts: a mutant, a null engine. Default: the engine itself. */
  readonly engineModule?: EngineModule;
  /** Makes ambient time and chance throw meanwhile. Default true. */
  readonly tripwire?: boolean;
  /** Counts exactly what became of each pending change, for the story. Costs every loss of power a second time. Default false. */
  readonly narrate?: boolean;
  /** Given every event of the trace at the end, however the run ends. Recording them makes a run slower. */
  readonly onTrace?: (events: readonly TraceEvent[]) => void;
}

const loaded: { engine?: EngineModule } = {};

/** Loaded when it is asked for: who brings a mutant does not pay for the original. */
async function theEngine(): Promise<EngineModule> {
  return (loaded.engine ??= await import('../../src/index.ts'));
}

/**
 * Runs a scenario to its end. What the engine does wrong is in the result's `violations`; what goes wrong in the simulator
 * itself is in its `fault`, with nothing else to be believed then. Never rejects. One run at a time in a thread.
 */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<RunResult> {
  const module = options.engineModule ?? (await theEngine());
  const restore = options.tripwire === false ? () => {} : setTripwire();
  const { onTrace } = options;
  try {
    const course = new Course(scenario, module, options.narrate === true, undefined, onTrace !== undefined);
    try {
      return await course.run();
    } finally {
      onTrace?.(course.events());
    }
  } catch (error) {
    return faulty(scenario, error);
  } finally {
    restore();
  }
}

function faulty(scenario: Scenario, error: unknown): RunResult {
  return {
    seed: scenario.seed,
    verdict: 'fail',
    trace: '',
    profile: scenario.profile,
    persistence: scenario.persistence,
    appendfsync: scenario.appendfsync,
    commands: 0,
    crashes: 0,
    crashesWithUnsyncedData: 0,
    crashStates: 0,
    distinctCrashStates: 0,
    events: 0,
    simMs: 0,
    violations: [],
    situations: {},
    slack: [],
    kept: [],
    story: [],
    startWallMs: scenario.startWallMs,
    choices: undefined,
    milestones: undefined,
    fault: describeFault(error),
  };
}

/** The stack, and that of its cause. */
function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${describeFault(error.cause)}`;
}
