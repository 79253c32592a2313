/**
 * Errors of a real disk, told as the Disk port wants them: what failed, and what it may have done all the same.
 *
 * The kernel answers a failed call in one of two ways. Either it refused before it touched anything (the name was not
 * there, the descriptor table was full, the disk had no room): nothing was applied. Or something below it failed on the
 * way (EIO, a server that did not answer): then nobody knows. The list of refusals is short and closed; every code
 * that is not on it counts as unknown, because a wrong 'no' loses data and a wrong 'unknown' costs a little work.
 *
 * A sync is the exception: once it has failed, whatever its code, what is durable is unknown (fault model, A.5).
 */
import type { Applied, DiskError } from '../ports/disk.ts';

const refusals: ReadonlySet<string> = new Set([
  'EACCES', 'EBADF', 'EBUSY', 'EDQUOT', 'EEXIST', 'EFBIG', 'EINVAL', 'EISDIR', 'ELOOP', 'EMFILE', 'EMLINK',
  'ENAMETOOLONG', 'ENFILE', 'ENOENT', 'ENOMEM', 'ENOSPC', 'ENOTDIR', 'ENOTEMPTY', 'EPERM', 'EROFS', 'ETXTBSY', 'EXDEV',
]); // prettier-ignore

/** The DiskError of NodeDisk. */
export class NodeDiskError extends Error implements DiskError {
  readonly code: string;
  readonly applied: Applied;
  readonly operation: string;
  readonly path: string;

  constructor(operation: string, path: string, code: string, applied: Applied, cause?: unknown) {
    super(`${operation} '${path}' failed: ${code}`, cause === undefined ? undefined : { cause });
    this.name = 'DiskError';
    this.operation = operation;
    this.path = path;
    this.code = code;
    this.applied = applied;
  }
}

/** The POSIX name of what Node threw: 'ENOENT'. What has none is a programmer error, and is thrown on as it is. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error) {
    return error.code;
  }
  throw error;
}

/** Tells `error`, thrown by node:fs during `operation` on `path`, as a DiskError. */
export function diskError(operation: string, path: string, error: unknown): NodeDiskError {
  const code = codeOf(error);
  return new NodeDiskError(operation, path, code, refusals.has(code) ? 'no' : 'unknown', error);
}

/** The same for a sync: EBADF means that nothing was asked of the disk, everything else leaves it unknown. */
export function syncError(operation: string, path: string, error: unknown): NodeDiskError {
  const code = codeOf(error);
  return new NodeDiskError(operation, path, code, code === 'EBADF' ? 'no' : 'unknown', error);
}

/** The same for one of several steps: what a refusal leaves undone, earlier steps have done. */
export function partError(operation: string, path: string, error: unknown): NodeDiskError {
  const { code, applied } = diskError(operation, path, error);
  return new NodeDiskError(operation, path, code, applied === 'no' ? 'partial' : applied, error);
}
