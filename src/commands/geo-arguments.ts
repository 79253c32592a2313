/** Places, distances and units among the words of a command. */
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { isOnMap, type Place } from './geohash.ts';
import { scoreOrReply } from './scores.ts';

/** Words `index` and the next as longitude and latitude. */
export function placeOrReply(context: Context, index: number): Place | undefined {
  const longitude = scoreOrReply(context, index);
  const latitude = longitude === undefined ? undefined : scoreOrReply(context, index + 1);
  if (longitude === undefined || latitude === undefined) return undefined;
  const place = { longitude, latitude };
  if (isOnMap(place)) return place;
  context.reply.error(`ERR invalid longitude,latitude pair ${fixed(longitude)},${fixed(latitude)}`);
  return undefined;
}

/** C's %f. */
function fixed(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Math.abs(value) < 1e21) return value.toFixed(6);
  return `${BigInt(value)}.000000`;
}

const unitMeters = [
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
] as const;

/** How long the unit is that word `index` names. */
export function unitOrReply(context: Context, index: number): number | undefined {
  const unit = unitMeters.find(([name]) => context.argv.is(index, name));
  if (unit === undefined) context.reply.error(errors.geoUnit);
  return unit?.[1];
}
