/**
 * Counters: INCR and its relatives over strings; HINCRBY's arithmetic is the same and lives here too.
 *
 * Integers are 64 bits wide. Nearly all are small: sums of safe integers are done in doubles, the rest in bigint.
 */
import { ByteWriter, int64Max, int64Min, parseInt64 } from '../bytes/index.ts';
import { KEEP_EXPIRY } from '../data/index.ts';
import { find, isWrongType, touch } from './access.ts';
import { bigArgument, numberArgument } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { addLongDouble, formatLongDouble, parseLongDouble } from './long-double.ts';

/** A sum within 64 bits, undefined beyond. A number where it is a safe one. */
export function addInteger(a: number | bigint, b: number | bigint): number | bigint | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const sum = BigInt(a) + BigInt(b);
  if (sum < int64Min || sum > int64Max) return undefined;
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
}

/** Word `index` as an increment: a number where it is a safe one. Undefined after an error was replied. */
export function incrementOrReply(context: Context, index: number): number | bigint | undefined {
  const value = numberArgument(context, index);
  if (value === undefined) context.reply.error(errors.notInteger);
  return value === undefined || Number.isSafeInteger(value) ? value : bigArgument(context, index);
}

function increase(context: Context, by: number | bigint): void {
  const { argv, db, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  let old: number | bigint | undefined = 0;
  if (entry !== undefined) {
    old = entry.stringInteger() ?? parseInt64(entry.stringBytes());
    if (old === undefined) return reply.error(errors.notInteger);
  }
  const sum = addInteger(old, by);
  if (sum === undefined) return reply.error(errors.overflow);
  const digits = new ByteWriter(24);
  if (typeof sum === 'number') digits.decimal(sum);
  else digits.latin1(sum.toString());
  db.putStringRange(argv.buffer, argv.start(1), argv.end(1), digits.buffer, 0, digits.length, KEEP_EXPIRY);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(sum);
}

function incrby(context: Context): void {
  const by = incrementOrReply(context, 2);
  if (by !== undefined) increase(context, by);
}

function decrby(context: Context): void {
  const by = incrementOrReply(context, 2);
  if (by === undefined) return;
  // 2^63 has no place in 64 bits; Redis says so before it looks at the key.
  if (by === int64Min) return context.reply.error(errors.decrementOverflow);
  increase(context, typeof by === 'number' ? 0 - by : -by);
}

function incrbyfloat(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const old = entry === undefined ? { mantissa: 0n, exponent: 0 } : parseLongDouble(entry.stringBytes());
  const by = old && parseLongDouble(argv.bytes(2));
  if (old === undefined || by === undefined) return reply.error(errors.notFloat);
  const sum = addLongDouble(old, by);
  if (sum === undefined) return reply.error(errors.nanOrInfinity);
  const text = formatLongDouble(sum);
  const value = Uint8Array.from(text, (character) => character.charCodeAt(0));
  context.db.putString(argv.bytes(1), value, KEEP_EXPIRY, 'printed');
  touch(context, 1);
  context.effects.command('SET', argv.bytes(1), value, 'KEEPTTL');
  reply.bulk(value);
}

export const counterCommands: readonly Command[] = [
  define('incr', 2, 'write denyoom fast', oneKey, (context) => increase(context, 1)),
  define('decr', 2, 'write denyoom fast', oneKey, (context) => increase(context, -1)),
  define('incrby', 3, 'write denyoom fast', oneKey, incrby),
  define('decrby', 3, 'write denyoom fast', oneKey, decrby),
  define('incrbyfloat', 3, 'write denyoom fast', oneKey, incrbyfloat),
];
