/**
 * Reading the log: what of each file is believed, and where that ends. Changes nothing on the disk.
 *
 * What ends it is *torn* (the last file, behind what was known durable: it will be cut) or *lost* (anything else: rot, a
 * file that is missing or too short, a gap between files). A loss refuses the start, unless `recover accept-loss` says that
 * the log may end before it.
 */
import { LightsoutError } from '../../errors.ts';
import { batchHeaderBytes, parseBatchHeader } from '../../aof/batch.ts';
import { aofNames, type ManifestFile, type ReadManifest } from '../../aof/index.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Engine } from '../engine.ts';
import { namesIn, sizeOf } from '../io.ts';
import { loadIncrement, loadRdb, unexpectedEnd } from './load-file.ts';
import { LogApplier } from './log-applier.ts';
import type { Annotations, Damage, ReplayResult } from './replay.ts';

/** A file of the log of which something is served. */
export interface LoadedFile {
  readonly file: ManifestFile;
  readonly fileBytes: number;
  /** What of it is served, and stays. */
  readonly validBytes: number;
  /** Why not all of it; undefined where all of it is. */
  readonly why: string | undefined;
  /** What is known to be on the disk, from its batches or from the manifest. */
  readonly durableBytes: number;
}

export interface LoadedLog {
  readonly manifest: ReadManifest;
  /** Base and increments, in order. */
  readonly files: readonly LoadedFile[];
  /** Files that the manifest names and that are served no more. */
  readonly dropped: readonly ManifestFile[];
  /** What the manifest says is not what it has to say from now on. */
  readonly needsManifest: boolean;
}

/**
 * Loads base and increments, in order.
 *
 * @returns undefined where loss is accepted and nothing of the log is served
 * @throws LightsoutError CORRUPT where something is lost and that is not accepted; DiskError
 */
export async function loadLog(engine: Engine, manifest: ReadManifest): Promise<LoadedLog | undefined> {
  const { host, names, journal, recovery, log } = engine;
  const { base } = manifest;
  const named = base === undefined ? manifest.increments : [base, ...manifest.increments];
  const sizes: (number | undefined)[] = [];
  for (const { name } of named) sizes.push(await sizeOf(host.disk, names.inAppendDir(name)));
  for (const [i, { name }] of named.entries())
    if (sizes[i] === undefined) accept(engine, missing(engine, name));
  const files: LoadedFile[] = [];
  let lastBatch = base?.lastBatch;
  let hasForeign = false;
  let end = named.length;
  for (const [i, file] of named.entries()) {
    const path = names.inAppendDir(file.name);
    const fileBytes = sizes[i];
    if (fileBytes === undefined) {
      recovery.isLossUnbounded = true;
      end = i;
      break;
    }
    const startedMonoMs = host.clock.monoMs();
    const isBase = file === base;
    const later = named.slice(i + 1);
    const laterBytes = sizes.slice(i + 1).reduce((sum: number, size) => sum + (size ?? 0), 0);
    if (isBase && file.name.endsWith('.rdb')) {
      log('notice', 'Reading RDB base file on AOF loading...');
      const facts = await loadBase(engine, file, path, fileBytes);
      if (facts === undefined) {
        recovery.cutBytes += fileBytes + laterBytes;
        return undefined;
      }
      lastBatch = facts.lastBatch ?? lastBatch;
      files.push({ file, fileBytes, validBytes: fileBytes, why: undefined, durableBytes: fileBytes });
    } else {
      const result = await loadIncrement(engine, path, new LogApplier(engine, file.name), {
        annotations: annotationsFor(manifest, isBase ? undefined : lastBatch),
        uncheckedBytes: file.uncheckedBytes ?? 0,
        durableBytes: file.bytes ?? 0,
      });
      const isLast = laterBytes === 0 && !(isBase && manifest.increments.length > 0);
      const damage = result.damage ?? tooShort(file, fileBytes);
      const { validBytes } = result;
      if (damage !== undefined) {
        const notTorn = isBase && isWhole(manifest, file) ? aBaseIsWhole : isLast ? undefined : notTheLast;
        if (damage.kind === 'rotten' || notTorn !== undefined) {
          accept(engine, damaged(engine, path, fileBytes, result, damage, later, notTorn));
          if (isBase) {
            engine.forgetEverything();
            recovery.cutBytes += fileBytes + laterBytes;
            return undefined;
          }
          end = i + 1;
        } else if (!engine.settings.aofLoadTruncated) throw unexpectedEnd(path, damage, validBytes);
      }
      // A base gets its name when it is synced; of an increment its batches tell.
      const durableBytes = isBase ? fileBytes : result.durableBytes;
      files.push({
        file: { ...file, ...uncheckedOf(engine, manifest, file, validBytes) },
        fileBytes,
        validBytes,
        why: damage?.what,
        durableBytes,
      });
      recovery.cutBytes += fileBytes - validBytes;
      if (!isBase) {
        recovery.units += result.units;
        if (manifest.annotation !== undefined && result.plainUnits > 0) {
          recovery.foreignUnits += result.plainUnits;
          hasForeign ||= validBytes > (file.bytes ?? 0);
        }
        lastBatch = result.lastBatch ?? lastBatch;
      }
      if (end === i + 1) {
        recovery.cutBytes += laterBytes;
        break;
      }
    }
    const seconds = (host.clock.monoMs() - startedMonoMs) / 1000;
    log(
      'notice',
      `DB loaded from ${isBase ? 'base' : 'incr'} file ${file.name}: ${seconds.toFixed(3)} seconds`,
    );
  }
  if (end === 0) {
    engine.forgetEverything();
    return undefined;
  }
  recovery.lastBatch = manifest.annotation === undefined ? undefined : lastBatch;
  if (lastBatch !== undefined) journal.batches.next = lastBatch + 1;
  const dropped = named.slice(end);
  return {
    manifest,
    files,
    dropped,
    needsManifest: hasForeign || recovery.losses.length > 0,
  };
}

/** Loads the base where it is an RDB. Undefined where it is damaged and its loss accepted. */
async function loadBase(
  engine: Engine,
  file: ManifestFile,
  path: string,
  fileBytes: number,
): Promise<{ lastBatch: number | undefined } | undefined> {
  try {
    if (fileBytes === 0)
      throw new LightsoutError('CORRUPT', `the base ${path} is empty, at offset 0; restore it from a copy`);
    const short = tooShort(file, fileBytes);
    if (short !== undefined)
      throw new LightsoutError(
        'CORRUPT',
        `${path}: ${short.what}, at offset ${fileBytes}; restore it from a copy`,
      );
    const facts = await loadRdb(engine, path, { dropExpired: false });
    const { lastBatch } = file;
    if (facts.lastBatch !== undefined && lastBatch !== undefined && facts.lastBatch !== lastBatch)
      throw new LightsoutError(
        'CORRUPT',
        `the base ${path} ends at batch ${facts.lastBatch}, and the manifest knows it to end at batch ${lastBatch}: it is another file; restore it from a copy`,
      );
    return facts;
  } catch (error) {
    if (!(error instanceof LightsoutError)) throw error;
    accept(engine, error);
    engine.forgetEverything();
    return undefined;
  }
}

/** How the batches of a file are checked that follows batch `lastBatch`. */
export function annotationsFor(
  { annotation, damage }: ReadManifest,
  lastBatch: number | undefined,
): Annotations | 'lost' | undefined {
  if (annotation === undefined) return damage === undefined ? undefined : 'lost';
  return {
    key: annotation.key,
    isActive: !annotation.isPaused,
    firstBatch: lastBatch === undefined ? undefined : lastBatch + 1,
  };
}

/**
 * How much of a file no later start can check. A log without a key gets one now, and what batches it may hold (of ours,
 * where Redis wrote the manifest since) were written with another.
 */
function uncheckedOf(
  { settings }: Engine,
  { annotation }: ReadManifest,
  { uncheckedBytes }: ManifestFile,
  validBytes: number,
): Pick<ManifestFile, 'uncheckedBytes'> {
  if (annotation === undefined) return settings.aofChecksum ? { uncheckedBytes: validBytes } : {};
  return uncheckedBytes === undefined ? {} : { uncheckedBytes: Math.min(uncheckedBytes, validBytes) };
}

/** Notes a loss that is accepted. @throws LightsoutError what it is given, where it is not */
function accept(engine: Engine, loss: LightsoutError): void {
  if (engine.settings.recover !== 'accept-loss') throw loss;
  engine.recovery.losses.push(loss.message);
}

/**
 * A rewrite syncs a base before a manifest names it. Not so a log of before Redis 7, which is one under its old name, and
 * what only Redis has written is judged as Redis does.
 */
function isWhole({ annotation, damage }: ReadManifest, { name }: ManifestFile): boolean {
  return (annotation !== undefined || damage !== undefined) && name.endsWith('.base.aof');
}

function tooShort({ bytes }: ManifestFile, fileBytes: number): Damage | undefined {
  if (bytes === undefined || fileBytes >= bytes) return undefined;
  const what = `it ends after ${fileBytes} bytes, and ${bytes} were known to be durable`;
  return { kind: 'rotten', what, offset: fileBytes, isShort: true };
}

const whatToDo =
  'make a copy of the directory before you repair anything; restore the file from a copy, or start with --recover accept-loss to go on without what is lost';

const notTheLast = 'it is not the last file of the log, so this is no torn tail';
const aBaseIsWhole = 'a base is synced before it is named, so this is no torn tail';

/** `notTorn`: why damage that looks torn is not. */
function damaged(
  engine: Engine,
  path: string,
  fileBytes: number,
  { validBytes }: ReplayResult,
  { what, offset, kind }: Damage,
  later: readonly ManifestFile[],
  notTorn: string | undefined,
): LightsoutError {
  const others = later.map(({ name }) => name).join(', ');
  const lost = `${fileBytes - validBytes} bytes from offset ${validBytes} on${others === '' ? '' : `, and all of ${others}`}`;
  const why = kind === 'torn' ? `; ${notTorn}` : '';
  return new LightsoutError(
    'CORRUPT',
    `Bad file format reading the append only file ${path}: ${what}, at offset ${offset}${why}; what would be lost: ${lost}; ${whatToDo}`,
  );
}

function missing(engine: Engine, name: string): LightsoutError {
  return new LightsoutError(
    'CORRUPT',
    `Unable to obtain the AOF file ${name} length. stat: No such file or directory: ${engine.names.inAppendDir(name)} is named by the manifest; ${whatToDo}`,
  );
}

/**
 * Refuses where an increment that holds something lies behind the last one that the manifest names. A manifest that names
 * an increment is durable before the first byte of it is written, and its line goes after the file: so the manifest has
 * lost lines, or is one of before, and to go on without them would lose what they name. So it is with Redis, too; only
 * where there is no manifest at all, and no batch either, may the files be anything.
 */
export async function refuseUnnamedIncrements(
  engine: Engine,
  manifest: ReadManifest | undefined,
): Promise<void> {
  const { host, names, settings } = engine;
  const last = manifest?.increments.at(-1)?.seq ?? 0;
  const history = new Set(manifest?.history.map(({ name }) => name));
  for (const name of (await namesIn(host.disk, names.appendDir)).sort()) {
    const seq = Number(/\.(\d{1,15})\.incr\.aof$/.exec(name)?.[1] ?? 0);
    const isOurs = name === aofNames.increment(settings.appendfilename, seq);
    if (!isOurs || seq <= last || history.has(name)) continue;
    const path = names.inAppendDir(name);
    const bytes = await sizeOf(host.disk, path);
    const isOfALog = manifest === undefined ? await beginsWithBatch(host.disk, path) : bytes !== 0;
    if (!isOfALog) continue;
    accept(
      engine,
      new LightsoutError(
        'CORRUPT',
        `${path} holds a part of the log (${bytes} bytes), and the manifest ${names.manifestName} does not name it: the manifest has lost lines; restore it from a copy, or move that file away to go on without it`,
      ),
    );
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
