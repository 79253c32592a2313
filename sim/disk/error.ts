/**
 * The DiskError of the simulated disk.
 *
 * Many are expected (a file that is not there), none says anything by where it was made, and collecting a stack costs
 * more than the operation: they have none.
 */
import type { Applied, DiskError } from '../../src/ports/disk.ts';

export class SimDiskError extends Error implements DiskError {
  readonly code: string;
  readonly applied: Applied;
  readonly operation: string;
  readonly path: string;

  private constructor(code: string, operation: string, path: string, applied: Applied) {
    super(`${code}: ${operation} '${path}'`);
    this.name = 'SimDiskError';
    this.code = code;
    this.operation = operation;
    this.path = path;
    this.applied = applied;
  }

  static of(code: string, operation: string, path: string, applied: Applied = 'no'): SimDiskError {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const error = new SimDiskError(code, operation, path, applied);
    Error.stackTraceLimit = stackTraceLimit;
    return error;
  }
}
