/**
 * What the commands over bits have in common: where a bit is, and a string that reaches to it.
 *
 * Bit 0 is the highest of the first byte. A string grows with zeros up to the byte that holds the bit.
 */
import type { Entry } from '../data/index.ts';
import { numberArgument } from './arguments.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';

/** What a log says of bits was allowed when it was said, as far as places of bits go. */
const longestLogged = 2 ** 32;
const nothing = new Uint8Array(0);

/**
 * Word `index` as the place of a bit. Undefined after an error was replied.
 * @param fieldBits where given, `#3` stands for three times as many bits
 */
export function bitOffsetOrReply(context: Context, index: number, fieldBits = 0): number | undefined {
  const { argv, reply } = context;
  let offset: number | undefined;
  if (fieldBits > 0 && argv.buffer[argv.start(index)] === 0x23 && argv.length(index) > 0) {
    const ordinal = Number(argv.text(index).slice(1));
    const isCanonical = String(ordinal) === argv.text(index).slice(1) && Number.isSafeInteger(ordinal);
    offset = isCanonical ? ordinal * fieldBits : undefined;
  } else {
    offset = numberArgument(context, index);
  }
  const bits = context.replaying ? longestLogged : context.limits.longestStringBytes * 8;
  if (offset !== undefined && offset >= 0 && offset < bits) return offset;
  reply.error(errors.bitOffset);
  return undefined;
}

/** The string's bytes, copied into as many as hold bit `lastBit`; as many as there are where they are more. */
export function grownTo(entry: Entry | undefined, lastBit: number): { value: Uint8Array; hasGrown: boolean } {
  const old = entry?.stringBytes() ?? nothing;
  const lengthBytes = Math.floor(lastBit / 8) + 1;
  if (old.length >= lengthBytes) return { value: old, hasGrown: false };
  const value = new Uint8Array(lengthBytes);
  value.set(old);
  return { value, hasGrown: true };
}

/** [start end [BYTE | BIT]] as bits, both inclusive: empty where the last is before the first. */
export interface BitRange {
  readonly firstBit: number;
  readonly lastBit: number;
}

/** Brings positions, which may count from the end, into a string of so many bytes. */
export function bitRange(start: number, end: number, lengthBytes: number, unit: 'BYTE' | 'BIT'): BitRange {
  const total = unit === 'BIT' ? lengthBytes * 8 : lengthBytes;
  const first = Math.max(0, start < 0 ? total + start : start);
  const last = Math.min(total - 1, Math.max(0, end < 0 ? total + end : end));
  return unit === 'BIT'
    ? { firstBit: first, lastBit: last }
    : { firstBit: first * 8, lastBit: last < first ? -1 : last * 8 + 7 };
}

/** BYTE or BIT at word `index`; undefined after an error was replied. */
export function unitOrReply({ argv, reply }: Context, index: number): 'BYTE' | 'BIT' | undefined {
  if (argv.is(index, 'BIT')) return 'BIT';
  if (argv.is(index, 'BYTE')) return 'BYTE';
  reply.error(errors.syntax);
  return undefined;
}
