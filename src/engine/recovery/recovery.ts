/**
 * Recovery: from what lies in the directory to a keyspace that may be served.
 *
 * First everything is read and judged; a file that is damaged refuses the start with nothing on the disk modified. Then
 * what was accepted is made durable (after a kill it may be in the page cache only, and the first reply will depend on
 * it), a torn tail is put aside, cut, and the cut synced, and only then is the last increment opened for more. What it did
 * stands in `engine.recovery`.
 */
import type { ManifestFile, ReadManifest } from '../../aof/index.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Engine } from '../engine.ts';
import { findManifest } from './find-log.ts';
import { syncDirectory, syncPath } from '../io.ts';
import { loadDump } from './load-dump.ts';
import { beginLog, openLastIncrement } from './log-start.ts';
import { loadLog, type LoadedFile, refuseUnnamedIncrements } from './recover-log.ts';
import { settle } from './repair.ts';

/** @throws LightsoutError CORRUPT; DiskError */
export async function recover(engine: Engine): Promise<void> {
  const startedMonoMs = engine.host.clock.monoMs();
  const { batches } = engine.journal;
  for (const byte of engine.host.process.entropy(4)) batches.key = ((batches.key << 8) | byte) >>> 0;
  if (engine.settings.appendonly) await recoverLog(engine);
  else await recoverDump(engine);
  await collectGarbage(engine);
  engine.dirty = 0;
  const seconds = (engine.host.clock.monoMs() - startedMonoMs) / 1000;
  engine.log(
    'notice',
    `DB loaded in ${seconds.toFixed(3)} seconds: ${engine.stats.loadedKeys} keys, ${engine.stats.loadedExpiredKeys} expired ones left out`,
  );
  const { outcome } = engine.recovery;
  const isQuiet = outcome === 'empty' || outcome === 'whole';
  engine.log(isQuiet ? 'notice' : 'warning', engine.recovery.paragraph(engine.settings));
}

async function recoverDump(engine: Engine): Promise<void> {
  const { host, names } = engine;
  if (!(await loadDump(engine))) return;
  engine.recovery.hadFiles = true;
  await syncPath(host.disk, names.dump);
  await syncDirectory(host.disk, names.dir);
}

/** The manifest with what was learnt of its files. */
function withFacts(manifest: ReadManifest, files: readonly LoadedFile[]): ReadManifest {
  const learnt = new Map(files.map(({ file }) => [file.name, file]));
  const about = (file: ManifestFile): ManifestFile => learnt.get(file.name) ?? file;
  const { base, increments } = manifest;
  return { ...manifest, base: base && about(base), increments: increments.map(about) };
}

async function recoverLog(engine: Engine): Promise<void> {
  const { rewriter, recovery, journal } = engine;
  const manifest = await findManifest(engine);
  if (manifest === undefined) {
    await refuseUnnamedIncrements(engine, undefined);
    await beginLog(engine);
    return;
  }
  recovery.hadFiles = true;
  rewriter.store.current = manifest;
  if (manifest.annotation !== undefined) journal.batches.key = manifest.annotation.key;
  const loaded = await loadLog(engine, manifest);
  await refuseUnnamedIncrements(engine, manifest);
  if (loaded === undefined) {
    await beginLog(engine);
    return;
  }
  recovery.isManifestWhole = manifest.isSealed && recovery.losses.length === 0;
  rewriter.store.current = withFacts(manifest, loaded.files);
  await settle(engine, loaded);
  await openLastIncrement(engine, loaded.needsManifest || manifest.isSealed !== engine.settings.aofChecksum);
}
