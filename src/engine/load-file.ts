/** Reads one file of the database into the keyspace: an RDB, or an increment of the log. Changes nothing on the disk. */
import { latin1Text } from '../bytes/index.ts';
import { LightsoutError } from '../errors.ts';
import type { File } from '../ports/disk.ts';
import { KeyspaceLoader, RdbDecoder } from '../rdb/index.ts';
import type { Engine } from './engine.ts';
import { type Applier, Replay, type ReplayResult } from './replay.ts';

export interface LoadRdbOptions {
  /** Leave out keys that have expired: for a dump. The base of a log keeps them, since its increments may speak of them. */
  readonly dropExpired: boolean;
}

/** @throws LightsoutError CORRUPT naming file and offset; DiskError */
export async function loadRdb(engine: Engine, path: string, options: LoadRdbOptions): Promise<void> {
  const { disk } = engine.host;
  const file = await disk.open(path, { read: true });
  try {
    await decodeRdb(engine, file, path, (await disk.stat(path)).sizeBytes, options);
  } finally {
    await file.close();
  }
}

/** Gives the offset behind the RDB. */
async function decodeRdb(
  engine: Engine,
  file: File,
  path: string,
  fileBytes: number,
  options: LoadRdbOptions,
): Promise<number> {
  const { settings, keyspace, stats, tuning, host, log } = engine;
  const loader = new KeyspaceLoader(keyspace, {
    fileBytes,
    ...(options.dropExpired ? { nowMs: host.clock.wallMs() } : {}),
  });
  const decoder = new RdbDecoder(loader, { verifyChecksum: settings.rdbchecksum });
  const slice = new Uint8Array(Math.min(tuning.loadSliceBytes, Math.max(1, fileBytes)));
  try {
    for (let offset = 0; !decoder.done;) {
      const count = await file.read(slice, offset);
      if (count === 0) decoder.end();
      decoder.push(slice, 0, count);
      offset += count;
    }
  } catch (error) {
    if (error instanceof LightsoutError)
      throw new LightsoutError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
  const version = loader.auxFields.get('redis-ver');
  if (version !== undefined) log('notice', `Loading RDB produced by version ${version}`);
  const ctime = Number(loader.auxFields.get('ctime'));
  if (Number.isFinite(ctime))
    log('notice', `RDB age ${Math.max(0, Math.floor(host.clock.wallMs() / 1000) - ctime)} seconds`);
  const usedBytes = Number(loader.auxFields.get('used-mem'));
  if (Number.isFinite(usedBytes))
    log('notice', `RDB memory usage when created ${(usedBytes / (1024 * 1024)).toFixed(2)} Mb`);
  if (loader.auxFields.get('aof-base') === '1') log('notice', 'RDB is base AOF');
  if (decoder.checksum === 'absent')
    log('notice', 'RDB file was saved with checksum disabled: no check performed.');
  for (const key of loader.firstEmptyKeys)
    log('notice', `rdbLoadObject skipping empty key: ${latin1Text(key)}`);
  const skipped = loader.emptySkipped > 0 ? `, empty keys skipped: ${loader.emptySkipped}` : '';
  log(
    'notice',
    `Done loading RDB, keys loaded: ${loader.loaded}, keys expired: ${loader.expired}${skipped}.`,
  );
  stats.loadedKeys += loader.loaded;
  stats.loadedExpiredKeys += loader.expired;
  engine.functions.push(...loader.functions);
  return decoder.endOffset;
}

/** Replays a log file; one of before Redis 7 may begin with an RDB. @throws LightsoutError CORRUPT; DiskError */
export async function loadIncrement(
  engine: Engine,
  path: string,
  applier: Applier,
  options: { isAnnotated: boolean },
): Promise<ReplayResult> {
  const { disk } = engine.host;
  const fileBytes = (await disk.stat(path)).sizeBytes;
  const file = await disk.open(path, { read: true });
  try {
    const magic = new Uint8Array(5);
    let count = 0;
    for (let more = 1; more > 0 && count < magic.length; count += more)
      more = await file.read(magic.subarray(count), count);
    let from = 0;
    if (count === 5 && latin1Text(magic) === 'REDIS') {
      engine.log('notice', 'Reading RDB preamble from AOF file...');
      from = await decodeRdb(engine, file, path, fileBytes, { dropExpired: false });
      engine.log('notice', 'Reading the remaining AOF tail...');
    }
    const { isAnnotated } = options;
    return await new Replay(
      file,
      { path, fileBytes, from, sliceBytes: engine.tuning.loadSliceBytes, isAnnotated },
      applier,
    ).run();
  } finally {
    await file.close();
  }
}
