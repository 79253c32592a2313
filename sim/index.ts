/**
 * lightsout/sim: a simulated world for the engine, and the oracle that knows what must have survived.
 *
 * ```ts
 * import { generateScenario, runScenario } from 'lightsout/sim';
 *
 * const result = await runScenario(generateScenario(42));
 * console.log(result.verdict, result.crashes, result.trace);
 * ```
 *
 * From the outside in: `generateScenario` makes a scenario (plain JSON) from a seed; `runScenario` runs one, pure and
 * deterministic, on the engine or on another module of its shape; `runScenario`'s result is plain data. Below that,
 * `explore` tries every crash at every instant of a run, and `everyCrash` does that for any code written against the ports.
 * `createWorld` is a machine with a clock, a disk and processes for any code written against the ports, and `crash`
 * makes one of the disks that a loss of power may leave.
 */
export type { AppendFsync, Bounds, CrashKind, Persistence } from './oracle/bounds.ts';
export type { Difference } from './oracle/prefix.ts';
export { propertyNames } from './oracle/violation.ts';
export type { Property, Violation } from './oracle/violation.ts';
export { NOON_MS } from './scenario/configuration.ts';
export type { Filters } from './scenario/configuration.ts';
export type { EngineModule, EngineSession, OpenedEngine } from './scenario/engine-module.ts';
export type { FaultFamily } from './scenario/draw-faults.ts';
export { generateScenario } from './scenario/generate.ts';
export { parseScenario } from './scenario/parse.ts';
export type { GenerationStory, RunResult } from './scenario/result.ts';
export { runScenario } from './scenario/run.ts';
export type { RunOptions } from './scenario/run.ts';
export { countCommands, SCENARIO_VERSION } from './scenario/schema.ts';
export type {
  Argument,
  Command,
  CrashPlan,
  Delivery,
  Generation,
  Moment,
  Scenario,
  Step,
} from './scenario/schema.ts';
export { mustHit } from './scenario/situations.ts';
export type { Situation } from './scenario/situations.ts';
export { shrinkScenario, sizeOf } from './shrink/shrink.ts';
export type { Shrunk, ShrinkOptions } from './shrink/shrink.ts';
export { shrinks } from './shrink/passes.ts';
export {
  cloneDisk,
  crash,
  diskFromFiles,
  filesOf,
  fingerprint,
  lossless,
  posixStrict,
  procKill,
  profiles,
  SimDisk,
} from './disk/index.ts';
export type { CrashReport, PendingRow, Profile } from './disk/index.ts';
export { everyCrash } from './explore/every-crash.ts';
export type { CrashFailure, CrashReportOfAll, CrashTest } from './explore/every-crash.ts';
export { explore } from './explore/explore.ts';
export type { Exploration, ExploreOptions } from './explore/explore.ts';
export type { ExploreLimits } from './explore/image.ts';
export type { Finding } from './explore/judge.ts';
export { protocols } from './explore/protocols.ts';
export { walkStates } from './explore/states.ts';
export { exploreScenario } from './explore/workload.ts';
export { Odometer, SeededChoices, Stream, Streams } from './draws/index.ts';
export type { Choices } from './draws/index.ts';
export { createWorld, Machine, Scheduler, SimClock, SimProcess } from './world/index.ts';
export type { World, WorldOptions } from './world/index.ts';
