/** How long a command may block its client. */
import { parseInt64 } from '../bytes/index.ts';
import { refuse } from './arguments.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { parseLongDouble, type LongDouble } from './long-double.ts';

/**
 * Word `index` as a time to wait, in ms; 0 for ever. Undefined after an error was replied.
 * @param unit `ms`: an integer; `seconds`: with fractions, rounded up
 */
export function timeoutOrReply(context: Context, index: number, unit: 'ms' | 'seconds'): number | undefined {
  const { argv } = context;
  let timeoutMs: number;
  if (unit === 'ms') {
    const value = parseInt64(argv.buffer, argv.start(index), argv.end(index));
    if (value === undefined) return refuse(context, errors.timeoutNotInteger);
    timeoutMs = Number(value);
  } else {
    const value = parseLongDouble(argv.bytes(index));
    if (value === undefined) return refuse(context, errors.timeoutNotFloat);
    // As in Redis, what 64 bits do not hold comes out as negative.
    if (value === 'inf' || value === '-inf') return refuse(context, errors.timeoutNegative);
    timeoutMs = thousandfold(value);
    if (timeoutMs >= 2 ** 63) return refuse(context, errors.timeoutNegative);
  }
  if (timeoutMs < 0) return refuse(context, errors.timeoutNegative);
  return Math.min(timeoutMs, Number.MAX_SAFE_INTEGER);
}

/** A thousand times the number, rounded up. */
function thousandfold({ mantissa, exponent }: LongDouble): number {
  if (exponent >= 0) return Number((mantissa * 1000n) << BigInt(exponent));
  const divisor = 1n << BigInt(-exponent);
  const product = mantissa * 1000n;
  const quotient = product / divisor;
  return Number(product > 0n && quotient * divisor !== product ? quotient + 1n : quotient);
}
