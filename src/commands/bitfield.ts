/**
 * BITFIELD: integers of any width, signed up to 64 and unsigned up to 63 bits, at any place of a string.
 *
 * All of a command's operations are read before the first one is done. Integers are bigint here: the widths reach to 64
 * bits, and what overflows is asked of the true sum.
 */
import { KEEP_EXPIRY } from '../data/index.ts';
import { find, isWrongType, leaveRaw, touch } from './access.ts';
import { bigArgument, refuse } from './arguments.ts';
import { bitOffsetOrReply, grownTo } from './bit-arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';

/** What becomes of a value that does not fit: its low bits, the nearest that fits, or nothing is written. */
type Overflow = 'WRAP' | 'SAT' | 'FAIL';

interface Operation {
  readonly kind: 'GET' | 'SET' | 'INCRBY';
  readonly isSigned: boolean;
  readonly bits: number;
  readonly offset: number;
  readonly operand: bigint;
  readonly overflow: Overflow;
}

/** The operations from word 2 on; undefined after an error was replied. */
function operationsOrReply(context: Context): Operation[] | undefined {
  const { argv } = context;
  const operations: Operation[] = [];
  let overflow: Overflow = 'WRAP';
  for (let i = 2; i < argv.count;) {
    const left = argv.count - i - 1;
    if (argv.is(i, 'OVERFLOW') && left >= 1) {
      const chosen = (['WRAP', 'SAT', 'FAIL'] as const).find((name) => argv.is(i + 1, name));
      if (chosen === undefined) return refuse(context, errors.bitOverflow);
      overflow = chosen;
      i += 2;
      continue;
    }
    const kind = (['GET', 'SET', 'INCRBY'] as const).find((name) => argv.is(i, name));
    if (kind === undefined || left < (kind === 'GET' ? 2 : 3)) return refuse(context, errors.syntax);
    const width = /^([iu])([1-9][0-9]?)$/.exec(argv.text(i + 1));
    const isSigned = width?.[1] === 'i';
    const bits = Number(width?.[2]);
    if (width === null || bits > (isSigned ? 64 : 63)) return refuse(context, errors.bitfieldType);
    const offset = bitOffsetOrReply(context, i + 2, bits);
    if (offset === undefined) return undefined;
    const operand = kind === 'GET' ? 0n : bigArgument(context, i + 3);
    if (operand === undefined) return refuse(context, errors.notInteger);
    operations.push({ kind, isSigned, bits, offset, operand, overflow });
    i += kind === 'GET' ? 3 : 4;
  }
  return operations;
}

/** The integer at an operation's place; what lies behind the string's end is zero. */
function readField(value: Uint8Array, { offset, bits, isSigned }: Operation): bigint {
  let field = 0n;
  let at = offset;
  for (let left = bits; left > 0;) {
    const inByte = 8 - (at & 7);
    const take = Math.min(inByte, left);
    const byte = value[Math.floor(at / 8)] ?? 0;
    field = (field << BigInt(take)) | BigInt((byte >>> (inByte - take)) & ((1 << take) - 1));
    at += take;
    left -= take;
  }
  return isSigned ? BigInt.asIntN(bits, field) : field;
}

function writeField(value: Uint8Array, { offset, bits }: Operation, integer: bigint): void {
  let rest = BigInt.asUintN(bits, integer);
  let end = offset + bits;
  for (let left = bits; left > 0;) {
    const lastBits = (end & 7) === 0 ? 8 : end & 7;
    const take = Math.min(lastBits, left);
    const shift = 8 - lastBits;
    const mask = ((1 << take) - 1) << shift;
    const at = Math.floor((end - 1) / 8);
    value[at] = (value[at]! & ~mask) | ((Number(rest & 0xffn) << shift) & mask);
    rest >>= BigInt(take);
    end -= take;
    left -= take;
  }
}

/** What is to be stored for `wanted`; undefined where it does not fit and shall fail. */
function fitted({ isSigned, bits, overflow }: Operation, wanted: bigint): bigint | undefined {
  const max = isSigned ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  const min = isSigned ? -max - 1n : 0n;
  if (wanted >= min && wanted <= max) return wanted;
  if (overflow === 'FAIL') return undefined;
  if (overflow === 'WRAP') return isSigned ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted);
  return wanted > max ? max : min;
}

function bitfield(mayWrite: boolean): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const operations = operationsOrReply(context);
    if (operations === undefined) return;
    const isReading = operations.every(({ kind }) => kind === 'GET');
    if (!isReading && !mayWrite) return reply.error(errors.bitfieldReadOnly);
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'string')) return;
    let lastBit = -1;
    for (const { kind, offset, bits } of operations)
      if (kind !== 'GET') lastBit = Math.max(lastBit, offset + bits - 1);
    const { value, hasGrown } = grownTo(entry, lastBit);
    let changes = 0;
    reply.array(operations.length);
    for (const operation of operations) {
      const old = readField(value, operation);
      if (operation.kind === 'GET') {
        reply.integer(old);
        continue;
      }
      // An unsigned SET takes the operand's 64 bits as they are: a negative one is too large.
      const operand =
        operation.kind === 'SET' && !operation.isSigned
          ? BigInt.asUintN(64, operation.operand)
          : operation.operand;
      const stored = fitted(operation, operation.kind === 'SET' ? operand : old + operand);
      if (stored === undefined) {
        reply.nil();
        continue;
      }
      reply.integer(operation.kind === 'SET' ? old : stored);
      writeField(value, operation, stored);
      if (hasGrown || stored !== old) changes++;
    }
    // Redis grows the string for operations that fail as well, and then forgets to log that; here it is a change.
    if (hasGrown && !isReading) changes = Math.max(1, changes);
    if (changes === 0) {
      if (!isReading) leaveRaw(context, 1, entry!, value);
      return;
    }
    context.db.putString(context.argv.bytes(1), value, KEEP_EXPIRY, 'edited');
    touch(context, 1, changes);
    context.effects.verbatim();
  };
}

export const bitfieldCommands: readonly Command[] = [
  define('bitfield', -2, 'write denyoom', oneKey, bitfield(true)),
  define('bitfield_ro', -2, 'readonly fast', oneKey, bitfield(false)),
];
