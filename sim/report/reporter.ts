/**
 * A reporter: one small file behind one interface. It is told of every seed in the order of the seeds, and of the end.
 *
 * May import: sim/scenario, sim/oracle and sim/world (types and words).
 */
import type { Bucket } from './histogram.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Divergence } from '../world/index.ts';

/** The same scenario run once more, which has to give the same trace. */
export interface SecondRun {
  readonly trace: string;
  /** The first event that is another, where the traces differ. */
  readonly divergence: Divergence | undefined;
}

/** A run's result with what only the process outside knows. */
export interface SeedReport {
  readonly result: RunResult;
  readonly wallMs: number;
  /** Where --doublecheck made one. */
  readonly second: SecondRun | undefined;
  /** Where the scenario was written, when it failed and --output was given. */
  readonly file: string | undefined;
}

/** True where two runs of the scenario were not the same: nondeterminism. */
export function isDiverged({ result, second }: Pick<SeedReport, 'result' | 'second'>): boolean {
  return second !== undefined && second.trace !== result.trace;
}

export interface Summary {
  readonly seeds: number;
  readonly failed: number;
  readonly faults: number;
  readonly diverged: number;
  readonly crashes: number;
  readonly crashesWithUnsyncedData: number;
  readonly crashStates: number;
  readonly distinctCrashStates: number;
  readonly commands: number;
  readonly events: number;
  readonly simMs: number;
  readonly wallMs: number;
  readonly situations: Readonly<Record<string, number>>;
  /** Situations of the must-hit list that never came about. */
  readonly missed: readonly string[];
  /** True when missing one is a violation: a sweep of 2,000 unfiltered seeds or more. */
  readonly coverageCounts: boolean;
  /** U - L: how many judged crash states had room between must and may, and how much in the middle of them. */
  readonly slack: {
    readonly judged: number;
    readonly none: number;
    readonly median: number;
    /** How often each U - L, ascending. */
    readonly counts: readonly (readonly [slack: number, times: number])[];
  };
  /** How U - L and k - L were spread over the judged crash states. */
  readonly histograms: { readonly room: readonly Bucket[]; readonly kept: readonly Bucket[] };
  readonly interrupted: boolean;
}

/** What is about to be run. */
export interface Plan {
  /** How many seeds; undefined when only a budget ends it. */
  readonly seeds: number | undefined;
  /** True for one seed, or a replay: told as a story. */
  readonly single: boolean;
  /** Options that pin the choice of scenarios, as they are typed: what reproduces a seed. */
  readonly pinned: string;
}

export interface Reporter {
  begin(plan: Plan): void;
  seed(report: SeedReport): void;
  end(summary: Summary): void;
}

/** Which sweep the results are of: what shards must agree on before they are merged. */
export interface Provenance {
  /** A hash of the sources of engine and simulator: another one, other traces. */
  readonly source: string;
  readonly pinned: string;
  /** True where the scenarios were chosen by more than their seeds: COVERAGE is not judged then. */
  readonly filtered: boolean;
  /** I/N as --shard has it. */
  readonly shard: string;
}

/** Writes text without a line's end. */
export type Write = (text: string) => void;
