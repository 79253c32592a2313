/**
 * A scenario: everything that decides the course of one run, as plain JSON.
 *
 * Configuration, tuning, latencies, what the clients send and when, when the lights go out and how, and the choices that
 * were recorded. Running one is a pure function of it. What is not written here (how long each disk operation takes, which
 * pages a power loss takes) is drawn from named streams of `seed`, or, where it was a choice and stands in `choices`,
 * taken from there.
 */
import type { FaultPlan } from '../disk/index.ts';
import type { AppendFsync, CrashKind, Persistence } from '../oracle/bounds.ts';
import type { LateTimers, MemoryBudget } from '../world/index.ts';

export const SCENARIO_VERSION = 1;

export const persistences: readonly Persistence[] = ['none', 'rdb', 'aof', 'hybrid', 'rdb+aof', 'rdb+hybrid'];
export const appendfsyncs: readonly AppendFsync[] = ['always', 'everysec', 'no'];

/** An argument of a command: text of one byte a character, or a long value that is made from a length and a salt. */
export type Argument = string | { readonly lengthBytes: number; readonly salt: number };

export type Command = readonly Argument[];

/**
 * How the bytes of a step reach the engine: at once; cut in two at so many thousandths, the rest later; or held back
 * until the client's next step and sent together with it.
 */
export type Delivery =
  | { readonly how: 'whole' }
  | { readonly how: 'split'; readonly atPermille: number; readonly restAfterMs: number }
  | { readonly how: 'joined' };

/** What happens next. `afterMs` counts from the step before, whatever has been answered by then: clients do not wait. */
export type Step =
  /** One command of a client, numbered from 0. */
  | {
      readonly kind: 'command';
      readonly client: number;
      readonly afterMs: number;
      readonly command: Command;
      readonly delivery?: Delivery;
    }
  /** MULTI, the commands, EXEC. */
  | {
      readonly kind: 'unit';
      readonly client: number;
      readonly afterMs: number;
      readonly commands: readonly Command[];
      readonly delivery?: Delivery;
    }
  /** A command of the administrator, who waits for the answer to the last one first. */
  | { readonly kind: 'admin'; readonly afterMs: number; readonly command: readonly string[] }
  | { readonly kind: 'idle'; readonly ms: number }
  /** Somebody calls sync(2), or the system has written back all by itself: everything is durable. */
  | { readonly kind: 'sync'; readonly afterMs: number }
  | FaultStep;

/** What befalls the machine between two commands. */
export type FaultStep =
  /** The wall jumps, either way; with `overMs` it is slewed; with `atFork` it waits for the next fork and comes before the child has begun. */
  | {
      readonly kind: 'wall';
      readonly afterMs: number;
      readonly byMs: number;
      readonly overMs?: number;
      readonly atFork?: boolean;
    }
  /** The whole machine stands still. */
  | { readonly kind: 'pause'; readonly afterMs: number; readonly forMs: number }
  /** The server, or its child, is stopped (SIGSTOP), or has a turn that takes so long. Without a child the next one is. */
  | {
      readonly kind: 'stop';
      readonly afterMs: number;
      readonly who: 'server' | 'child';
      readonly forMs: number;
    }
  /** With `atFork` it waits for the next fork and comes right behind it. */
  | {
      readonly kind: 'signal';
      readonly afterMs: number;
      readonly signal: 'SIGTERM' | 'SIGINT';
      readonly atFork?: boolean;
    }
  /** Somebody starts a second server on the same directory. */
  | { readonly kind: 'second'; readonly afterMs: number }
  /** From now on the disk errs like that; an empty plan ends it. */
  | { readonly kind: 'disk'; readonly afterMs: number; readonly plan: DiskPlan }
  /** That many bytes are left on the disk; undefined: there is room again. */
  | { readonly kind: 'space'; readonly afterMs: number; readonly freeBytes?: number };

/** Chances of the disk's errors: see FaultPlan of sim/disk. */
export type DiskPlan = Pick<
  FaultPlan,
  | 'shortWriteChance'
  | 'writeErrorChance'
  | 'syncErrorChance'
  | 'dirSyncErrorChance'
  | 'renameErrorChance'
  | 'openErrorChance'
  | 'writeBackErrorChance'
  | 'diskFullChance'
  | 'diskFullMs'
  | 'slowSyncChance'
  | 'slowSyncMs'
>;

/** Faults that a run has from its beginning to its end, while the engine serves. */
export interface StandingFaults {
  readonly forkErrorChance?: number;
  /** A child is killed, ends with a code that is not 0, or the news of its end is late. */
  readonly childKillChance?: number;
  readonly childFailChance?: number;
  readonly childLateChance?: number;
  readonly memory?: MemoryBudget;
  readonly lateTimers?: LateTimers;
}

/** When the lights go out. What never comes about by the end of the steps gives way to `end`. Ordinals count from 1. */
export type Moment =
  /** That long after the last step. */
  | { readonly at: 'end'; readonly afterMs: number }
  /** That long after it was looked for. */
  | { readonly at: 'time'; readonly afterMs: number }
  /** At the n-th reply that reaches a client, before anything else happens. */
  | { readonly at: 'reply'; readonly ordinal: number }
  /** Inside the n-th write of the log: it may be applied in part. */
  | { readonly at: 'writing'; readonly ordinal: number }
  /** When the n-th write of the log has been accepted and is not synced. */
  | { readonly at: 'write'; readonly ordinal: number }
  /** Inside the n-th sync of a file, that share of its duration after its start. */
  | { readonly at: 'sync'; readonly ordinal: number; readonly permille: number }
  /** Between the n-th rename and the sync of its directory. */
  | { readonly at: 'rename'; readonly ordinal: number }
  /** When a child has done that many disk operations. */
  | { readonly at: 'child'; readonly operations: number }
  /** When the log has gone over to another increment, as a rewrite lets it, and so many replies have left since. */
  | { readonly at: 'switched'; readonly replies: number }
  /** When the n-th save or rewrite was reported as done. */
  | { readonly at: 'saved'; readonly ordinal: number }
  /** At the n-th reply to a client that had waited for a key: what served it is as fresh as can be. */
  | { readonly at: 'served'; readonly ordinal: number }
  /** After that many events of the whole run, counted from its beginning: what an exploration writes down. */
  | { readonly at: 'event'; readonly ordinal: number };

export interface CrashPlan {
  readonly kind: CrashKind;
  /** The moment is looked for once that many steps were taken, and its ordinal counts from there. */
  readonly armedAfterSteps: number;
  readonly when: Moment;
}

/** A crash inside the recovery that begins a generation: at the n-th disk operation of it, if there are that many. */
export interface RecoveryCrash {
  /** `term`: SIGTERM, which nobody handles before the engine serves. */
  readonly kind: CrashKind | 'term';
  readonly operation: number;
  /** Instead of the operation: after that many events of the run. */
  readonly event?: number;
}

/** What somebody has changed in the configuration file; what is left out stays as it was. */
export interface Edit {
  readonly persistence?: Persistence;
  readonly appendfsync?: AppendFsync;
  /** As in ScenarioSettings. */
  readonly aofChecksum?: boolean;
}

export interface Generation {
  /** The wall moves on, or jumps, before the engine is started: for so long the machine was down. */
  readonly wallJumpMs?: number;
  /** Before the engine is started; it holds for the lives after this one, too. */
  readonly edit?: Edit;
  /** How the disk errs while the engine starts for the first time. Where it refuses, it starts again on a disk that is good. */
  readonly badStart?: DiskPlan;
  readonly crashesInRecovery: readonly RecoveryCrash[];
  readonly steps: readonly Step[];
  readonly crash: CrashPlan;
}

export interface ScenarioSettings {
  readonly save: readonly { readonly seconds: number; readonly changes: number }[];
  readonly autoAofRewritePercentage: number;
  readonly autoAofRewriteMinSizeBytes: number;
  readonly rdbcompression: boolean;
  readonly activeExpire: boolean;
  readonly hz: number;
  readonly databases: number;
  /** False only where a disk loses nothing but ends (`losesEndsOnly` of its profile). */
  readonly aofChecksum: boolean;
  /** Only where the disk may lose what was durable: start all the same. Missing: refuse. */
  readonly recover?: 'accept-loss';
}

/** Sizes of the engine that scenarios take to their extremes; what is left out keeps its production default. */
export type ScenarioTuning = Readonly<Record<string, number>>;

export interface Scenario {
  readonly version: typeof SCENARIO_VERSION;
  readonly seed: string;
  readonly profile: string;
  readonly persistence: Persistence;
  readonly appendfsync: AppendFsync;
  readonly settings: ScenarioSettings;
  readonly tuning: ScenarioTuning;
  /** Name of a latency model of the world. */
  readonly latency: string;
  /** True when every unit also counts up the witness key. */
  readonly witness: boolean;
  /** Ordinary clients; the administrator and the judge come on top. */
  readonly clients: number;
  /** Unix time of the beginning. */
  readonly startWallMs: number;
  readonly generations: readonly Generation[];
  /** Crash states of each crash that are judged beside the one that the run goes on with. */
  readonly crashStates: number;
  readonly faults?: StandingFaults;
  /** Recorded choices of the world, by key. */
  readonly choices: Readonly<Record<string, number>>;
  /** What becomes of choices that `choices` lacks: drawn from the seed (by default), or always the kindest option. */
  readonly unrecorded?: 'kindest';
}

/** How many commands of clients a scenario holds, a unit counting as the commands in it. */
export function countCommands(scenario: Scenario): number {
  let count = 0;
  for (const { steps } of scenario.generations) {
    for (const step of steps) {
      if (step.kind === 'command' || step.kind === 'admin') count++;
      else if (step.kind === 'unit') count += step.commands.length;
    }
  }
  return count;
}

/** How long a sync may take beyond what is usual, in this scenario. */
export function slowestSyncMs({ generations }: Scenario): number {
  let most = 0;
  for (const { steps } of generations)
    for (const step of steps) if (step.kind === 'disk') most = Math.max(most, step.plan.slowSyncMs ?? 0);
  return most;
}

/** Which switches of the engine a persistence stands for. */
export function logOf(persistence: Persistence): {
  readonly appendonly: boolean;
  readonly preamble: boolean;
  readonly rdb: boolean;
} {
  return {
    appendonly: persistence !== 'none' && persistence !== 'rdb',
    preamble: persistence === 'hybrid' || persistence === 'rdb+hybrid',
    rdb: persistence === 'rdb' || persistence === 'rdb+aof' || persistence === 'rdb+hybrid',
  };
}
