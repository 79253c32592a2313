/** Bits of strings. A string is a row of bits, the highest of the first byte before all others. */
import type { Expectation } from '../reply.ts';
import { NO_EXPIRY_MS } from '../record.ts';
import { arg, expiryOf, fail, integer, putString, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';

const BIT_OFFSET = 'ERR bit offset is not an integer or out of range';

export function bitsOf(text: string): string {
  return Array.from(text, (character) => character.charCodeAt(0).toString(2).padStart(8, '0')).join('');
}

export function textOfBits(bits: string): string {
  return bits.replace(/.{8}/g, (byte) => String.fromCharCode(Number.parseInt(byte, 2)));
}

function offsetOf(text: string): number {
  const offset = integer(text, BIT_OFFSET);
  return offset >= 0 && offset < 2 ** 32 ? offset : fail(BIT_OFFSET);
}

function setBit(call: Call): Expectation {
  const offset = offsetOf(arg(call, 1));
  const bit = arg(call, 2);
  if (bit !== '0' && bit !== '1') fail('ERR bit is not an integer or out of range');
  const record = read(call, arg(call, 0), 'string');
  const bits = bitsOf(record?.value ?? '').padEnd((Math.floor(offset / 8) + 1) * 8, '0');
  const changed = bits.slice(0, offset) + bit + bits.slice(offset + 1);
  putString(call, arg(call, 0), textOfBits(changed), expiryOf(record));
  return Number(bits[offset]);
}

function combine(call: Call): Expectation {
  const operation = arg(call, 0).toUpperCase();
  const sources = call.args.slice(2).map((key) => bitsOf(read(call, key, 'string')?.value ?? ''));
  if (operation === 'NOT' && sources.length !== 1)
    fail('ERR BITOP NOT must be called with a single source key.');
  const width = Math.max(...sources.map((bits) => bits.length));
  let result = '';
  for (let i = 0; i < width; i++) {
    const set = sources.filter((bits) => bits[i] === '1').length;
    if (operation === 'AND') result += set === sources.length ? '1' : '0';
    else if (operation === 'OR') result += set > 0 ? '1' : '0';
    else if (operation === 'XOR') result += set % 2 === 1 ? '1' : '0';
    else if (operation === 'NOT') result += set === 0 ? '1' : '0';
    else fail(SYNTAX);
  }
  if (width === 0) call.state.put(call.database, arg(call, 1), undefined);
  else putString(call, arg(call, 1), textOfBits(result), NO_EXPIRY_MS);
  return width / 8;
}

export const bits: Readonly<Record<string, ModelCommand>> = {
  SETBIT: setBit,
  GETBIT: (call) => {
    const offset = offsetOf(arg(call, 1));
    return bitsOf(read(call, arg(call, 0), 'string')?.value ?? '')[offset] === '1' ? 1 : 0;
  },
  BITCOUNT: (call) =>
    Array.from(bitsOf(read(call, arg(call, 0), 'string')?.value ?? '')).filter((bit) => bit === '1').length,
  BITOP: combine,
};
