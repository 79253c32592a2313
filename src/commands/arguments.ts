/**
 * Numbers among the words of a command.
 *
 * An integer is a canonical 64-bit decimal. Counts and indexes beyond 2^53 are only ever compared with lengths, so they
 * are handed out as the nearest double; who does arithmetic takes `bigArgument`.
 */
import { parseInt64, parseInteger } from '../bytes/index.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';

/** Word `index` as integer, approximate beyond 2^53; undefined where it is none. */
export function numberArgument(context: Context, index: number): number | undefined {
  const { argv } = context;
  const small = parseInteger(argv.buffer, argv.start(index), argv.end(index));
  if (small !== undefined) return small;
  const big = bigArgument(context, index);
  return big === undefined ? undefined : Number(big);
}

export function bigArgument(context: Context, index: number): bigint | undefined {
  const { argv } = context;
  return parseInt64(argv.buffer, argv.start(index), argv.end(index));
}

/** As `numberArgument`, but replies the error. */
export function integerOrReply(
  context: Context,
  index: number,
  message: string = errors.notInteger,
): number | undefined {
  const value = numberArgument(context, index);
  if (value === undefined) context.reply.error(message);
  return value;
}

/** An integer of at least `least`; anything else is answered with `message`. */
export function atLeastOrReply(
  context: Context,
  index: number,
  least: number,
  message: string,
): number | undefined {
  const value = numberArgument(context, index);
  if (value !== undefined && value >= least) return value;
  context.reply.error(message);
  return undefined;
}

/** An integer of either sign whose magnitude fits in 63 bits. */
export function signedCountOrReply(context: Context, index: number): number | undefined {
  const value = bigArgument(context, index);
  if (value === undefined) context.reply.error(errors.notInteger);
  else if (value === -(2n ** 63n)) context.reply.error(errors.outOfSignedRange);
  else return Number(value);
  return undefined;
}

/**
 * The number of a database, in 32 bits; whether there is such a one is the caller's question.
 * @param message instead of the errors that an integer as such has
 */
export function databaseOrReply(context: Context, index: number, message?: string): number | undefined {
  const value = numberArgument(context, index);
  if (value === undefined) context.reply.error(message ?? errors.notInteger);
  else if (value !== (value | 0)) context.reply.error(message ?? errors.outOfIntRange);
  else return value;
  return undefined;
}

/** Replies an error, and gives the undefined that says so. */
export function refuse(context: Context, message: string): undefined {
  context.reply.error(message);
  return undefined;
}
