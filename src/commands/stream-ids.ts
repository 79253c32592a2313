/** Ids of stream entries among the words of a command. */
import { greatestStreamId, makeStreamId, type StreamId } from '../data/index.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';

const greatestHalf = (1n << 64n) - 1n;
/** Redis copies an id into so many bytes, the last for itself. */
const longestText = 127;

/** A word as an id. `seqGiven` is false for `ms-*`. */
export interface ParsedId {
  readonly id: StreamId;
  readonly seqGiven: boolean;
}

/**
 * Parses `ms`, `ms-seq` and, where `star`, `ms-*`. Not `-` and `+`.
 * @param missingSeq the sequence of an id without one
 */
export function parseStreamId(text: string, missingSeq: bigint, star = false): ParsedId | undefined {
  if (text.length > longestText) return undefined;
  const dash = text.indexOf('-');
  const ms = parseHalf(dash < 0 ? text : text.slice(0, dash));
  if (ms === undefined) return undefined;
  if (dash < 0) return { id: makeStreamId(ms, missingSeq), seqGiven: true };
  const rest = text.slice(dash + 1);
  if (star && rest === '*') return { id: makeStreamId(ms, 0n), seqGiven: false };
  const seq = parseHalf(rest);
  return seq === undefined ? undefined : { id: makeStreamId(ms, seq), seqGiven: true };
}

/** An unsigned integer as C's strtoull reads one, which Redis falls back on: blanks, a sign and zeros may come first. */
function parseHalf(text: string): bigint | undefined {
  if (/^-[1-9][0-9]{0,18}$/.test(text)) return undefined;
  const match = /^[\t-\r ]*([+-]?)([0-9]+)$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[2]!);
  if (value > greatestHalf) return undefined;
  return match[1] === '-' ? BigInt.asUintN(64, -value) : value;
}

/** Word `index` as an id of its own. Undefined after the error was replied. */
export function idOrReply(context: Context, index: number): StreamId | undefined {
  const parsed = parseStreamId(context.argv.text(index), 0n);
  if (parsed === undefined) context.reply.error(errors.invalidStreamId);
  return parsed?.id;
}

/** As `idOrReply` for several words. */
export function idsOrReply(context: Context, from: number, to: number): StreamId[] | undefined {
  const ids: StreamId[] = [];
  for (let i = from; i < to; i++) {
    const id = idOrReply(context, i);
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}

/** An end of an interval, included: `-`, `+`, an id or `(` and an id. Undefined after the error was replied. */
export function boundOrReply(context: Context, index: number, which: 'start' | 'end'): StreamId | undefined {
  const text = context.argv.text(index);
  const isExclusive = text.length > 1 && text.startsWith('(');
  if (!isExclusive && text === '-') return 0n;
  if (!isExclusive && text === '+') return greatestStreamId;
  const parsed = parseStreamId(isExclusive ? text.slice(1) : text, which === 'start' ? 0n : greatestHalf);
  if (parsed === undefined) {
    context.reply.error(errors.invalidStreamId);
    return undefined;
  }
  if (!isExclusive) return parsed.id;
  if (parsed.id === (which === 'start' ? greatestStreamId : 0n)) {
    context.reply.error(which === 'start' ? errors.invalidStartId : errors.invalidEndId);
    return undefined;
  }
  return which === 'start' ? parsed.id + 1n : parsed.id - 1n;
}
