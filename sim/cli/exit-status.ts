/** Exit statuses of the command line (design.md). */
export const EXIT = {
  /** All held. */
  ok: 0,
  /** A property was violated. */
  violated: 1,
  /** Bad usage or configuration. */
  usage: 2,
  /** Nondeterminism, or a fault of the simulator itself. */
  fault: 3,
  /** Nothing ran. */
  nothing: 4,
  /** Interrupted, after the partial summary. */
  interrupted: 130,
} as const;

/** Bad usage or configuration: one line that says what, got and expected. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
