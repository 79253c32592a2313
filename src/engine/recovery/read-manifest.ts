/** Reads the manifest from the disk. */
import { parseManifest, type ReadManifest, type ReadManifestOptions } from '../../aof/index.ts';
import { LightsoutError } from '../../errors.ts';
import type { Disk } from '../../ports/disk.ts';
import { readFile } from '../io.ts';
import type { Names } from '../names.ts';

/**
 * @param options accept: the damage with which a manifest is taken for what it still says (`parseManifest`)
 * @throws LightsoutError CORRUPT naming the file and the line; DiskError ENOENT
 */
export async function readManifest(
  disk: Disk,
  names: Names,
  options: ReadManifestOptions = {},
): Promise<ReadManifest> {
  const path = names.inAppendDir(names.manifestName);
  const bytes = await readFile(disk, path);
  try {
    return parseManifest(bytes, options);
  } catch (error) {
    if (error instanceof LightsoutError)
      throw new LightsoutError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
