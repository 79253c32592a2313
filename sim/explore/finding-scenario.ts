/**
 * From a finding to a scenario that `replay` runs: the same run, with the lights going out at that instant and the choices
 * that led to that state.
 */
import type { PendingRow } from '../disk/index.ts';
import { Course } from '../scenario/course.ts';
import type { EngineModule } from '../scenario/engine-module.ts';
import { runScenario } from '../scenario/run.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Generation, Scenario } from '../scenario/schema.ts';

import type { Stage } from '../scenario/stage.ts';
import { setTripwire } from '../scenario/tripwire.ts';
import type { Visitor } from '../scenario/visitor.ts';
import type { ExploreLimits } from './image.ts';
import { imageId } from './image.ts';
import { walkInstant } from './instant.ts';
import type { Finding } from './judge.ts';

export interface Explained {
  /** What was pending, and what became of it. */
  readonly pending: readonly PendingRow[];
  readonly scenario: Scenario;
  /** What running it gave: where that passes, the finding is about a state that only the exploration can make. */
  readonly replayed: RunResult;
}

/** Runs to the instant of a finding again, walks to its state again, and writes down how to come there. */
export async function explainFinding(
  finding: Finding,
  scenario: Scenario,
  module: EngineModule,
  limits: ExploreLimits,
): Promise<Explained> {
  const seeker = new Seeker(finding, limits);
  const restore = setTripwire();
  try {
    await new Course(scenario, module, false, seeker).run();
  } finally {
    restore();
  }
  if (seeker.found === undefined)
    throw new Error(
      `the state that breaks ${finding.property} at event ${finding.event} was not there again: the run is not deterministic`,
    );
  const { record, pending } = seeker.found;
  const again = scenarioOf(finding, scenario, record);
  return { pending, scenario: again, replayed: await runScenario(again, { engineModule: module }) };
}

/** Looks for one state at one instant. */
class Seeker implements Visitor {
  found: { readonly record: Record<string, number>; readonly pending: readonly PendingRow[] } | undefined;
  readonly #finding: Finding;
  readonly #limits: ExploreLimits;

  constructor(finding: Finding, limits: ExploreLimits) {
    this.#finding = finding;
    this.#limits = limits;
  }

  visit(stage: Stage): void {
    const { event, kind, profile, image } = this.#finding;
    if (stage.world.scheduler.events !== event) return;
    walkInstant(stage, kind, profile, this.#limits, (state) => {
      if (imageId(state.disk, kind) !== image) return true;
      this.found = {
        record: { ...stage.world.choices.record(), ...state.record() },
        pending: state.report.table(),
      };
      return false;
    });
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }
}

function scenarioOf(finding: Finding, scenario: Scenario, record: Record<string, number>): Scenario {
  const { event, kind, profile, generation, serving, inside } = finding;
  const at: Generation = scenario.generations[generation - 1] ?? LAST;
  const before = scenario.generations.slice(0, generation - 1);
  const crashed: Generation = serving
    ? { ...at, crash: { kind, armedAfterSteps: 0, when: { at: 'event', ordinal: event } } }
    : { ...at, crashesInRecovery: [{ kind, operation: 1, event }] };
  const generations = [...before, crashed];
  if (inside !== undefined)
    generations.push({ ...LAST, crashesInRecovery: [{ kind: 'power', operation: inside.operation }] });
  return { ...scenario, profile: profile.name, generations, choices: { ...scenario.choices, ...record } };
}

/** A life in which nothing happens. */
const LAST: Generation = {
  crashesInRecovery: [],
  steps: [],
  crash: { kind: 'kill', armedAfterSteps: 0, when: { at: 'end', afterMs: 0 } },
};
