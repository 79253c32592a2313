/**
 * Where a directive came from, and how an error about it is told.
 *
 * Whoever finds a fault in a configuration, the parser here or a table that knows what the directives mean, tells it
 * with `confError`: one line with the place, what is wrong, what was found, what would be right.
 */
import { LightsoutError } from '../errors.ts';

/** Lines and arguments count from 1. */
export type Origin =
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'stdin'; readonly line: number }
  | { readonly kind: 'argument'; readonly index: number };

/** 'conf/redis.conf:12', 'stdin:3', 'argument 2' */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.path}:${origin.line}`;
    case 'stdin':
      return `stdin:${origin.line}`;
    case 'argument':
      return `argument ${origin.index}`;
  }
}

export interface ConfFault {
  /** What is wrong, as a sentence's beginning: 'a quote is not closed'. */
  readonly what: string;
  /** What stands there, as it was written. */
  readonly got: string;
  /** What would have been right, or what to do. */
  readonly expected: string;
  readonly cause?: unknown;
}

/** The error of a faulty configuration, code CONFIG. `origin` undefined when the fault is not in a directive. */
export function confError(origin: Origin | undefined, fault: ConfFault): LightsoutError {
  const place = origin === undefined ? 'command line' : describeOrigin(origin);
  return new LightsoutError(
    'CONFIG',
    `*** BAD CONFIGURATION *** ${place}: ${fault.what}: got ${oneLine(fault.got)}, expected ${fault.expected}`,
    fault.cause === undefined ? undefined : { cause: fault.cause },
  );
}

/** An argument may hold line breaks; the message may not. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
