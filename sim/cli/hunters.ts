/**
 * Threads for the hunt, with a watchdog: a mutant may well loop for ever without giving up its thread, and that is a death
 * like another (WATCHDOG).
 */
import { Tinypool } from 'tinypool';
import type { Chase } from '../mutants/matrix.ts';
import type { ChaseOrder } from './hunter.ts';
import { bundle, workerFlags } from './bundle.ts';

/** What a chase may take beyond its budget: the last seed, the clean engine beside it, and the making of the mutant. */
const PATIENCE_MS = 60_000;

/** A chase that is not begun any more. */
export class StoppedError extends Error {
  constructor() {
    super('the hunt was stopped');
    this.name = 'StoppedError';
  }
}

export interface Hunters {
  /** @throws StoppedError where it had not begun when `stop` was called */
  send(order: ChaseOrder): Promise<Chase>;
  /** What is under way goes on, and nothing new begins. */
  stop(): void;
  close(): Promise<void>;
}

export function hunters(threads: number): Hunters {
  const pool = bundle('hunter').then(
    (filename) =>
      new Tinypool({
        filename,
        execArgv: [...workerFlags],
        name: 'chase',
        runtime: 'worker_threads',
        minThreads: threads,
        maxThreads: threads,
      }),
  );
  // Heard of by whoever sends something.
  pool.catch(() => {});
  // A chase is handed over when a thread is free for it, so that its watchdog begins when it does.
  let free = threads;
  const waiting: (() => void)[] = [];
  let isStopped = false;
  return {
    async send(order) {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free--;
      try {
        if (isStopped) throw new StoppedError();
        return await watched(await pool, order);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
    stop: () => {
      isStopped = true;
    },
    close: async () => {
      await (await pool).destroy();
    },
  };
}

async function watched(pool: Tinypool, order: ChaseOrder): Promise<Chase> {
  // The budget is of a core, which others may share.
  const patienceMs = 5 * order.budgetMs + PATIENCE_MS;
  try {
    return (await pool.run(order, { signal: AbortSignal.timeout(patienceMs) })) as Chase;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    const message = `not over after ${patienceMs / 1000} s`;
    const violation = { property: 'WATCHDOG', message, generation: 0, simMs: 0 } as const;
    const { firstSeed } = order;
    return { firstSeed, seeds: Number.NaN, spentMs: patienceMs, kill: { seed: 'unknown', violation } };
  }
}
