/**
 * Times to live: from what a client says (seconds or milliseconds, from now or since 1970) to Unix milliseconds.
 *
 * What is stored and logged is always absolute: 64 bits, as in Redis. A time before 1970 is kept as 1970, which says the same
 * to every clock there is.
 */
import { int64Max } from '../bytes/index.ts';
import { bigArgument, numberArgument } from './arguments.ts';
import { expiryFromBigint, type Expiry } from '../data/index.ts';
import type { Context } from './context.ts';
import { errors, invalidExpireTime } from './errors.ts';

/** EX and PX count from now, EXAT and PXAT are dates; EX and EXAT are seconds. */
export type ExpiryUnit = 'EX' | 'PX' | 'EXAT' | 'PXAT';

/** Below this magnitude, doubles are exact whatever is added or multiplied here. */
const plainLimit = 4_000_000_000_000;

/**
 * Word `index` as an absolute expiry in Unix ms. Undefined after an error was replied.
 * @param positive whether zero and less are refused, as SET and GETEX do and EXPIRE does not
 */
export function expiryOrReply(
  context: Context,
  index: number,
  unit: ExpiryUnit,
  command: string,
  positive: boolean,
): Expiry | undefined {
  const value = numberArgument(context, index);
  if (value === undefined) {
    context.reply.error(errors.notInteger);
    return undefined;
  }
  const isRelative = unit === 'EX' || unit === 'PX';
  const scale = unit === 'EX' || unit === 'EXAT' ? 1000 : 1;
  let atMs: Expiry | undefined;
  if (positive && value <= 0) atMs = undefined;
  else if (Math.abs(value) < plainLimit) atMs = value * scale + (isRelative ? context.nowMs : 0);
  else atMs = farExpiry(bigArgument(context, index)!, BigInt(scale), isRelative ? BigInt(context.nowMs) : 0n);
  if (atMs === undefined) {
    context.reply.error(invalidExpireTime(command));
    return undefined;
  }
  return atMs < 0 ? 0 : atMs;
}

/** With what 64 bits hold as the limit, as in Redis; undefined beyond it. */
function farExpiry(value: bigint, scale: bigint, baseMs: bigint): Expiry | undefined {
  if (value > int64Max / scale || value < (-int64Max - 1n) / scale) return undefined;
  const ms = value * scale;
  if (ms > int64Max - baseMs) return undefined;
  return expiryFromBigint(ms + baseMs);
}

/** Whether an expiry is over at the moment it is set: then the key goes at once. A replay sets it as it stands. */
export function isPastExpiry(context: Context, atMs: Expiry): boolean {
  return atMs <= context.nowMs && !context.replaying;
}
