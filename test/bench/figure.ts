/**
 * A figure: one quantity, measured in several rounds, on our side and (mostly) on Redis's side of the same round.
 *
 * Ratios are taken round by round and then the median of them: noise of the machine that lasts for seconds hits
 * both sides of a round alike. A ratio above 1 always says that lightsout is the better one, whatever the unit.
 */
import { median } from './statistics.ts';

export interface Figure {
  /** Name of the measurement that it belongs to, as `--only` takes it. */
  readonly measurement: string;
  readonly name: string;
  readonly unit: string;
  /** Whether more of it is better (a rate) or less of it (a time, a size). */
  readonly better: 'more' | 'less';
  /** One value a round. */
  readonly ours: readonly number[];
  /** The same rounds of Redis; empty where Redis has nothing to compare with. */
  readonly redis: readonly number[];
  readonly target?: Target;
  /** How it was measured, and what else was seen: a sentence each. */
  readonly notes: readonly string[];
}

/** What the figure should reach: a ratio to Redis, or a value of its own. */
export type Target = { readonly ratio: number } | { readonly value: number };

/** Median over the rounds of how many times better lightsout is than Redis. Undefined without Redis. */
export function ratioOf(figure: Figure): number | undefined {
  if (figure.redis.length === 0) return undefined;
  const ratios = figure.ours.map((ours, round) => {
    const redis = figure.redis[round]!;
    return figure.better === 'more' ? ours / redis : redis / ours;
  });
  return median(ratios);
}

/** Whether the median reaches the target. Undefined without a target. */
export function isMet(figure: Figure): boolean | undefined {
  const { target } = figure;
  if (target === undefined) return undefined;
  if ('ratio' in target) return (ratioOf(figure) ?? NaN) >= target.ratio;
  const value = median(figure.ours);
  return figure.better === 'more' ? value >= target.value : value <= target.value;
}
