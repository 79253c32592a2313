/**
 * The thread under a child: how a worker is started so that it can run the child entry.
 *
 * Two ways to the same entry. A built one (`.js`) is started as it is. A source (`.ts`) cannot be: a worker does not
 * take over the loader that tsx gave its parent, so a small bootstrap in plain JavaScript registers tsx first.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';

/** Starts a worker that loads `entry` and then waits for its order. @throws what Node throws when there is no thread to be had */
export function startWorker(entry: URL): Worker {
  const typescript = entry.pathname.endsWith('.ts');
  const start = typescript ? new URL('./child-bootstrap.mjs', import.meta.url) : entry;
  return new Worker(start, {
    name: 'lightsout-child',
    workerData: { entry: entry.href },
    // Preloads of the parent (tsx, tracers) are its own; running them again would slow the start.
    execArgv: [],
    env: SHARE_ENV,
    // Descriptors that a killed child leaves open are closed with its thread, as with any process.
    trackUnmanagedFds: true,
  });
}
