/** Places and distances as they are answered. */
import type { Context } from './context.ts';
import type { Place } from './geohash.ts';
import { formatLongDouble, longDoubleOf } from './long-double.ts';

/** With four decimals, text in both protocols. */
export function replyDistance(context: Context, distance: number): void {
  context.reply.bulkText(Number.isNaN(distance) ? '-nan' : distance.toFixed(4));
}

/** With at most 17 decimals. */
export function replyPlace({ reply }: Context, { longitude, latitude }: Place): void {
  reply.array(2);
  reply.doubleText(formatLongDouble(longDoubleOf(longitude)));
  reply.doubleText(formatLongDouble(longDoubleOf(latitude)));
}
