/** The one error class of lightsout. */

const brand = Symbol.for('lightsout.error');

/**
 * What a LightsoutError can be about.
 *
 * - `CORRUPT`: a file does not hold what its format asks for; the message names file and offset.
 * - `LOCKED`: another living process owns the directory.
 * - `CONFIG`: an option or argument is not what it must be.
 * - `IO`: a disk operation failed and the engine cannot go on.
 * - `SHUTDOWN`: the engine is closing or closed.
 */
export type ErrorCode = 'CORRUPT' | 'LOCKED' | 'CONFIG' | 'IO' | 'SHUTDOWN';

/** An error for people: the message says what, got, expected, and what to do. */
export class LightsoutError extends Error {
  readonly code: ErrorCode;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LightsoutError';
    this.code = code;
  }
}

/** True for a LightsoutError of any copy of this package. */
export function isLightsoutError(error: unknown): error is LightsoutError {
  return typeof error === 'object' && error !== null && brand in error;
}
