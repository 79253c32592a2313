/**
 * Writing an image of the keyspace to a new file: what a forked child does, and what SAVE does in the foreground.
 *
 * The file is whole and synced when this is done, under a temporary name: giving it its live name is the parent's alone,
 * so that a child that outlived its parent can change nothing that anyone will read.
 */
import { AofRewriter, batchHeaderBytes, reserveBatchHeader, sealBatch } from '../../aof/index.ts';
import { ByteWriter, latin1Bytes, latin1Text } from '../../bytes/index.ts';
import { type ImageReader, openImage } from '../../data/index.ts';
import type { ChildMain, Host, Json } from '../../ports/process.ts';
import { RdbEncoder, standardAux } from '../../rdb/index.ts';
import type { Engine } from '../engine.ts';
import { syncFile, unlinkIfThere, writeAll } from '../io.ts';

export interface SaveRequest {
  /** The temporary file, which must not exist. */
  readonly path: string;
  /** An RDB, or the commands that rebuild the keyspace. */
  readonly format: 'rdb' | 'commands';
  readonly compress: boolean;
  readonly checksum: boolean;
  /** True for the base of a log. */
  readonly isBase: boolean;
  readonly ctimeSeconds: number;
  readonly usedMemoryBytes: number;
  /** Of the keyspace: whoever loads the file puts its records in the order in which they come. */
  readonly hashSeed: string;
  /** Of a base: the last batch that it covers, and the key of the log. Undefined with `aof-checksum no`. */
  readonly batches?: { readonly last: number; readonly key: number };
  /** Sources of function libraries, latin1. */
  readonly functions: readonly string[];
  /** Bytes encoded before they are written and others may run. */
  readonly sliceBytes: number;
  /** How long a save takes at the least, for those who test what happens meanwhile: `rdb-key-save-delay`. */
  readonly pauseMs: number;
}

/** @throws DiskError; the temporary is closed and removed then */
export async function saveFile(
  { disk, clock }: Pick<Host, 'disk' | 'clock'>,
  image: ImageReader,
  request: SaveRequest,
): Promise<void> {
  const file = await disk.open(request.path, { write: true, create: true, exclusive: true });
  try {
    const encoder = encoderOf(image, request);
    const slice = new ByteWriter(4096);
    for (let more = true; more;) {
      slice.clear();
      more = encoder.next(slice, request.sliceBytes);
      await writeAll(file, slice.view());
    }
    if (request.pauseMs > 0) await new Promise<void>((resolve) => clock.after(request.pauseMs, resolve));
    await syncFile(file);
  } catch (error) {
    // Closed too: the blocks of a file that is removed and open are not free.
    await file.close().catch(() => undefined);
    await unlinkIfThere(disk, request.path);
    throw error;
  }
  await file.close();
}

function encoderOf(
  image: ImageReader,
  request: SaveRequest,
): { next(into: ByteWriter, budgetBytes: number): boolean } {
  const { compress, checksum, batches } = request;
  const functions = request.functions.map(latin1Bytes);
  if (request.format === 'commands') {
    const rewriter = new AofRewriter(image, { functions });
    return batches === undefined ? rewriter : inBatches(rewriter, batches.key);
  }
  const aux = standardAux({
    ctimeSec: request.ctimeSeconds,
    usedMemoryBytes: request.usedMemoryBytes,
    aofBase: request.isBase,
    hashSeed: request.hashSeed,
    hasChecksum: checksum,
    ...(batches === undefined ? {} : { lastBatch: batches.last }),
  });
  return new RdbEncoder(image, { aux, functions, compress, checksum });
}

/** A base of commands as batches of its own, numbered from 1, so that rot in it is seen. Each slice is one. */
function inBatches(
  rewriter: AofRewriter,
  key: number,
): { next(into: ByteWriter, budgetBytes: number): boolean } {
  let sequence = 1;
  let offset = 0;
  return {
    next: (into, budgetBytes) => {
      reserveBatchHeader(into);
      const more = rewriter.next(into, budgetBytes);
      if (into.length === batchHeaderBytes) into.clear();
      else sealBatch(into, { key, offset }, sequence++, 0);
      offset += into.length;
      return more;
    },
  };
}

const saveMain: ChildMain = async (host, image, args) => {
  await saveFile(host, openImage(image), args as unknown as SaveRequest);
  return 0;
};

/** What children of the engine may run, by name: the registry for the makes of Process. */
export const childMains: ReadonlyMap<string, ChildMain> = new Map([['save', saveMain]]);

export function requestAsJson(request: SaveRequest): Json {
  return { ...request };
}

/** What saving the engine's data comes down to now. */
export function saveRequest(engine: Engine, what: 'rdb' | 'base'): SaveRequest {
  const { names, settings, tuning, host, keyspace, journal } = engine;
  const isBase = what === 'base';
  return {
    path: names.temporary(what),
    format: what === 'rdb' || settings.aofUseRdbPreamble ? 'rdb' : 'commands',
    compress: settings.rdbcompression,
    checksum: settings.rdbchecksum,
    isBase,
    ctimeSeconds: Math.floor(host.clock.wallMs() / 1000),
    usedMemoryBytes: keyspace.memory().usedBytes,
    hashSeed: keyspace.hashSeed,
    ...(isBase && settings.aofChecksum
      ? { batches: { last: journal.batches.next - 1, key: journal.batches.key } }
      : {}),
    functions: engine.libraries.sources.map((source) => latin1Text(source)),
    sliceBytes: tuning.saveSliceBytes,
    pauseMs: pauseOf(engine),
  };
}

/** Microseconds for each key; negative: for so many keys one. */
function pauseOf({ settings, keyspace }: Engine): number {
  const { rdbKeySaveDelayMicros: delay } = settings;
  if (delay === 0) return 0;
  let keys = 0;
  for (let i = 0; i < keyspace.databases; i++) keys += keyspace.database(i).size;
  return (delay > 0 ? keys * delay : keys / -delay) / 1000;
}
