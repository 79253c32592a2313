/** The world that a scenario asks for. */
import { findProfile, SimDisk, syncEverything } from '../disk/index.ts';
import type { Profile } from '../disk/index.ts';
import type { WorldOptions } from '../world/index.ts';
import type { EngineModule } from './engine-module.ts';
import { latencyModels } from './latencies.ts';
import { watchChildren } from './observer.ts';
import type { Watcher } from './observer.ts';
import type { Scenario } from './schema.ts';
import { DATA_DIRECTORY } from './server.ts';

/** Far beyond what any scenario needs: one that reaches it does not come to rest. */
const BUDGET_EVENTS = 400_000;

/** @throws ProfileError */
export function profileOf(scenario: Scenario): Profile {
  return findProfile(scenario.profile);
}

export function worldOptions(
  scenario: Scenario,
  module: EngineModule,
  watcher: Watcher | undefined,
): WorldOptions {
  const model = latencyModels.get(scenario.latency);
  if (model === undefined)
    throw new RangeError(
      `unknown latency '${scenario.latency}', expected one of ${[...latencyModels.keys()].join(', ')}`,
    );
  return {
    seed: scenario.seed,
    record: scenario.choices,
    ...(scenario.unrecorded === undefined ? {} : { unrecorded: scenario.unrecorded }),
    profile: profileOf(scenario),
    latency: model.latency,
    timerLateness: model.timerLateness,
    ...(model.faults === undefined ? {} : { faults: model.faults }),
    childMains: watcher === undefined ? module.childMains : watchChildren(module.childMains, watcher),
    startWallMs: scenario.startWallMs,
    budgetEvents: BUDGET_EVENTS,
  };
}

/** A disk with nothing but the data directory, all durable. */
export function emptyDisk(): SimDisk {
  const disk = new SimDisk();
  disk.mkdir(DATA_DIRECTORY);
  syncEverything(disk);
  return disk;
}
