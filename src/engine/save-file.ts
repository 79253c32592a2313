/**
 * Writing an image of the keyspace to a new file: what a forked child does, and what SAVE does in the foreground.
 *
 * The file is whole and synced when this is done, under a temporary name: giving it its live name is the parent's alone,
 * so that a child that outlived its parent can change nothing that anyone will read.
 */
import { AofRewriter } from '../aof/index.ts';
import { ByteWriter, latin1Bytes, latin1Text } from '../bytes/index.ts';
import { type ImageReader, openImage } from '../data/index.ts';
import type { Disk } from '../ports/disk.ts';
import type { ChildMain, Json } from '../ports/process.ts';
import { RdbEncoder, standardAux } from '../rdb/index.ts';
import type { Engine } from './engine.ts';
import { syncFile, unlinkIfThere, writeAll } from './io.ts';

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
  /** Sources of function libraries, latin1. */
  readonly functions: readonly string[];
  /** Bytes encoded before they are written and others may run. */
  readonly sliceBytes: number;
}

/** @throws DiskError; the temporary is closed and removed then */
export async function saveFile(disk: Disk, image: ImageReader, request: SaveRequest): Promise<void> {
  const file = await disk.open(request.path, { write: true, create: true, exclusive: true });
  try {
    const encoder = encoderOf(image, request);
    const slice = new ByteWriter(4096);
    for (let more = true; more;) {
      slice.clear();
      more = encoder.next(slice, request.sliceBytes);
      await writeAll(file, slice.view());
    }
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
  const { compress, checksum } = request;
  const functions = request.functions.map(latin1Bytes);
  if (request.format === 'commands') return new AofRewriter(image, { functions });
  const aux = standardAux({
    ctimeSec: request.ctimeSeconds,
    usedMemoryBytes: request.usedMemoryBytes,
    aofBase: request.isBase,
    hashSeed: request.hashSeed,
  });
  return new RdbEncoder(image, { aux, functions, compress, checksum });
}

const saveMain: ChildMain = async (host, image, args) => {
  await saveFile(host.disk, openImage(image), args as unknown as SaveRequest);
  return 0;
};

/** What children of the engine may run, by name: the registry for the makes of Process. */
export const childMains: ReadonlyMap<string, ChildMain> = new Map([['save', saveMain]]);

export function requestAsJson(request: SaveRequest): Json {
  return { ...request };
}

/** What saving the engine's data comes down to now. */
export function saveRequest(engine: Engine, what: 'rdb' | 'base'): SaveRequest {
  const { names, settings, tuning, host, keyspace } = engine;
  return {
    path: names.temporary(what),
    format: what === 'rdb' || settings.aofUseRdbPreamble ? 'rdb' : 'commands',
    compress: settings.rdbcompression,
    checksum: settings.rdbchecksum,
    isBase: what === 'base',
    ctimeSeconds: Math.floor(host.clock.wallMs() / 1000),
    usedMemoryBytes: keyspace.memory().usedBytes,
    hashSeed: keyspace.hashSeed,
    functions: engine.functions.map((source) => latin1Text(source)),
    sliceBytes: tuning.saveSliceBytes,
  };
}
