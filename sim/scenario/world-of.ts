/** The world that a scenario asks for. */
import { findProfile, SimDisk, syncEverything } from '../disk/index.ts';
import type { Profile } from '../disk/index.ts';
import type { WorldOptions } from '../world/index.ts';
import type { EngineModule } from './engine-module.ts';
import { latencyModels } from './latencies.ts';
import type { Scenario } from './schema.ts';
import { DATA_DIRECTORY } from './server.ts';

/** Far beyond what any scenario needs: one that reaches it does not come to rest. */
const BUDGET_EVENTS = 400_000;

/** @throws ProfileError */
export function profileOf(scenario: Scenario): Profile {
  return findProfile(scenario.profile);
}

/** What the world of a scenario is made of. All is named each time, so that these objects have one hidden class. */
export function worldOptions(scenario: Scenario, module: EngineModule, disk: SimDisk): WorldOptions {
  const model = latencyModels.get(scenario.latency);
  if (model === undefined)
    throw new RangeError(
      `unknown latency '${scenario.latency}', expected one of ${[...latencyModels.keys()].join(', ')}`,
    );
  return {
    seed: scenario.seed,
    record: scenario.choices,
    unrecorded: scenario.unrecorded,
    profile: profileOf(scenario),
    disk,
    latency: model.latency,
    faults: model.faults,
    processFaults: {},
    childMains: module.childMains,
    startWallMs: scenario.startWallMs,
    timerLateness: model.timerLateness,
    lateTimers: undefined,
    budgetEvents: BUDGET_EVENTS,
    recordTrace: false,
  };
}

/** A disk with nothing but the data directory, all durable. */
export function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir(DATA_DIRECTORY);
  syncEverything(disk);
  return disk;
}
