/**
 * Recovery: from what lies in the directory to a keyspace that may be served.
 *
 * First everything is read and judged; a file that is damaged refuses the start with nothing on the disk modified. Then
 * what was accepted is made durable (after a kill it may be in the page cache only, and the first reply will depend on
 * it), a torn tail is cut and the cut synced, and only then is the last increment opened for more.
 */
import { LightsoutError } from '../errors.ts';
import { batchHeaderBytes, parseBatchHeader } from '../aof/batch.ts';
import { aofNames, emptyManifest, type Manifest, type ManifestFile } from '../aof/index.ts';
import type { Disk } from '../ports/disk.ts';
import type { Engine } from './engine.ts';
import { Names } from './names.ts';
import { readManifest } from './read-manifest.ts';
import {
  isDiskError,
  makeDirectory,
  messageOf,
  sizeOf,
  syncDirectory,
  syncFile,
  syncPath,
  unlinkIfThere,
} from './io.ts';
import { annotated, isAnnotated } from './manifest-store.ts';
import { loadIncrement, loadRdb } from './load-file.ts';
import { LogApplier } from './log-applier.ts';
import type { ReplayResult } from './replay.ts';
import { saveFile, saveRequest } from './save-file.ts';

/** @throws LightsoutError CORRUPT; DiskError */
export async function recover(engine: Engine): Promise<void> {
  const startedMonoMs = engine.host.clock.monoMs();
  if (engine.settings.appendonly) await recoverLog(engine);
  else await recoverDump(engine);
  await collectGarbage(engine);
  engine.dirty = 0;
  const seconds = (engine.host.clock.monoMs() - startedMonoMs) / 1000;
  engine.log(
    'notice',
    `DB loaded in ${seconds.toFixed(3)} seconds: ${engine.stats.loadedKeys} keys, ${engine.stats.loadedExpiredKeys} expired ones left out`,
  );
}

async function recoverDump(engine: Engine): Promise<void> {
  const { host, names } = engine;
  if ((await sizeOf(host.disk, names.dump)) === undefined) return;
  await loadRdb(engine, names.dump, { dropExpired: true });
  await syncPath(host.disk, names.dump);
  await syncDirectory(host.disk, names.dir);
}

async function recoverLog(engine: Engine): Promise<void> {
  const { rewriter } = engine;
  const manifest = await findManifest(engine);
  if (manifest === undefined) {
    await refuseUnnamedIncrements(engine, emptyManifest);
    await beginLog(engine);
    return;
  }
  rewriter.store.current = manifest;
  const results = await loadLog(engine, manifest);
  await refuseUnnamedIncrements(engine, manifest);
  await settle(engine, manifest, results);
  await openLastIncrement(engine);
}

/** The manifest, or undefined where there is no log. A single-file log of Redis before 7 is moved to its place. */
async function findManifest(engine: Engine): Promise<Manifest | undefined> {
  const { host, names } = engine;
  const hasManifest = (await sizeOf(host.disk, names.inAppendDir(names.manifestName))) !== undefined;
  const manifest = hasManifest ? await readManifest(host.disk, names) : undefined;
  const singleBytes = await sizeOf(host.disk, names.singleLog);
  if (singleBytes === undefined) return manifest;
  const isHalfUpgraded =
    manifest !== undefined &&
    manifest.base?.name === engine.settings.appendfilename &&
    manifest.increments.length === 0 &&
    (await sizeOf(host.disk, names.inAppendDir(engine.settings.appendfilename))) === undefined;
  if (manifest !== undefined && !isHalfUpgraded) return manifest;
  return upgradeSingleLog(engine);
}

/** The order is such that the old name stays until the manifest names the new one. */
async function upgradeSingleLog(engine: Engine): Promise<Manifest> {
  const { host, names, settings, rewriter, log } = engine;
  // Judged before it is touched: a damaged log is refused where it lies.
  const judged = await loadIncrement(engine, names.singleLog, new LogApplier(engine), { isAnnotated: false });
  if (judged.torn !== undefined && !settings.aofLoadTruncated) throw unexpectedEnd(names.singleLog, judged);
  engine.keyspace.clear();
  engine.functions.length = 0;
  engine.stats.loadedKeys = engine.stats.loadedExpiredKeys = 0;
  await makeDirectory(host.disk, names.appendDir, names.dir);
  await syncPath(host.disk, names.singleLog);
  const manifest: Manifest = { ...emptyManifest, base: { name: settings.appendfilename, seq: 1 } };
  await rewriter.store.replace(manifest);
  await host.disk.rename(names.singleLog, names.inAppendDir(settings.appendfilename));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
  log(
    'notice',
    `Successfully migrated an old-style AOF file (${settings.appendfilename}) into the AOF directory (${settings.appenddirname}).`,
  );
  return manifest;
}

interface Loaded {
  readonly file: ManifestFile;
  readonly fileBytes: number;
  readonly result: ReplayResult | undefined;
}

/** Loads base and increments, in order. Changes nothing on the disk. */
async function loadLog(engine: Engine, manifest: Manifest): Promise<Loaded[]> {
  const { host, names, journal, settings, log } = engine;
  const files = manifest.base === undefined ? manifest.increments : [manifest.base, ...manifest.increments];
  const sizes: number[] = [];
  for (const { name } of files) sizes.push(await mustExist(engine, name));
  const loaded: Loaded[] = [];
  let lastBatch: number | undefined;
  for (const [i, file] of files.entries()) {
    const path = names.inAppendDir(file.name);
    const fileBytes = sizes[i]!;
    const startedMonoMs = host.clock.monoMs();
    const isBase = file === manifest.base;
    if (isBase && file.name.endsWith('.rdb')) {
      log('notice', 'Reading RDB base file on AOF loading...');
      if (fileBytes === 0)
        throw new LightsoutError('CORRUPT', `the base ${path} is empty, at offset 0; restore it from a copy`);
      await loadRdb(engine, path, { dropExpired: false });
      loaded.push({ file, fileBytes, result: undefined });
    } else {
      const result = await loadIncrement(engine, path, new LogApplier(engine), {
        isAnnotated: isAnnotated(manifest),
      });
      if (result.torn !== undefined) {
        const laterBytes = sizes.slice(i + 1).some((size) => size > 0);
        if (laterBytes || (isBase && manifest.increments.length > 0))
          throw new LightsoutError(
            'CORRUPT',
            `the append only file ${path} is damaged: ${result.torn}; it is not the last file of the log, so this is no torn tail`,
          );
        if (!settings.aofLoadTruncated) throw unexpectedEnd(path, result);
      }
      // Each switch syncs the old increment before it writes to the new one: what is missing between two was lost by damage.
      if (lastBatch !== undefined && result.firstBatch !== undefined && result.firstBatch !== lastBatch + 1) {
        throw new LightsoutError(
          'CORRUPT',
          `the append only file ${path} begins with batch ${result.firstBatch}, at offset 0, and the file before it ends with batch ${lastBatch}: what stood between them is lost; restore it from a copy`,
        );
      }
      lastBatch = result.lastBatch ?? lastBatch;
      if (lastBatch !== undefined) journal.batches.next = lastBatch + 1;
      loaded.push({ file, fileBytes, result });
    }
    const seconds = (host.clock.monoMs() - startedMonoMs) / 1000;
    log(
      'notice',
      `DB loaded from ${isBase ? 'base' : 'incr'} file ${file.name}: ${seconds.toFixed(3)} seconds`,
    );
  }
  return loaded;
}

function unexpectedEnd(path: string, { torn, validBytes }: ReplayResult): LightsoutError {
  return new LightsoutError(
    'CORRUPT',
    `Unexpected end of file reading the append only file ${path}: ${torn}; valid up to offset ${validBytes}; set aof-load-truncated yes to cut the rest`,
  );
}

/**
 * Refuses where an increment of ours lies behind the last one that the manifest names. A manifest that names an increment
 * is durable before the first byte of it is written, and its line goes after the file: so the manifest has lost lines, and
 * to go on without them would lose what they name.
 */
async function refuseUnnamedIncrements(engine: Engine, manifest: Manifest): Promise<void> {
  const { host, names, settings } = engine;
  const last = manifest.increments.at(-1)?.seq ?? 0;
  const history = new Set(manifest.history.map(({ name }) => name));
  for (const name of (await namesIn(host.disk, names.appendDir)).sort()) {
    const seq = Number(/\.(\d{1,15})\.incr\.aof$/.exec(name)?.[1] ?? 0);
    const isOurs = name === aofNames.increment(settings.appendfilename, seq);
    if (!isOurs || seq <= last || history.has(name)) continue;
    const path = names.inAppendDir(name);
    if (!(await beginsWithBatch(host.disk, path))) continue;
    throw new LightsoutError(
      'CORRUPT',
      `${path} holds a part of the log, and the manifest ${names.manifestName} does not name it: the manifest has lost lines; restore it from a copy, or move that file away to go on without it`,
    );
  }
}

/** Names in a directory that need not exist. */
async function namesIn(disk: Disk, path: string): Promise<string[]> {
  try {
    return await disk.readdir(path);
  } catch (error) {
    if (isDiskError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function beginsWithBatch(disk: Disk, path: string): Promise<boolean> {
  const file = await disk.open(path, { read: true });
  try {
    const start = new Uint8Array(batchHeaderBytes);
    let length = 0;
    for (let count = 1; count > 0 && length < start.length; length += count) {
      count = await file.read(start.subarray(length), length);
    }
    return parseBatchHeader(start, 0) !== undefined;
  } finally {
    await file.close();
  }
}

async function mustExist(engine: Engine, name: string): Promise<number> {
  const path = engine.names.inAppendDir(name);
  const size = await sizeOf(engine.host.disk, path);
  if (size !== undefined) return size;
  throw new LightsoutError(
    'CORRUPT',
    `Unable to obtain the AOF file ${name} length: ${path} does not exist, but the manifest names it; restore it from a copy`,
  );
}

/** Makes what was accepted durable: cuts torn tails, syncs every live file and both directories. */
async function settle(engine: Engine, manifest: Manifest, loaded: readonly Loaded[]): Promise<void> {
  const { host, names, log, rewriter } = engine;
  rewriter.earlierBytes = 0;
  for (const { file, fileBytes, result } of loaded) {
    const path = names.inAppendDir(file.name);
    const open = await host.disk.open(path, { read: true, write: true });
    try {
      if (result?.torn !== undefined && result.validBytes < fileBytes) {
        log('warning', `!!! Warning: short read while loading the AOF file ${file.name}!!! ${result.torn}`);
        log(
          'warning',
          `!!! Truncating the AOF ${file.name} at offset ${result.validBytes} !!! ${fileBytes - result.validBytes} bytes are cut`,
        );
        await open.truncate(result.validBytes);
        log('warning', `AOF ${file.name} loaded anyway because aof-load-truncated is enabled`);
      }
      await syncFile(open);
    } finally {
      await open.close();
    }
    rewriter.earlierBytes += result?.validBytes ?? fileBytes;
    if (file === manifest.base) rewriter.baseBytes = result?.validBytes ?? fileBytes;
  }
  await syncPath(host.disk, names.inAppendDir(names.manifestName));
  await syncDirectory(host.disk, names.appendDir);
  await syncDirectory(host.disk, names.dir);
}

/** Goes on in the last increment, or in a first one where there is none. */
async function openLastIncrement(engine: Engine): Promise<void> {
  const { host, names, rewriter, journal } = engine;
  rewriter.numberFrom(await host.disk.readdir(names.appendDir));
  const { current } = rewriter.store;
  const last = current.increments.at(-1);
  if (last !== undefined) {
    const path = names.inAppendDir(last.name);
    const file = await host.disk.open(path, { write: true, append: true });
    const { sizeBytes } = await host.disk.stat(path);
    rewriter.earlierBytes -= sizeBytes;
    journal.open(file, last.name, sizeBytes);
    if (engine.settings.aofChecksum && !isAnnotated(current))
      await rewriter.store.replace(annotated(current));
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
  const next: Manifest = { ...current, increments: [increment] };
  await rewriter.store.replace(engine.settings.aofChecksum ? annotated(next) : next);
  journal.open(file, increment.name, 0);
}

/** No log yet: START of A.8. A dump that is there becomes its base, so that turning the log on loses nothing. */
async function beginLog(engine: Engine): Promise<void> {
  const { host, names, rewriter, keyspace, settings, log } = engine;
  if ((await sizeOf(host.disk, names.dump)) !== undefined) {
    await loadRdb(engine, names.dump, { dropExpired: true });
    log('notice', `No append-only file yet: ${settings.dbfilename} becomes its base`);
  }
  await makeDirectory(host.disk, names.appendDir, names.dir);
  rewriter.numberFrom(await host.disk.readdir(names.appendDir));
  const request = saveRequest(engine, 'base');
  const base = rewriter.nextBase(request.format);
  const image = keyspace.freeze();
  try {
    await saveFile(host.disk, image.open(), request);
  } finally {
    image.release();
  }
  log('notice', `Creating AOF base file ${base.name} on server start`);
  await host.disk.rename(request.path, names.inAppendDir(base.name));
  rewriter.baseBytes = rewriter.earlierBytes = (await host.disk.stat(names.inAppendDir(base.name))).sizeBytes;
  rewriter.store.current = { ...emptyManifest, base };
  await openLastIncrement(engine);
}

/** Removes history and the temporaries of earlier incarnations. What fails here is left for the next start. */
async function collectGarbage(engine: Engine): Promise<void> {
  const { host, names, rewriter, settings, log } = engine;
  try {
    if (settings.appendonly) await rewriter.store.dropHistory();
    for (const directory of settings.appendonly ? [names.dir, names.appendDir] : [names.dir]) {
      const temporaries = (await host.disk.readdir(directory)).filter((name) => Names.isTemporary(name));
      for (const name of temporaries.sort()) await unlinkIfThere(host.disk, `${directory}/${name}`);
    }
  } catch (error) {
    if (!isDiskError(error)) throw error;
    log('warning', `cannot remove what earlier runs left in ${names.dir}: ${messageOf(error)}`);
  }
}
