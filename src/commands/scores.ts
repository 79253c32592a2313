/**
 * Scores and ranges of sorted sets among the words of a command.
 *
 * A range is a pair of questions about an element, each true for a first part of all elements in order: is it before the range,
 * and is it not behind it. So what a range holds is found by two searches.
 */
import { parseDouble } from '../bytes/index.ts';
import type { ZsetView } from '../data/index.ts';
import { latin1 } from './bytes.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';

/** A double as a client may give it: no NaN, nothing too large or too near to zero to be held. */
export function parseScore(bytes: Uint8Array): number | undefined {
  const text = latin1(bytes);
  const value = parseDouble(text);
  if (value === undefined) return undefined;
  if (!Number.isFinite(value)) return /inf/i.test(text) ? value : undefined;
  if (value !== 0) return value;
  const isHexadecimal = /^[+-]?0x/i.test(text);
  const [digits = ''] = text.replace(/^[+-]?(0x)?/i, '').split(isHexadecimal ? /p/i : /e/i);
  return /[1-9a-f]/i.test(digits) ? undefined : value;
}

/** Word `index` as score; any other is answered with `message`. */
export function scoreOrReply(
  context: Context,
  index: number,
  message: string = errors.notFloat,
): number | undefined {
  const score = parseScore(context.argv.bytes(index));
  if (score === undefined) context.reply.error(message);
  return score;
}

type Question = Parameters<ZsetView['countBefore']>[0];

export interface ZsetRange {
  /** Whether an element comes before all that are in the range. */
  readonly isBefore: Question;
  /** Whether an element does not come behind all that are in the range. */
  readonly isNotBehind: Question;
}

/** Ranks [start, end) of what is in the range. */
export function ranksOf(zset: ZsetView, range: ZsetRange): { readonly start: number; readonly end: number } {
  const start = zset.countBefore(range.isBefore);
  return { start, end: Math.max(start, zset.countBefore(range.isNotBehind)) };
}

interface ScoreBound {
  readonly value: number;
  readonly isExclusive: boolean;
}

/** As C reads one: up to a zero byte, after white space, and nothing at all is 0. */
function scoreBound(bytes: Uint8Array): ScoreBound | undefined {
  const all = latin1(bytes);
  const isExclusive = all.startsWith('(');
  const [text = ''] = (isExclusive ? all.slice(1) : all).split('\0');
  const value = text === '' ? 0 : parseDouble(text.replace(/^[ \t\n\v\f\r]+/, ''));
  return value === undefined ? undefined : { value, isExclusive };
}

/** Words `min` and `max` as scores, "(" before one that is not in the range itself. */
export function scoreRangeOrReply(context: Context, min: number, max: number): ZsetRange | undefined {
  const low = scoreBound(context.argv.bytes(min));
  const high = scoreBound(context.argv.bytes(max));
  if (low === undefined || high === undefined) {
    context.reply.error(errors.rangeNotFloat);
    return undefined;
  }
  return {
    isBefore: (score) => (low.isExclusive ? score <= low.value : score < low.value),
    isNotBehind: (score) => (high.isExclusive ? score < high.value : score <= high.value),
  };
}

type LexBound = 'least' | 'greatest' | { readonly member: Uint8Array; readonly isExclusive: boolean };

function lexBound(bytes: Uint8Array): LexBound | undefined {
  switch (bytes[0]) {
    case 0x2d:
      return bytes.length === 1 || bytes[1] === 0 ? 'least' : undefined;
    case 0x2b:
      return bytes.length === 1 || bytes[1] === 0 ? 'greatest' : undefined;
    case 0x28:
    case 0x5b:
      return { member: bytes.slice(1), isExclusive: bytes[0] === 0x28 };
    default:
      return undefined;
  }
}

/** Words `min` and `max` as members: "[" or "(" and the member, "-" and "+" for the ends. */
export function lexRangeOrReply(context: Context, min: number, max: number): ZsetRange | undefined {
  const low = lexBound(context.argv.bytes(min));
  const high = lexBound(context.argv.bytes(max));
  if (low === undefined || high === undefined) {
    context.reply.error(errors.rangeNotString);
    return undefined;
  }
  return { isBefore: isUpTo(low, false), isNotBehind: isUpTo(high, true) };
}

/** Whether an element comes before the bound; the bound itself too where it is `included` and not exclusive, or the reverse. */
function isUpTo(bound: LexBound, isUpper: boolean): Question {
  if (bound === 'least') return () => false;
  if (bound === 'greatest') return () => true;
  const { member, isExclusive } = bound;
  const withEqual = isUpper !== isExclusive;
  return (_, bytes, start, end) => {
    const order = compare(bytes, start, end, member);
    return order < 0 || (order === 0 && withEqual);
  };
}

function compare(bytes: Uint8Array, start: number, end: number, member: Uint8Array): number {
  const shared = Math.min(end - start, member.length);
  for (let i = 0; i < shared; i++) {
    const difference = bytes[start + i]! - member[i]!;
    if (difference !== 0) return difference;
  }
  return end - start - member.length;
}
