/** Reads one file of the database into the keyspace: an RDB, or an increment of the log. Changes nothing on the disk. */
import { latin1Text } from '../../bytes/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { File } from '../../ports/disk.ts';
import {
  checksumField,
  KeyspaceLoader,
  lastBatchField,
  RdbDecoder,
  writtenVersion,
} from '../../rdb/index.ts';
import type { LoadTarget } from './load-target.ts';
import { RefusedRdb } from './refused-rdb.ts';
import { type Applier, type Damage, Replay, type ReplayOptions, type ReplayResult } from './replay.ts';

export interface LoadRdbOptions {
  /** Leave out keys that have expired: for a dump. The base of a log keeps them, since its increments may speak of them. */
  readonly dropExpired: boolean;
}

/** What an RDB says about itself. */
export interface RdbFacts {
  readonly endOffset: number;
  /** Of the base of a log: the last batch that it covers. */
  readonly lastBatch: number | undefined;
}

/** @throws LightsoutError CORRUPT naming file and offset; DiskError */
export async function loadRdb(engine: LoadTarget, path: string, options: LoadRdbOptions): Promise<RdbFacts> {
  const { disk } = engine.host;
  const file = await disk.open(path, { read: true });
  try {
    return await decodeRdb(engine, file, path, (await disk.stat(path)).sizeBytes, options);
  } finally {
    await file.close();
  }
}

async function decodeRdb(
  engine: LoadTarget,
  file: File,
  path: string,
  fileBytes: number,
  options: LoadRdbOptions,
): Promise<RdbFacts> {
  const { settings, keyspace, stats, tuning, host, log } = engine;
  const loader = new KeyspaceLoader(keyspace, {
    fileBytes,
    ...(options.dropExpired ? { nowMs: host.clock.wallMs() } : {}),
  });
  const decoder = new RdbDecoder(loader, {
    verifyChecksum: settings.rdbchecksum && !settings.skipsChecksums,
  });
  const slice = new Uint8Array(Math.min(tuning.loadSliceBytes, Math.max(1, fileBytes)));
  const sayFacts = (): void => {
    const version = loader.auxFields.get('redis-ver');
    if (version !== undefined) log('notice', `Loading RDB produced by version ${version}`);
    const ctime = Number(loader.auxFields.get('ctime'));
    if (Number.isFinite(ctime))
      log('notice', `RDB age ${Math.max(0, Math.floor(host.clock.wallMs() / 1000) - ctime)} seconds`);
    const usedBytes = Number(loader.auxFields.get('used-mem'));
    if (Number.isFinite(usedBytes))
      log('notice', `RDB memory usage when created ${(usedBytes / (1024 * 1024)).toFixed(2)} Mb`);
    if (loader.auxFields.get('aof-base') === '1') log('notice', 'RDB is base AOF');
  };
  try {
    for (let offset = 0; !decoder.done;) {
      const count = await file.read(slice, offset);
      if (count === 0) decoder.end();
      decoder.push(slice, 0, count);
      offset += count;
    }
  } catch (error) {
    sayFacts();
    if (error instanceof LightsoutError) throw new RefusedRdb(path, decoder.readOffset, error);
    throw error;
  }
  sayFacts();
  judgeModules(engine, path, loader.modules, decoder.version);
  // Redis takes a zeroed checksum for one that was never computed. A file of ours says that it has one.
  if (
    settings.rdbchecksum &&
    decoder.checksum === 'absent' &&
    loader.auxFields.get(checksumField) !== undefined
  ) {
    throw new LightsoutError(
      'CORRUPT',
      `${path}: the checksum at offset ${decoder.endOffset - 8} is zero, and the file was saved with one: it was damaged after it was written; restore it from a copy`,
    );
  }
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
  adoptLibraries(engine, path, loader.functions);
  const lastBatch = loader.auxFields.get(lastBatchField);
  return {
    endOffset: decoder.endOffset,
    lastBatch: lastBatch === undefined ? undefined : Number(lastBatch),
  };
}

/**
 * Data that a module keeps beside the keys would be gone with the next save. Where Redis 7.0 reads a file it refuses such
 * data, and so is it here; of newer files it is passed over, which is said.
 * @throws LightsoutError CORRUPT where it is refused
 */
function judgeModules(engine: LoadTarget, path: string, modules: ReadonlySet<string>, version: number): void {
  for (const module of modules) {
    if (version <= writtenVersion)
      throw new LightsoutError(
        'CORRUPT',
        `${path}: The RDB file contains AUX module data I can't load: no matching module '${module}'; have a server with that module write it again without`,
      );
    engine.log(
      'warning',
      `${path} holds data of module '${module}', which nobody here can read: it is passed over, and will not be in what is saved`,
    );
  }
}

/** @throws LightsoutError CORRUPT where one of them cannot even be kept */
function adoptLibraries(engine: LoadTarget, path: string, sources: readonly Uint8Array[]): void {
  for (const source of sources) {
    try {
      warnOfUncallable(engine, engine.libraries.adopt(source));
    } catch (error) {
      if (!(error instanceof LightsoutError)) throw error;
      throw new LightsoutError(error.code, `${path}: ${error.message}`, { cause: error });
    }
  }
}

export function warnOfUncallable(engine: LoadTarget, why: string | undefined): void {
  if (why !== undefined)
    engine.log(
      'warning',
      `A function library is kept and written back, but its functions cannot be called here: ${why}`,
    );
}

export interface LoadIncrementOptions {
  /** How its batches are checked. */
  readonly annotations: ReplayOptions['annotations'];
  /** How many bytes at its beginning nobody can check. */
  readonly uncheckedBytes: number;
  /** Bytes of it that are known to be durable. */
  readonly durableBytes: number;
}

/** Replays a log file; one of before Redis 7 may begin with an RDB. @throws LightsoutError CORRUPT; DiskError */
export async function loadIncrement(
  engine: LoadTarget,
  path: string,
  applier: Applier,
  options: LoadIncrementOptions,
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
      ({ endOffset: from } = await decodeRdb(engine, file, path, fileBytes, { dropExpired: false }));
      engine.log('notice', 'Reading the remaining AOF tail...');
    }
    return await new Replay(
      file,
      { path, fileBytes, from, sliceBytes: engine.tuning.loadSliceBytes, ...options },
      applier,
    ).run();
  } finally {
    await file.close();
  }
}

/** What refuses a log that ends in half a unit where `aof-load-truncated` is off. */
export function unexpectedEnd(path: string, { what }: Damage, validBytes: number): LightsoutError {
  return new LightsoutError(
    'CORRUPT',
    `Unexpected end of file reading the append only file ${path}: ${what}; valid up to offset ${validBytes}; set aof-load-truncated yes to cut the rest`,
  );
}
