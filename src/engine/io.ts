/**
 * The few sequences of disk operations that everything durable is made of.
 *
 * Source of the orders: section A.8 of the fault model. A file becomes durable under its name by four steps, none of
 * which may be left out: write, sync the file, rename, sync the directory.
 */
import type { Disk, DiskError, File } from '../ports/disk.ts';

/** Writes all of `bytes`, going on after short writes. @throws DiskError; a part may have been written */
export function writeAll(file: File, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (start: number): void => {
      file.write(start === 0 ? bytes : bytes.subarray(start), (error, written) => {
        if (error !== undefined) reject(error);
        else if (start + written < bytes.length) step(start + written);
        else resolve();
      });
    };
    if (bytes.length === 0) resolve();
    else step(0);
  });
}

/**
 * Writes bytes [start, end) of a file over themselves, so that the next sync has them to write.
 *
 * Where an earlier process was told that a sync failed, the pages may have been marked clean without being on the disk: they
 * read well, and a sync that has nothing to do succeeds. @throws DiskError
 */
export async function touchBytes(file: File, start: number, end: number): Promise<void> {
  const slice = new Uint8Array(Math.min(sliceBytes, end - start));
  for (let at = start; at < end;) {
    const count = await file.read(slice.subarray(0, Math.min(slice.length, end - at)), at);
    if (count === 0) return;
    for (let done = 0; done < count;) done += await file.pwrite(slice.subarray(done, count), at + done);
    at += count;
  }
}

const sliceBytes = 1024 * 1024;

/** fsync. @throws DiskError; then nobody knows what of the file is durable */
export function syncFile(file: File): Promise<void> {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** Makes the names in a directory durable. */
export async function syncDirectory(disk: Disk, path: string): Promise<void> {
  const directory = await disk.openDir(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Makes a directory that may be there already; its name in `parent` is durable afterwards. */
export async function makeDirectory(disk: Disk, path: string, parent: string): Promise<void> {
  await disk.mkdir(path).catch((error: unknown) => {
    if (!(isDiskError(error) && error.code === 'EEXIST')) throw error;
  });
  await syncDirectory(disk, parent);
}

/** Syncs a file that may have been written by an earlier process: after a kill its bytes may be in the page cache only. */
export async function syncPath(disk: Disk, path: string): Promise<void> {
  const file = await disk.open(path, { read: true, write: true });
  try {
    await syncFile(file);
  } finally {
    await file.close();
  }
}

/** Makes a file, whole and durable, under a name that is not durable yet. The name must be free. */
export async function createSynced(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(path, { write: true, create: true, exclusive: true });
  try {
    await writeAll(file, bytes);
    await syncFile(file);
  } finally {
    await file.close();
  }
}

/** Reads a whole small file. */
export async function readFile(disk: Disk, path: string): Promise<Uint8Array> {
  const file = await disk.open(path, { read: true });
  try {
    const { sizeBytes } = await disk.stat(path);
    const bytes = new Uint8Array(sizeBytes);
    let length = 0;
    while (length < sizeBytes) {
      const count = await file.read(bytes.subarray(length), length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** The size of a file, or undefined where there is none. */
export async function sizeOf(disk: Disk, path: string): Promise<number | undefined> {
  try {
    return (await disk.stat(path)).sizeBytes;
  } catch (error) {
    if (isDiskError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names in a directory that need not exist. */
export async function namesIn(disk: Disk, path: string): Promise<string[]> {
  try {
    return await disk.readdir(path);
  } catch (error) {
    if (isDiskError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes a name that may be gone already. */
export async function unlinkIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (error) {
    if (!(isDiskError(error) && error.code === 'ENOENT')) throw error;
  }
}

export function isDiskError(error: unknown): error is DiskError {
  return error instanceof Error && 'code' in error && 'applied' in error;
}

/** One line for a log about whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
