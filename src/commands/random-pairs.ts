/** HRANDFIELD and ZRANDMEMBER: pairs drawn by chance. */
import { signedCountOrReply } from './arguments.ts';
import { latin1 } from './bytes.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { sample } from './sample.ts';

/** What is drawn from, a pair being of any kind. */
export interface PairSource<T> {
  readonly size: number;
  random(draw: () => number): T;
  all(): T[];
  nameOf(pair: T): Uint8Array;
}

/** 2^62, as a double. */
const halfOfInt64 = 0x4000_0000_0000_0000;

/** key [count [option]]: the count, or 'one' without, and whether the option is there. */
export function randomOptionsOrReply(
  context: Context,
  option: string,
): { readonly wanted: number | 'one'; readonly withValues: boolean } | undefined {
  const { argv, reply } = context;
  if (argv.count === 2) return { wanted: 'one', withValues: false };
  const wanted = signedCountOrReply(context, 2);
  if (wanted === undefined) return undefined;
  const withValues = argv.count > 3;
  if (argv.count > 4 || (withValues && !argv.is(3, option))) reply.error(errors.syntax);
  else if (withValues && Math.abs(wanted) >= halfOfInt64) reply.error(errors.outOfRange);
  else return { wanted, withValues };
  return undefined;
}

/** Hands `wanted` pairs to `visit`, none twice, at most all; of a negative number as many, any of them again and again. */
export function drawPairs<T>(
  context: Context,
  source: PairSource<T>,
  wanted: number,
  visit: (pair: T) => void,
): void {
  const draw = () => context.draw();
  if (wanted < 0) {
    for (let i = wanted; i < 0; i++) visit(source.random(draw));
    return;
  }
  // Where few are wanted of many, drawing again is cheaper than gathering all.
  if (wanted * 3 <= source.size) {
    const seen = new Set<string>();
    while (seen.size < wanted) {
      const drawn = source.random(draw);
      const name = latin1(source.nameOf(drawn));
      if (seen.has(name)) continue;
      seen.add(name);
      visit(drawn);
    }
    return;
  }
  const all = source.all();
  for (const drawn of wanted >= all.length ? all : sample(all, wanted, draw)) visit(drawn);
}

/** Announces `count` pairs, and gives what begins each: in RESP3 a pair is an array of its own. */
export function beginPairs(context: Context, count: number, withValues: boolean): () => void {
  const { reply } = context;
  const inPairs = withValues && reply.protocol === 3;
  reply.array(withValues && !inPairs ? count * 2 : count);
  return inPairs ? () => reply.array(2) : () => undefined;
}
