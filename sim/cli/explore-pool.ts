/** Explores workloads on worker threads and gives what came of them in their order, whatever the number of workers. */
import { Tinypool } from 'tinypool';
import { exploreTask } from './explore-task.ts';
import type { Explored, ExploreTask } from './explore-task.ts';
import { bundle, workerFlags } from './bundle.ts';

/**
 * Takes a workload from `tasks` when a worker is free for it, so that whoever makes them can stop. One worker alone is this
 * thread: another one would have to load everything first.
 */
export async function* exploreAll(tasks: Iterable<ExploreTask>, jobs: number): AsyncGenerator<Explored> {
  if (jobs === 1) {
    for (const task of tasks) yield await exploreTask(task);
    return;
  }
  const pool = new Tinypool({
    filename: await bundle('explore-task'),
    execArgv: [...workerFlags],
    name: 'exploreTask',
    minThreads: jobs,
    maxThreads: jobs,
    idleTimeout: 60_000,
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  const source = tasks[Symbol.iterator]();
  const underWay: Promise<Explored>[] = [];
  const begin = (): void => {
    const next = source.next();
    if (next.done === true) return;
    const result = pool.run(next.value) as Promise<Explored>;
    // Heard of when its turn comes.
    result.catch(() => {});
    underWay.push(result);
    result.then(begin, () => {});
  };
  try {
    for (let i = 0; i < jobs; i++) begin();
    for (;;) {
      const result = underWay.shift();
      if (result === undefined) return;
      yield await result;
    }
  } finally {
    await pool.destroy();
  }
}
