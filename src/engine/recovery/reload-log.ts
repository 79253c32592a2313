/**
 * DEBUG LOADAOF: everything is logged and synced, forgotten, and read from the log again, to see whether it comes back.
 *
 * Nobody is served meanwhile, but for what a server that loads answers, and nothing is begun that writes files; a rewrite
 * that runs is waited for. The log is read twice, first into a keyspace aside: what cannot be read changes nothing. If the
 * second reading fails all the same (a disk that breaks just then), the process ends, as Redis does at once: half a dataset
 * is nobody's, and the log is as it was.
 */
import type { ReadManifest } from '../../aof/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { Execution } from '../execution.ts';
import { messageOf } from '../io.ts';
import { newKeyspace } from '../new-keyspace.ts';
import { Libraries } from '../scripts/libraries.ts';
import { newStats } from '../stats.ts';
import { loadIncrement, loadRdb } from './load-file.ts';
import type { LoadTarget } from './load-target.ts';
import { LogApplier } from './log-applier.ts';
import { readManifest } from './read-manifest.ts';
import { annotationsFor } from './recover-log.ts';

/** @throws LightsoutError CORRUPT, CONFIG where the log is off; DiskError; nothing was changed then */
export async function reloadLog(engine: Engine): Promise<void> {
  const { host, names, journal, rewriter, watchers, blocking, log } = engine;
  while (rewriter.isRunning) await rewriter.ended;
  if (engine.isLoading || engine.isShuttingDown)
    throw new LightsoutError('CONFIG', 'it is being loaded already, or the server shuts down');
  if (!journal.isOpen)
    throw new LightsoutError(
      'CONFIG',
      'there is none: set appendonly to yes, and wait for the first rewrite',
    );
  engine.isLoading = true;
  try {
    await journal.drain();
    const manifest = await readManifest(host.disk, names);
    await tryLog(engine, manifest);
    const { dirty } = engine;
    watchers.going(undefined);
    engine.forgetEverything();
    try {
      await readLog(engine, engine, manifest);
    } catch (error) {
      log('warning', `Error loading the append only file, exiting: ${messageOf(error)}`);
      await host.process.exit(1);
    }
    engine.dirty = dirty;
    log('warning', 'Append Only File loaded by DEBUG LOADAOF');
  } finally {
    engine.isLoading = false;
  }
  // What clients wait for may have come and gone on the way.
  engine.beginTurn();
  blocking.serve();
}

/** Reads the log into a keyspace of its own. */
async function tryLog(engine: Engine, manifest: ReadManifest): Promise<void> {
  const { host, settings, tuning, execution, scripts } = engine;
  const keyspace = newKeyspace(host.process, settings, tuning);
  const nobody = { changed: () => undefined, going: () => undefined, swapped: () => undefined };
  const aside: LoadTarget = {
    host,
    settings,
    tuning,
    log: () => undefined,
    keyspace,
    execution: new Execution(keyspace, execution.limits, execution.reply, () => 0, nobody),
    libraries: new Libraries(scripts),
    stats: newStats(),
  };
  try {
    await readLog(engine, aside, manifest);
  } finally {
    aside.libraries.flush();
  }
}

async function readLog({ names }: Engine, into: LoadTarget, manifest: ReadManifest): Promise<void> {
  const { base, increments } = manifest;
  let lastBatch = base?.lastBatch;
  for (const file of base === undefined ? increments : [base, ...increments]) {
    const path = names.inAppendDir(file.name);
    if (file === base && file.name.endsWith('.rdb')) {
      const facts = await loadRdb(into, path, { dropExpired: false });
      lastBatch = facts.lastBatch ?? lastBatch;
      continue;
    }
    const replayed = await loadIncrement(into, path, new LogApplier(into, file.name), {
      annotations: annotationsFor(manifest, file === base ? undefined : lastBatch),
      uncheckedBytes: file.uncheckedBytes ?? 0,
      durableBytes: file.bytes ?? 0,
    });
    const { damage } = replayed;
    // All of it has just been written and synced: nothing at its end is torn.
    if (damage !== undefined)
      throw new LightsoutError('CORRUPT', `${path}: ${damage.what}, at offset ${damage.offset}`);
    if (file !== base) lastBatch = replayed.lastBatch ?? lastBatch;
  }
}
