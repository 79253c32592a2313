/** Bits of strings: SETBIT, GETBIT, BITCOUNT, BITPOS, BITOP. */
import { KEEP_EXPIRY, NO_EXPIRY } from '../data/index.ts';
import { expireBefore, find, isWrongType, leaveRaw, remove, touch } from './access.ts';
import { bigArgument, integerOrReply, numberArgument } from './arguments.ts';
import { bitOffsetOrReply, bitRange, grownTo, unitOrReply } from './bit-arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';

function setbit(context: Context): void {
  const { reply } = context;
  const offset = bitOffsetOrReply(context, 2);
  if (offset === undefined) return;
  const on = numberArgument(context, 3);
  if (on !== 0 && on !== 1) return reply.error(errors.bitValue);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const at = Math.floor(offset / 8);
  const mask = 128 >>> (offset & 7);
  const byte = entry?.stringRange(at, at + 1)[0];
  const old = ((byte ?? 0) & mask) === 0 ? 0 : 1;
  // A bit that is what it shall be is no change, unless the string had to grow for it.
  if (byte === undefined || old !== on) {
    const changed = on === 1 ? (byte ?? 0) | mask : (byte ?? 0) & ~mask;
    setByte(context, at, changed);
    touch(context, 1);
    context.effects.verbatim();
  } else if (entry!.encoding() !== 'raw') {
    leaveRaw(context, 1, entry!, entry!.stringBytes());
  }
  reply.integer(old);
}

/** Changes one byte of the string at word 1, which is made or grows where it must. */
function setByte({ argv, db }: Context, at: number, byte: number): void {
  const key = argv.bytes(1);
  if (db.patch(key, at, Uint8Array.of(byte))) return;
  const { value } = grownTo(db.find(key), at * 8);
  value[at] = byte;
  db.putString(key, value, KEEP_EXPIRY, 'edited');
}

function getbit(context: Context): void {
  const offset = bitOffsetOrReply(context, 2);
  if (offset === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  const at = Math.floor(offset / 8);
  const byte = entry?.stringRange(at, at + 1)[0] ?? 0;
  context.reply.integer((byte >>> (7 - (offset & 7))) & 1);
}

/** How many bits of value[firstBit, lastBit] are set. */
export function countBits(value: Uint8Array, firstBit: number, lastBit: number): number {
  if (lastBit < firstBit) return 0;
  const first = Math.floor(firstBit / 8);
  const last = Math.floor(lastBit / 8);
  const head = 0xff >>> (firstBit & 7);
  const tail = 0xff << (7 - (lastBit & 7));
  if (first === last) return ones(value[first]! & head & tail);
  let count = ones(value[first]! & head) + ones(value[last]! & tail & 0xff);
  let at = first + 1;
  for (; at + 4 <= last; at += 4)
    count += ones(value[at]! | (value[at + 1]! << 8) | (value[at + 2]! << 16) | (value[at + 3]! << 24));
  for (; at < last; at++) count += ones(value[at]!);
  return count;
}

/** Bits set in 32. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** BITCOUNT key [start end [BYTE | BIT]] */
function bitcount(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  // As Redis: nobody looks at the range of a key that is not there.
  if (entry === undefined) return reply.integer(0);
  const value = entry.stringBytes();
  if (argv.count === 2) return reply.integer(countBits(value, 0, value.length * 8 - 1));
  if (argv.count > 5 || argv.count === 3) return reply.error(errors.syntax);
  const start = integerOrReply(context, 2);
  if (start === undefined) return;
  const end = integerOrReply(context, 3);
  if (end === undefined) return;
  // Two that are too far back for a double may still be in the wrong order.
  if (start < 0 && end < 0 && bigArgument(context, 2)! > bigArgument(context, 3)!) return reply.integer(0);
  const unit = argv.count === 5 ? unitOrReply(context, 4) : 'BYTE';
  if (unit === undefined) return;
  const { firstBit, lastBit } = bitRange(start, end, value.length, unit);
  reply.integer(countBits(value, firstBit, lastBit));
}

/** The first bit of value[firstBit, lastBit] that is `bit`, or -1. */
function findBit(value: Uint8Array, bit: number, firstBit: number, lastBit: number): number {
  const dull = bit === 1 ? 0 : 0xff;
  let at = firstBit;
  while (at <= lastBit) {
    const byte = value[Math.floor(at / 8)]!;
    if ((at & 7) === 0 && byte === dull) at += 8;
    else if (((byte >>> (7 - (at & 7))) & 1) === bit) return at;
    else at++;
  }
  return -1;
}

/** BITPOS key bit [start [end [BYTE | BIT]]] */
function bitpos(context: Context): void {
  const { argv, reply } = context;
  const bit = integerOrReply(context, 2);
  if (bit === undefined) return;
  if (bit !== 0 && bit !== 1) return reply.error(errors.bitArgument);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  if (entry === undefined) return reply.integer(bit === 1 ? -1 : 0);
  if (argv.count > 6) return reply.error(errors.syntax);
  const value = entry.stringBytes();
  const start = argv.count > 3 ? integerOrReply(context, 3) : 0;
  if (start === undefined) return;
  const unit = argv.count > 5 ? unitOrReply(context, 5) : 'BYTE';
  if (unit === undefined) return;
  const end = argv.count > 4 ? integerOrReply(context, 4) : value.length - 1;
  if (end === undefined) return;
  const { firstBit, lastBit } = bitRange(start, end, value.length, unit);
  if (lastBit < firstBit) return reply.integer(-1);
  const found = findBit(value, bit, firstBit, lastBit);
  // Behind a string whose end nobody named there are zeros without end.
  reply.integer(found < 0 && bit === 0 && argv.count < 5 ? value.length * 8 : found);
}

type BitOperation = 'AND' | 'OR' | 'XOR' | 'NOT';

/** As long as the longest; what is shorter goes on with zeros. */
function combine(operation: BitOperation, sources: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(Math.max(...sources.map(({ length }) => length)));
  const [first] = sources;
  result.set(first!);
  if (operation === 'NOT') return result.map((byte) => ~byte);
  for (const source of sources.slice(1)) {
    if (operation === 'AND') {
      for (let i = 0; i < result.length; i++) result[i]! &= i < source.length ? source[i]! : 0;
    } else if (operation === 'OR') {
      for (let i = 0; i < source.length; i++) result[i]! |= source[i]!;
    } else {
      for (let i = 0; i < source.length; i++) result[i]! ^= source[i]!;
    }
  }
  return result;
}

/** BITOP operation destination key [key ...] */
function bitop(context: Context): void {
  const { argv, reply } = context;
  const operation = (['AND', 'OR', 'XOR', 'NOT'] as const).find((name) => argv.is(1, name));
  if (operation === undefined) return reply.error(errors.syntax);
  if (operation === 'NOT' && argv.count !== 4) return reply.error(errors.bitNot);
  const sources: Uint8Array[] = [];
  for (let i = 3; i < argv.count; i++) {
    const entry = find(context, i);
    if (isWrongType(context, entry, 'string')) return;
    sources.push(entry?.stringBytes() ?? new Uint8Array(0));
  }
  const result = combine(operation, sources);
  if (result.length > 0) {
    expireBefore(context, 2);
    context.db.putString(argv.bytes(2), result, NO_EXPIRY, 'edited');
  } else if (!remove(context, 2)) {
    return reply.integer(0);
  }
  touch(context, 2);
  context.effects.verbatim();
  reply.integer(result.length);
}

export const bitCommands: readonly Command[] = [
  define('setbit', 4, 'write denyoom', oneKey, setbit),
  define('getbit', 3, 'readonly fast', oneKey, getbit),
  define('bitcount', -2, 'readonly', oneKey, bitcount),
  define('bitpos', -3, 'readonly', oneKey, bitpos),
  define('bitop', -4, 'write denyoom', [2, -1, 1], bitop),
];
