/**
 * LCS: the longest common subsequence of two strings, its length, or the ranges it is made of.
 *
 * The usual table of lengths over all pairs of prefixes, walked back from its far corner. Which of several equally long
 * ones is given follows Redis: on a tie the walk steps back in the second string.
 */
import { find } from './access.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define } from './define.ts';
import { errors } from './errors.ts';

interface Range {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

function lcs(context: Context): void {
  const { argv, reply } = context;
  const values: Uint8Array[] = [];
  let areStrings = true;
  for (const i of [1, 2]) {
    const entry = find(context, i);
    if (entry !== undefined && entry.type !== 'string') areStrings = false;
    else values.push(entry?.stringBytes() ?? new Uint8Array(0));
  }
  const [a, b] = values;
  if (!areStrings || a === undefined || b === undefined) return reply.error(errors.lcsNotStrings);
  let lengthOnly = false;
  let withRanges = false;
  let withLengths = false;
  let shortest = 0;
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'IDX')) {
      withRanges = true;
    } else if (argv.is(i, 'LEN')) {
      lengthOnly = true;
    } else if (argv.is(i, 'WITHMATCHLEN')) {
      withLengths = true;
    } else if (argv.is(i, 'MINMATCHLEN') && i + 1 < argv.count) {
      const value = integerOrReply(context, ++i);
      if (value === undefined) return;
      shortest = value;
    } else {
      return reply.error(errors.syntax);
    }
  }
  if (lengthOnly && withRanges) return reply.error(errors.lcsBothOutputs);
  const tableBytes = 4 * (a.length + 1) * (b.length + 1);
  if (tableBytes > context.limits.longestStringBytes) return reply.error(errors.lcsTableTooLarge);

  const lengths = tableOfLengths(a, b);
  const length = lengths[lengths.length - 1]!;
  if (lengthOnly) return reply.integer(length);
  const { bytes, ranges } = walkBack(a, b, lengths, length);
  if (!withRanges) return reply.bulk(bytes);
  const shown = ranges.filter(({ aStart, aEnd }) => aEnd - aStart + 1 >= shortest);
  reply.map(2);
  reply.bulkText('matches');
  reply.array(shown.length);
  for (const { aStart, aEnd, bStart, bEnd } of shown) {
    reply.array(withLengths ? 3 : 2);
    reply.array(2);
    reply.integer(aStart);
    reply.integer(aEnd);
    reply.array(2);
    reply.integer(bStart);
    reply.integer(bEnd);
    if (withLengths) reply.integer(aEnd - aStart + 1);
  }
  reply.bulkText('len');
  reply.integer(length);
}

/** Cell [i, j]: the length for the first i bytes of `a` and the first j of `b`. */
function tableOfLengths(a: Uint8Array, b: Uint8Array): Uint32Array {
  const width = b.length + 1;
  const cells = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      cells[at] =
        a[i - 1] === b[j - 1] ? cells[at - width - 1]! + 1 : Math.max(cells[at - width]!, cells[at - 1]!);
    }
  }
  return cells;
}

/** The subsequence, and its runs that are contiguous in both strings, the last first. */
function walkBack(
  a: Uint8Array,
  b: Uint8Array,
  cells: Uint32Array,
  length: number,
): { bytes: Uint8Array; ranges: Range[] } {
  const width = b.length + 1;
  const bytes = new Uint8Array(length);
  const ranges: Range[] = [];
  let left = length;
  let aEnd = -1;
  let bEnd = -1;
  let i = a.length;
  let j = b.length;
  const finish = () => {
    if (aEnd >= 0) ranges.push({ aStart: i, aEnd, bStart: j, bEnd });
    aEnd = -1;
  };
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      if (aEnd < 0) {
        aEnd = i - 1;
        bEnd = j - 1;
      }
      bytes[--left] = a[i - 1]!;
      i--;
      j--;
    } else {
      finish();
      if (cells[(i - 1) * width + j]! > cells[i * width + j - 1]!) i--;
      else j--;
    }
  }
  finish();
  return { bytes, ranges };
}

export const lcsCommands: readonly Command[] = [define('lcs', -3, 'readonly', [1, 2, 1], lcs)];
