/** The ForkError of the simulated process. */
import type { ForkError } from '../../src/ports/process.ts';

export class SimForkError extends Error implements ForkError {
  readonly code: 'ENOMEM' | 'EAGAIN';

  constructor(code: 'ENOMEM' | 'EAGAIN') {
    super(`${code}: fork`);
    this.name = 'SimForkError';
    this.code = code;
  }
}
