/** What passes between the command line and its workers. */
import type { MessagePort } from 'node:worker_threads';
import type { SecondRun } from '../report/reporter.ts';
import type { Filters } from '../scenario/configuration.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Scenario } from '../scenario/schema.ts';

/** A scenario to run: made from a seed, or given. */
export type Job = { readonly seed: string } | { readonly scenario: Scenario };

export interface Task {
  readonly jobs: readonly Job[];
  readonly filters: Filters;
  readonly doublecheck: boolean;
  /** Tell it as a story: see RunOptions. */
  readonly narrate: boolean;
  /** Runs on the engine with this bug of the catalogue. */
  readonly mutant: string | undefined;
  readonly port: MessagePort;
}

/** Sent before each run, so that the watchdog outside knows which one does not end, and after it. */
export type Message =
  | { readonly kind: 'begin'; readonly index: number }
  | {
      readonly kind: 'end';
      readonly index: number;
      readonly result: RunResult;
      readonly wallMs: number;
      readonly second: SecondRun | undefined;
    };
