/**
 * Runs jobs on worker threads and gives their results in the order of the jobs, whatever the number of workers.
 *
 * Jobs go out in batches, since a message costs as much as a scenario. A watchdog outside the workers ends one that has
 * been at the same scenario for too long, which only a synchronous loop can bring about: that scenario has failed, the rest
 * of the batch goes to another worker.
 */
import { MessageChannel } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import type { SecondRun } from '../report/reporter.ts';
import type { Filters } from '../scenario/configuration.ts';
import { generateScenario } from '../scenario/generate.ts';
import type { RunResult } from '../scenario/result.ts';
import type { Job, Message, Task } from './task.ts';
import { bundle, workerFlags } from './bundle.ts';

/** Real time that one scenario may take. They take milliseconds. */
const WATCHDOG_MS = 30_000;
const BATCH = 16;

export interface Finished {
  readonly job: Job;
  readonly result: RunResult;
  readonly wallMs: number;
  readonly second: SecondRun | undefined;
}

export interface PoolOptions {
  readonly jobs: number;
  readonly filters: Filters;
  readonly doublecheck: boolean;
  readonly narrate: boolean;
  /** The engine has this bug of the catalogue. Default: none. */
  readonly mutant?: string | undefined;
  /** Real time that one scenario may take. Default 30 s. */
  readonly watchdogMs?: number;
}

interface Batch {
  readonly jobs: readonly Job[];
  readonly results: (Finished | undefined)[];
  /** Resolves when the result of that index is there. */
  readonly arrivals: PromiseWithResolvers<void>[];
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Runs `jobs` and yields each result in order. Stops beginning new ones when the consumer stops asking. */
export async function* runJobs(jobs: Iterable<Job>, options: PoolOptions): AsyncGenerator<Finished> {
  const pool = new Tinypool({
    filename: await bundle('worker'),
    execArgv: [...workerFlags],
    name: 'work',
    minThreads: options.jobs,
    maxThreads: options.jobs,
    idleTimeout: 60_000,
    // Scenarios leave much that dies young.
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  const source = batches(jobs, options.jobs);
  const underWay: Batch[] = [];
  const refill = (): void => {
    while (underWay.length < options.jobs * 2) {
      const next = source.next();
      if (next.done === true) return;
      underWay.push(next.value);
      void runBatch(pool, next.value, 0, options);
    }
  };
  try {
    refill();
    for (;;) {
      const batch = underWay.shift();
      if (batch === undefined) return;
      for (const [index, arrival] of batch.arrivals.entries()) {
        await arrival.promise;
        yield batch.results[index]!;
      }
      refill();
    }
  } finally {
    await pool.destroy();
  }
}

/** The first batches are small, so that results come soon and short runs use every worker. */
function* batches(jobs: Iterable<Job>, workers: number): Generator<Batch> {
  let size = 1;
  let made = 0;
  let pending: Job[] = [];
  for (const job of jobs) {
    pending.push(job);
    if (pending.length < size) continue;
    yield batchOf(pending);
    pending = [];
    if (++made % workers === 0 && size < BATCH) size *= 2;
  }
  if (pending.length > 0) yield batchOf(pending);
}

function batchOf(jobs: readonly Job[]): Batch {
  return { jobs, results: jobs.map(() => undefined), arrivals: jobs.map(() => withResolvers()) };
}

function withResolvers(): PromiseWithResolvers<void> {
  let resolve!: (value: void) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** Runs a batch from an index on. */
async function runBatch(pool: Tinypool, batch: Batch, from: number, options: PoolOptions): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const abort = new AbortController();
  const watchdogMs = options.watchdogMs ?? WATCHDOG_MS;
  let current = -1;
  let timer: NodeJS.Timeout | undefined;
  const finish = (index: number, finished: Omit<Finished, 'job'>): void => {
    batch.results[index] = { job: batch.jobs[index]!, ...finished };
    batch.arrivals[index]!.resolve();
  };
  port1.on('message', (message: Message) => {
    const index = from + message.index;
    clearTimeout(timer);
    if (message.kind === 'begin') {
      current = index;
      timer = setTimeout(() => abort.abort(), watchdogMs);
    } else {
      finish(index, message);
    }
  });
  const closed = new Promise<void>((resolve) => port1.once('close', () => resolve()));
  const task: Task = {
    jobs: batch.jobs.slice(from),
    filters: options.filters,
    doublecheck: options.doublecheck,
    narrate: options.narrate,
    mutant: options.mutant,
    port: port2,
  };
  try {
    await pool.run(task, { signal: abort.signal, transferList: [port2] });
    await closed;
  } catch (error) {
    clearTimeout(timer);
    port1.close();
    if (abort.signal.aborted && current >= 0) {
      finish(current, {
        result: unended(batch.jobs[current]!, options.filters, watchdogMs),
        wallMs: watchdogMs,
        second: undefined,
      });
      if (current + 1 < batch.jobs.length) await runBatch(pool, batch, current + 1, options);
      return;
    }
    for (const [index, arrival] of batch.arrivals.entries())
      if (batch.results[index] === undefined) arrival.reject(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The result of a run that the watchdog had to end. */
function unended(job: Job, filters: Filters, watchdogMs: number): RunResult {
  const scenario = 'scenario' in job ? job.scenario : generateScenario(job.seed, filters);
  const { seed, profile, persistence, appendfsync, startWallMs } = scenario;
  return {
    seed,
    verdict: 'fail',
    trace: '',
    profile,
    persistence,
    appendfsync,
    commands: 0,
    crashes: 0,
    crashesWithUnsyncedData: 0,
    crashStates: 0,
    distinctCrashStates: 0,
    events: 0,
    simMs: 0,
    violations: [
      {
        property: 'WATCHDOG',
        message: `the run did not end within ${watchdogMs / 1000} s of real time: something loops without an event`,
        generation: 0,
        simMs: 0,
      },
    ],
    situations: {},
    slack: [],
    kept: [],
    story: [],
    startWallMs,
    choices: undefined,
    milestones: undefined,
    fault: undefined,
  };
}
