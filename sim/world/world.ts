/**
 * A world: everything that one seed decides, put together.
 *
 * ```ts
 * const world = createWorld({ seed: 42 });
 * const server = world.machine.spawn(async (host) => {
 *   await host.disk.mkdir('/data');
 *   return 0;
 * });
 * await world.run({ untilMs: 1000 });
 * console.log(server.status, world.trace.digest());
 * ```
 */
import type { ChildMain } from '../../src/ports/process.ts';
import { Faults } from '../disk/faults.ts';
import type { FaultPlan } from '../disk/faults.ts';
import { Latency } from '../disk/latency.ts';
import type { LatencyOptions } from '../disk/latency.ts';
import { posixStrict } from '../disk/posix-strict.ts';
import type { CrashSettings, Profile } from '../disk/profile.ts';
import { SimDisk } from '../disk/sim-disk.ts';
import { SeededChoices } from '../draws/choices.ts';
import type { ChoiceRecord, Unrecorded } from '../draws/choices.ts';
import type { LateTimers, Wall } from './clock.ts';
import { Machine } from './machine.ts';
import type { ProcessFaults } from './machine.ts';
import { Streams } from '../draws/random.ts';
import type { Seed } from '../draws/random.ts';
import { Scheduler } from './scheduler.ts';
import type { RunEnd, RunLimits } from './scheduler.ts';
import { Trace } from './trace.ts';

export interface WorldOptions {
  /** Decides everything that is not given. `42` and `'42'` are the same. */
  readonly seed: Seed;
  /** Choices to repeat. Default: none. */
  readonly record?: ChoiceRecord;
  /** What to do with choices that the record lacks. Default: 'draw'. */
  readonly unrecorded?: Unrecorded | undefined;
  /** What a loss of power may leave. Default: posix-strict. */
  readonly profile?: Profile;
  readonly crash?: CrashSettings;
  /** The disk to begin with. Default: an empty one. */
  readonly disk?: SimDisk;
  readonly latency?: LatencyOptions;
  /** Disk errors to inject. Default: none. */
  readonly faults?: FaultPlan | undefined;
  readonly processFaults?: ProcessFaults;
  /** What children may run, by name. */
  readonly childMains?: ReadonlyMap<string, ChildMain>;
  /** Unix time at virtual time 0. Default: 2024-01-01T00:00:00Z. */
  readonly startWallMs?: number;
  /** Multiplies how late timers are. Default 1. */
  readonly timerLateness?: number;
  /** Timers that are late by far. Default: none. */
  readonly lateTimers?: LateTimers | undefined;
  /** How often a write completes before its call returns. Default 0.05, at most 0.5. */
  readonly immediateWriteChance?: number;
  /** How long an orphan lives at most, unless it is one of those that run to their end. Default 5000. */
  readonly orphanMs?: number;
  /** How many events may happen. Default 10,000,000. */
  readonly budgetEvents?: number;
  /** Keeps the trace as text, too. Default false. */
  readonly recordTrace?: boolean;
}

export interface World {
  readonly seed: string;
  readonly streams: Streams;
  readonly choices: SeededChoices;
  readonly trace: Trace;
  readonly scheduler: Scheduler;
  readonly machine: Machine;
  /** The wall as it stands: see `machine.jumpWall`. */
  readonly wall: Wall;
  /** Lets events happen; see Scheduler.run. */
  run(limits?: RunLimits): Promise<RunEnd>;
}

const START_WALL_MS = 1_704_067_200_000;

export function createWorld(options: WorldOptions): World {
  const trace: Trace = new Trace({ record: options.recordTrace === true, now: () => scheduler.nowMs });
  const streams = new Streams(options.seed);
  const choices = new SeededChoices(options.seed, options.record, options.unrecorded);
  const wall: Wall = { offsetMs: options.startWallMs ?? START_WALL_MS };
  const scheduler: Scheduler = new Scheduler(trace, {
    budgetEvents: options.budgetEvents,
    onUnhandledRejection: (error) => {
      machine.violations.push({ kind: 'rejection', error, pid: undefined, atMs: scheduler.nowMs });
    },
  });
  const profile = options.profile ?? posixStrict;
  const disk = options.disk ?? new SimDisk();
  const faults =
    options.faults === undefined ? undefined : new Faults(options.faults, choices, profile.errors);
  faults?.limit(disk);
  const machine = new Machine({
    disk,
    scheduler,
    trace,
    streams,
    choices,
    profile,
    crash: options.crash ?? {},
    latency: new Latency(options.latency),
    faults,
    processFaults: options.processFaults ?? {},
    childMains: options.childMains ?? new Map(),
    wall,
    timerLateness: options.timerLateness ?? 1,
    lateTimers: options.lateTimers,
    immediateWriteChance: options.immediateWriteChance ?? 0.05,
    orphanMs: options.orphanMs ?? 5000,
  });
  return {
    seed: String(options.seed),
    streams,
    choices,
    trace,
    scheduler,
    machine,
    wall,
    run: (limits) => scheduler.run(limits),
  };
}
