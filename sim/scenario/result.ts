/** What a run gives back: plain data, so that it can cross threads and be written as JSON. */
import type { AppendFsync, Bounds, CrashKind, Persistence } from '../oracle/bounds.ts';
import type { Violation } from '../oracle/violation.ts';
import type { Milestones } from '../world/index.ts';
import type { Edit } from './schema.ts';

/** What became of what was pending at a crash. */
export interface PendingTally {
  readonly total: number;
  readonly kept: number;
  readonly lost: number;
  readonly torn: number;
}

/** One crash inside a recovery. */
export interface RecoveryCrashStory {
  readonly kind: CrashKind;
  readonly atMs: number;
  readonly operation: number;
}

/** One life, as it is told to people. Times are milliseconds of virtual time since the beginning. */
export interface GenerationStory {
  readonly generation: number;
  readonly startedAtMs: number;
  /** What was changed in the configuration before it. */
  readonly edit: Edit | undefined;
  readonly persistence: Persistence;
  readonly appendfsync: AppendFsync;
  readonly crashesInRecovery: readonly RecoveryCrashStory[];
  readonly servedAtMs: number;
  /** Index of the state that it began with. */
  readonly base: number;
  readonly commands: number;
  readonly clients: number;
  readonly units: number;
  readonly saves: number;
  readonly rewrites: number;
  readonly crash:
    | {
        readonly kind: CrashKind;
        readonly atMs: number;
        /** In words: 'inside a sync', 'right after a reply' … */
        readonly moment: string;
        readonly pending: PendingTally;
        readonly bounds: Bounds;
        /** Crash states of the same disk judged beside the one that the run went on with. */
        readonly otherStates: number;
        readonly distinctStates: number;
        /** The shortest prefix that any of them gave. */
        readonly worstK: number;
      }
    | undefined;
  /** Index of the state that the recovery after the crash gave; undefined when it gave none. */
  readonly recovered: number | undefined;
  readonly recoveredAtMs: number | undefined;
  /** When the oldest unit that was lost had been executed; undefined when none was. */
  readonly lostSinceMs: number | undefined;
  /** What the engine said about its recovery, when it cut or kept back something. */
  readonly remarks: readonly string[];
}

export interface RunResult {
  readonly seed: string;
  readonly verdict: 'pass' | 'fail';
  /** 16 hexadecimal digits: the same for the same scenario at the same commit. */
  readonly trace: string;
  readonly profile: string;
  readonly persistence: Persistence;
  readonly appendfsync: AppendFsync;
  readonly commands: number;
  readonly crashes: number;
  readonly crashesWithUnsyncedData: number;
  readonly crashStates: number;
  readonly distinctCrashStates: number;
  readonly events: number;
  readonly simMs: number;
  readonly violations: readonly Violation[];
  readonly situations: Readonly<Record<string, number>>;
  /** U - L at each judged crash state. */
  readonly slack: readonly number[];
  /** k - L at each of them: how much more than it had to the recovery gave. */
  readonly kept: readonly number[];
  readonly story: readonly GenerationStory[];
  readonly startWallMs: number;
  /** Choices of the world: present when the run failed. */
  readonly choices: Readonly<Record<string, number>> | undefined;
  /** Of the trace: present when the run failed. */
  readonly milestones: Milestones | undefined;
  /** The simulator itself is at fault: what went wrong, with the stack. */
  readonly fault: string | undefined;
}
