/**
 * Making what was accepted durable: what is left out is put aside, torn ends are cut, every live file and both directories
 * are synced.
 *
 * What nobody knows to be on the disk is written over itself before the sync: an earlier process may have been told that a
 * sync failed, and a sync by the next one succeeds then without doing anything. Nor need anybody have been told: then the
 * first sync here is, and what nobody knows to be on the disk is written once more. A second error is this start's own, and
 * refuses it.
 *
 * The order is such that a crash anywhere leaves a log that is read the same way again: copies of what will be cut are
 * durable before the cut; a manifest that names fewer files is durable before those files get other names.
 */
import type { Manifest } from '../../aof/index.ts';
import type { File } from '../../ports/disk.ts';
import type { Engine } from '../engine.ts';
import { isDiskError, syncDirectory, syncFile, syncPath, touchBytes } from '../io.ts';
import { annotationFor } from '../journal/manifest-store.ts';
import { type CutTail, keepTail, putAside, readTail } from './quarantine.ts';
import type { LoadedFile, LoadedLog } from './recover-log.ts';

/** @throws DiskError */
export async function settle(engine: Engine, loaded: LoadedLog): Promise<void> {
  const { host, names, rewriter, log } = engine;
  const { manifest, files, dropped } = loaded;
  const cut = files.filter(({ validBytes, fileBytes }) => validBytes < fileBytes);
  for (const file of cut) await readTail(engine, tailOf(engine, file));
  if (manifest.damage !== undefined) await keepManifest(engine, manifest.damage);
  for (const file of cut) await keep(engine, file);
  if (dropped.length > 0) await rewriter.store.replace(without(engine, loaded));
  rewriter.earlierBytes = 0;
  const lastWritten = files.findLastIndex(({ fileBytes }) => fileBytes > 0);
  for (const [index, { file, fileBytes, validBytes, why, durableBytes }] of files.entries()) {
    const open = await host.disk.open(names.inAppendDir(file.name), { read: true, write: true });
    try {
      if (validBytes < fileBytes) {
        sayCut(engine, file.name, fileBytes, validBytes, why);
        await open.truncate(validBytes);
      }
      // What has a written increment behind it was synced to its end before that was written.
      const from = index >= lastWritten ? Math.min(durableBytes, validBytes) : validBytes;
      await touchBytes(open, from, validBytes);
      try {
        await syncFile(open);
      } catch (error) {
        if (!isDiskError(error) || error.code !== 'EIO') throw error;
        log('warning', `${error.message}: an earlier run may have left that; what it wrote is written again`);
        if (validBytes < fileBytes) await cutAgain(open, validBytes);
        await touchBytes(open, Math.min(durableBytes, validBytes), validBytes);
        await syncFile(open);
      }
    } finally {
      await open.close();
    }
    rewriter.earlierBytes += validBytes;
    if (file.name === manifest.base?.name) rewriter.baseBytes = validBytes;
  }
  for (const { name } of dropped) await putAsideIfThere(engine, name);
  await syncPath(host.disk, names.inAppendDir(names.manifestName));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
}

/** A cut that the disk may not have is no change any more to who looks at the cache: so the file grows, and is cut anew. */
async function cutAgain(file: File, sizeBytes: number): Promise<void> {
  await file.pwrite(new Uint8Array(1), sizeBytes);
  await file.truncate(sizeBytes);
}

function sayCut(
  { log }: Engine,
  name: string,
  fileBytes: number,
  validBytes: number,
  why: string | undefined,
): void {
  if (why?.includes('MULTI') === true)
    log('warning', `Revert incomplete MULTI/EXEC transaction in AOF file ${name}`);
  log('warning', `!!! Warning: short read while loading the AOF file ${name}!!! ${why ?? ''}`);
  log(
    'warning',
    `!!! Truncating the AOF ${name} at offset ${validBytes} !!! ${fileBytes - validBytes} bytes are cut`,
  );
  log('warning', `AOF ${name} loaded anyway because aof-load-truncated is enabled`);
}

/** The manifest without the files that are served no more. */
function without(engine: Engine, { manifest, files }: LoadedLog): Manifest {
  const { settings, journal } = engine;
  // Not yet synced, so no more than was known before.
  const known = files.map(({ file, validBytes }) => ({
    ...file,
    bytes: Math.min(file.bytes ?? 0, validBytes),
  }));
  return {
    ...manifest,
    annotation: annotationFor(settings, manifest.annotation, journal.batches.key),
    base: known.find(({ name }) => name === manifest.base?.name),
    increments: known.filter(({ name }) => name !== manifest.base?.name),
  };
}

function tailOf({ names }: Engine, { file, fileBytes, validBytes, why }: LoadedFile): CutTail {
  return { directory: names.appendDir, name: file.name, offset: validBytes, fileBytes, why: why ?? '' };
}

async function keep(engine: Engine, loaded: LoadedFile): Promise<void> {
  const { recovery } = engine;
  try {
    recovery.quarantined.push(await keepTail(engine, tailOf(engine, loaded)));
  } catch (error) {
    // A full disk is where torn tails come from, and the cut makes room. What was durable is never cut without a copy.
    if (!isDiskError(error) || error.code !== 'ENOSPC' || recovery.losses.length > 0) throw error;
    recovery.remarks.push(
      `The disk is full: no copy of what was cut from ${loaded.file.name} could be kept.`,
    );
  }
}

/** A manifest that is taken for what it still says is written anew soon: what it said is kept. */
async function keepManifest(engine: Engine, why: string): Promise<void> {
  const { host, names, recovery } = engine;
  const { sizeBytes } = await host.disk.stat(names.inAppendDir(names.manifestName));
  const { appendDir: directory, manifestName: name } = names;
  recovery.quarantined.push(
    await keepTail(engine, { directory, name, offset: 0, fileBytes: sizeBytes, why }),
  );
}

async function putAsideIfThere(engine: Engine, name: string): Promise<void> {
  try {
    engine.recovery.quarantined.push(await putAside(engine, engine.names.appendDir, name));
  } catch (error) {
    if (!(isDiskError(error) && error.code === 'ENOENT')) throw error;
  }
}
