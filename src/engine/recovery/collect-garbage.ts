/**
 * What a start removes: what no manifest names, once the manifest has been read, judged and found to name files that are
 * all there.
 *
 * Temporaries of any incarnation, Redis's too: nobody can finish them any more. History that the last run did not come to
 * remove. Bases and increments that the manifest does not name: a rewrite that died between two of its steps left them.
 * They are removed only where the manifest carries its seal; where it has none, or had to be repaired, it may have lost the
 * lines that named them, and they are put aside.
 */
import type { Engine } from '../engine.ts';
import { isDiskError, messageOf, namesIn, sizeOf, syncDirectory, unlinkIfThere } from '../io.ts';
import { putAside } from './quarantine.ts';

/** What fails here is left for the next start. */
export async function collectGarbage(engine: Engine): Promise<void> {
  const { host, names, rewriter, settings, log } = engine;
  try {
    if (settings.appendonly) {
      await rewriter.store.dropHistory(() => false);
      await collectUnnamed(engine);
    }
    for (const directory of [names.dir, names.appendDir]) {
      const temporaries = (await namesIn(host.disk, directory)).filter((name) => names.isTemporary(name));
      for (const name of temporaries.sort()) await unlinkIfThere(host.disk, `${directory}/${name}`);
    }
  } catch (error) {
    if (!isDiskError(error)) throw error;
    log('warning', `cannot remove what earlier runs left in ${names.dir}: ${messageOf(error)}`);
  }
}

async function collectUnnamed(engine: Engine): Promise<void> {
  const { host, names, rewriter, recovery, log } = engine;
  const { base, history, increments } = rewriter.store.current;
  const named = new Set([base, ...history, ...increments].map((file) => file?.name));
  const found = (await host.disk.readdir(names.appendDir)).filter(
    (name) => names.isLogFile(name) && !named.has(name),
  );
  for (const name of found.sort()) {
    const isEmpty = (await sizeOf(host.disk, names.inAppendDir(name))) === 0;
    if (isEmpty || recovery.isManifestWhole) {
      log('notice', `Removing ${name}, which the manifest does not name`);
      await unlinkIfThere(host.disk, names.inAppendDir(name));
    } else {
      recovery.quarantined.push(await putAside(engine, names.appendDir, name));
    }
  }
  if (found.length > 0) await syncDirectory(host.disk, names.appendDir);
}
