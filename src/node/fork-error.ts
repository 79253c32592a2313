/** What `fork` throws when there is no child. */
import type { ForkError } from '../ports/process.ts';

export class NodeForkError extends Error implements ForkError {
  readonly code: ForkError['code'];

  constructor(code: ForkError['code'], message: string, cause?: unknown) {
    super(`fork failed: ${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'ForkError';
    this.code = code;
  }
}
