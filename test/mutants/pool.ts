/**
 * Threads for the hunt, with a watchdog: a mutant may well loop for ever without giving up its thread, and that is a death
 * like another (WATCHDOG).
 */
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { Hunt } from '../../sim/mutants/hunt.ts';
import type { Job } from './worker.ts';

/** Far longer than any range takes. */
const patienceMs = 120_000;

export interface Hunters {
  send(job: Job): Promise<Hunt>;
  close(): Promise<void>;
}

export function hunters(threads: number): Hunters {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('worker.mjs', import.meta.url)),
    name: 'run',
    runtime: 'worker_threads',
    minThreads: threads,
    maxThreads: threads,
  });
  // A job is handed over when a thread is free for it, so that its watchdog begins when it does.
  let free = threads;
  const waiting: (() => void)[] = [];
  return {
    async send(job) {
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free--;
      try {
        return await watched(pool, job);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
    close: () => pool.destroy(),
  };
}

async function watched(pool: Tinypool, job: Job): Promise<Hunt> {
  try {
    return (await pool.run(job, { signal: AbortSignal.timeout(patienceMs) })) as Hunt;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    const violation = {
      property: 'WATCHDOG',
      message: `not over after ${patienceMs / 1000} s`,
      generation: 0,
      simMs: 0,
    } as const;
    return { range: job.range, seeds: Number.NaN, kill: { seed: Number.NaN, violation } };
  }
}
