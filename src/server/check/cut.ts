/**
 * Cutting the end off a file of a log, so that what is cut is never lost.
 *
 * The order: the copy is durable under its name; the manifest that knows of fewer durable bytes is; then the file is cut and
 * synced. A crash anywhere leaves a log that this tool or a start judges as before.
 */
import type { ManifestFile, ReadManifest } from '../../aof/index.ts';
import { syncFile } from '../../engine/io.ts';
import type { ManifestStore } from '../../engine/journal/manifest-store.ts';
import { type Keeper, keepTail } from '../../engine/recovery/quarantine.ts';

export interface Cut {
  readonly path: string;
  readonly fileBytes: number;
  readonly offset: number;
  readonly why: string;
}

/** Gives the name of the copy. @throws DiskError; then nothing is cut, or all of it */
export async function cutTail(
  keeper: Keeper,
  { path, fileBytes, offset, why }: Cut,
  log: { readonly manifest: ReadManifest; readonly store: ManifestStore } | undefined,
): Promise<string> {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const kept = await keepTail(keeper, { directory: path.slice(0, slash), name, offset, fileBytes, why });
  if (log !== undefined) await knowLess(log.manifest, log.store, name, offset);
  const file = await keeper.host.disk.open(path, { read: true, write: true });
  try {
    await file.truncate(offset);
    await syncFile(file);
  } finally {
    await file.close();
  }
  return kept;
}

async function knowLess(
  manifest: ReadManifest,
  store: ManifestStore,
  name: string,
  offset: number,
): Promise<void> {
  const shorter = (file: ManifestFile): ManifestFile => {
    const { bytes = 0, uncheckedBytes } = file;
    if (file.name !== name || bytes <= offset) return file;
    return {
      ...file,
      bytes: offset,
      ...(uncheckedBytes === undefined ? {} : { uncheckedBytes: Math.min(uncheckedBytes, offset) }),
    };
  };
  const { base, increments } = manifest;
  if (![base, ...increments].some((file) => file !== undefined && shorter(file) !== file)) return;
  await store.replace({
    ...manifest,
    base: base === undefined ? undefined : shorter(base),
    increments: increments.map(shorter),
  });
}
