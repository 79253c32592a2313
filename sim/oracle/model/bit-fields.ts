/** BITFIELD: integers of any width at any bit of a string, the highest bit of each first. */
import type { Expectation } from '../reply.ts';
import { arg, expiryOf, fail, integer, putString, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { bitsOf, textOfBits } from './bits.ts';

type Overflow = 'WRAP' | 'SAT' | 'FAIL';

interface Operation {
  readonly name: 'GET' | 'SET' | 'INCRBY';
  readonly isSigned: boolean;
  readonly width: number;
  readonly offset: number;
  readonly value: number;
  readonly overflow: Overflow;
}

const TYPE =
  'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.';

/** The generator keeps to widths whose numbers a double holds. */
function operationsOf(args: readonly string[]): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = 'WRAP';
  for (let i = 0; i < args.length;) {
    const name = args[i]!.toUpperCase();
    if (name === 'OVERFLOW') {
      overflow = args[i + 1]!.toUpperCase() as Overflow;
      i += 2;
      continue;
    }
    if (name !== 'GET' && name !== 'SET' && name !== 'INCRBY') fail(SYNTAX);
    const [, sign, width] = /^([iu])(\d+)$/.exec(args[i + 1] ?? '') ?? fail(TYPE);
    if (Number(width) < 1 || Number(width) > (sign === 'i' ? 64 : 63)) fail(TYPE);
    const place = args[i + 2] ?? fail(SYNTAX);
    const offset = place.startsWith('#') ? Number(place.slice(1)) * Number(width) : integer(place);
    const value = name === 'GET' ? 0 : integer(args[i + 3] ?? fail(SYNTAX));
    operations.push({ name, isSigned: sign === 'i', width: Number(width), offset, value, overflow });
    i += name === 'GET' ? 3 : 4;
  }
  return operations;
}

/** How many numbers so many bits make. */
function spanOf(width: number): number {
  return Number(1n << BigInt(width));
}

/** Brings a number into the range of the type; undefined where it does not fit and must. */
function fit(wanted: number, { isSigned, width, overflow, name }: Operation): number | undefined {
  const span = spanOf(width);
  const least = isSigned ? -span / 2 : 0;
  const most = least + span - 1;
  if (wanted >= least && wanted <= most) return wanted;
  if (overflow === 'FAIL') return undefined;
  // SET takes a negative number for an unsigned one as the largest that there is.
  if (overflow === 'SAT') return wanted > most || (name === 'SET' && !isSigned) ? most : least;
  return ((((wanted - least) % span) + span) % span) + least;
}

function bitField(call: Call): Expectation {
  const operations = operationsOf(call.args.slice(1));
  const record = read(call, arg(call, 0), 'string');
  let bits = bitsOf(record?.value ?? '');
  const isChanged = operations.some(({ name }) => name !== 'GET');
  const ends = operations.filter(({ name }) => name !== 'GET').map(({ offset, width }) => offset + width);
  bits = bits.padEnd(Math.ceil(Math.max(0, ...ends) / 8) * 8, '0');
  const replies = operations.map((operation): Expectation => {
    const { name, isSigned, width, offset, value } = operation;
    const text = bits.slice(offset, offset + width).padEnd(width, '0');
    const unsigned = Number.parseInt(text, 2);
    const old = isSigned && text.startsWith('1') ? unsigned - spanOf(width) : unsigned;
    if (name === 'GET') return old;
    const next = fit(name === 'SET' ? value : old + value, operation);
    if (next === undefined) return null;
    const digits = (next < 0 ? next + spanOf(width) : next).toString(2).padStart(width, '0');
    bits = bits.slice(0, offset) + digits + bits.slice(offset + width);
    return name === 'SET' ? old : next;
  });
  if (isChanged) putString(call, arg(call, 0), textOfBits(bits), expiryOf(record));
  return replies;
}

export const bitFields: Readonly<Record<string, ModelCommand>> = { BITFIELD: bitField };
