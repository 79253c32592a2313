/** The DiskError of the simulated disk. */
import type { Applied, DiskError } from '../../src/ports/disk.ts';

export class SimDiskError extends Error implements DiskError {
  readonly code: string;
  readonly applied: Applied;
  readonly operation: string;
  readonly path: string;

  constructor(code: string, operation: string, path: string, applied: Applied = 'no') {
    super(`${code}: ${operation} '${path}'`);
    this.name = 'SimDiskError';
    this.code = code;
    this.operation = operation;
    this.path = path;
    this.applied = applied;
  }
}
