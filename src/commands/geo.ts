/** Places in sorted sets, the score being the geohash: putting them there, reading them, and how far they are apart. */
import { latin1Bytes } from '../bytes/index.ts';
import { find, isWrongType } from './access.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { placeOrReply, unitOrReply } from './geo-arguments.ts';
import { replyDistance, replyPlace } from './geo-replies.ts';
import { distanceMeters } from './geo-shape.ts';
import { bitsOf, cellOf, fullSteps, geohashText, placeOf } from './geohash.ts';
import { addMembers } from './zsets.ts';

/** GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...], logged as ZADD. */
function geoadd(context: Context): void {
  const { argv, reply } = context;
  const options = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
  let first = 2;
  for (; first < argv.count; first++) {
    const option = (['nx', 'xx', 'ch'] as const).find((name) => argv.is(first, name));
    if (option === undefined) break;
    options[option] = true;
  }
  if ((argv.count - first) % 3 !== 0 || (options.nx && options.xx)) return reply.error(errors.syntax);
  const added: { readonly member: Uint8Array; readonly score: number }[] = [];
  const words: Uint8Array[] = [];
  for (let i = first; i < argv.count; i += 3) {
    const place = placeOrReply(context, i);
    if (place === undefined) return;
    const bits = bitsOf(cellOf(place, fullSteps));
    const member = argv.bytes(i + 2);
    added.push({ member, score: Number(bits) });
    words.push(latin1Bytes(bits.toString()), member);
  }
  if (added.length === 0) return reply.error(errors.syntax);
  const given = Array.from({ length: first - 2 }, (_, i) => argv.bytes(i + 2));
  addMembers(context, options, added, () =>
    context.effects.command('zadd', argv.bytes(1), ...given, ...words),
  );
}

function geopos(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  const zset = entry?.zset();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) {
    const score = zset?.score(argv.bytes(i));
    if (score === undefined) reply.nilArray();
    else replyPlace(context, placeOf(score));
  }
}

function geohash(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  const zset = entry?.zset();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) {
    const score = zset?.score(argv.bytes(i));
    if (score === undefined) reply.nil();
    else reply.bulkText(geohashText(placeOf(score)));
  }
}

function geodist(context: Context): void {
  const { argv, reply } = context;
  if (argv.count > 5) return reply.error(errors.syntax);
  const metersPerUnit = argv.count === 5 ? unitOrReply(context, 4) : 1;
  if (metersPerUnit === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'zset')) return;
  const zset = entry?.zset();
  const from = zset?.score(argv.bytes(2));
  const to = zset?.score(argv.bytes(3));
  if (from === undefined || to === undefined) return reply.nil();
  replyDistance(context, distanceMeters(placeOf(from), placeOf(to)) / metersPerUnit);
}

export const geoCommands: readonly Command[] = [
  define('geoadd', -5, 'write denyoom', oneKey, geoadd),
  define('geopos', -2, 'readonly', oneKey, geopos),
  define('geohash', -2, 'readonly', oneKey, geohash),
  define('geodist', -4, 'readonly', oneKey, geodist),
];
