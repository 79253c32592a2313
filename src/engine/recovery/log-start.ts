/** Where logging goes on: in the increment that the last run wrote to, or in the first one of a new log. */
import { emptyManifest, type Manifest } from '../../aof/index.ts';
import type { Engine } from '../engine.ts';
import { makeDirectory, syncDirectory } from '../io.ts';
import { loadDump } from './load-dump.ts';
import { annotationFor } from '../journal/manifest-store.ts';
import { putAside } from './quarantine.ts';
import { saveFile, saveRequest } from '../saving/save-file.ts';

/**
 * Goes on in the last increment, or in a first one where there is none.
 * @param needsManifest what the manifest says is to be brought up to date whatever else
 */
export async function openLastIncrement(engine: Engine, needsManifest: boolean): Promise<void> {
  const { host, names, rewriter, journal, settings } = engine;
  rewriter.numberFrom(await host.disk.readdir(names.appendDir));
  const { current } = rewriter.store;
  const annotation = annotationFor(settings, current.annotation, journal.batches.key);
  const last = current.increments.at(-1);
  if (last !== undefined) {
    const path = names.inAppendDir(last.name);
    const file = await host.disk.open(path, { write: true, append: true });
    const { sizeBytes } = await host.disk.stat(path);
    rewriter.earlierBytes -= sizeBytes;
    journal.open(file, last.name, sizeBytes);
    const isAsBefore =
      annotation?.key === current.annotation?.key && annotation?.isPaused === current.annotation?.isPaused;
    if (isAsBefore && !needsManifest) return;
    // All of it is durable by now, and what follows is written in another way than some of what is there.
    const known = { ...last, bytes: sizeBytes };
    await rewriter.store.replace({
      ...current,
      annotation,
      increments: [...current.increments.slice(0, -1), known],
    });
    return;
  }
  const increment = rewriter.nextIncrement();
  const file = await host.disk.open(names.inAppendDir(increment.name), {
    write: true,
    create: true,
    exclusive: true,
    append: true,
  });
  await syncDirectory(host.disk, names.appendDir);
  const next: Manifest = { ...current, annotation, increments: [increment] };
  await rewriter.store.replace(next);
  journal.open(file, increment.name, 0);
}

/** No log yet: START of A.8. A dump that is there becomes its base, so that turning the log on loses nothing. */
export async function beginLog(engine: Engine): Promise<void> {
  const { host, names, rewriter, keyspace, settings, log, recovery } = engine;
  if (await loadDump(engine)) {
    recovery.hadFiles = true;
    log('notice', `No append-only file yet: ${settings.dbfilename} becomes its base`);
  }
  await makeDirectory(host.disk, names.appendDir, names.dir);
  const before = await host.disk.readdir(names.appendDir);
  rewriter.numberFrom(before);
  await putLogAside(engine, before);
  const request = saveRequest(engine, 'base');
  const base = rewriter.nextBase(request.format);
  const image = keyspace.freeze();
  try {
    await saveFile(host, image.open(), request);
  } finally {
    image.release();
  }
  log('notice', `Creating AOF base file ${base.name} on server start`);
  await host.disk.rename(request.path, names.inAppendDir(base.name));
  const { sizeBytes } = await host.disk.stat(names.inAppendDir(base.name));
  rewriter.baseBytes = rewriter.earlierBytes = sizeBytes;
  const { batches } = request;
  const known = { bytes: sizeBytes, ...(batches === undefined ? {} : { lastBatch: batches.last }) };
  rewriter.store.current = { ...emptyManifest, base: { ...base, ...known } };
  await openLastIncrement(engine, true);
}

/** Files of a log that no manifest names, or that is given up: nobody knows what they are worth. The manifest goes first. */
async function putLogAside(engine: Engine, found: readonly string[]): Promise<void> {
  const { host, names, recovery } = engine;
  const files = found.filter((name) => names.isLogFile(name)).sort();
  if (found.includes(names.manifestName)) {
    recovery.quarantined.push(await putAside(engine, names.appendDir, names.manifestName));
    await syncDirectory(host.disk, names.appendDir);
  }
  for (const name of files) recovery.quarantined.push(await putAside(engine, names.appendDir, name));
  if (files.length > 0) await syncDirectory(host.disk, names.appendDir);
}
