/**
 * Places: members of a sorted set whose score is where they are, 26 bits of longitude and of latitude by turns. Source:
 * redis.io/commands/geoadd, and the limits of EPSG:900913 that it names.
 */
import type { Expectation } from '../reply.ts';
import { NO_EXPIRY_MS } from '../record.ts';
import { arg, fail, fraction, putZset, read, SYNTAX } from './call.ts';
import type { Call, ModelCommand } from './call.ts';
import { add } from './zsets.ts';

const STEPS = 2 ** 26;
const MOST_LATITUDE = 85.05112878;
const EARTH_RADIUS_METRES = 6_372_797.560856;
const metresIn: Readonly<Record<string, number>> = { m: 1, km: 1000, ft: 0.3048, mi: 1609.34 };

interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

function scoreOf({ longitude, latitude }: Place): number {
  const x = Math.floor(((longitude + 180) / 360) * STEPS);
  const y = Math.floor(((latitude + MOST_LATITUDE) / (2 * MOST_LATITUDE)) * STEPS);
  const [xs, ys] = [x, y].map((number) => number.toString(2).padStart(26, '0')) as [string, string];
  return Number.parseInt(Array.from(xs, (bit, i) => bit + ys[i]!).join(''), 2);
}

/** The middle of the cell that a score is of. */
function placeOf(score: number): Place {
  const bits = score.toString(2).padStart(52, '0');
  const half = (from: number): number =>
    (Number.parseInt(Array.from({ length: 26 }, (_, i) => bits[2 * i + from]).join(''), 2) + 0.5) / STEPS;
  return { longitude: half(0) * 360 - 180, latitude: (half(1) * 2 - 1) * MOST_LATITUDE };
}

/** By its series, for at most half a turn: the last bit of Math.sin differs between versions of V8. */
function sine(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 2; n < 40; n += 2) {
    term *= (-x * x) / (n * (n + 1));
    sum += term;
  }
  return sum;
}

/** Whether two places on a sphere are at most so far from each other: by the haversine of the angle between them. */
function isWithin(a: Place, b: Place, radiusMetres: number): boolean {
  const [ax, ay, bx, by] = [a.longitude, a.latitude, b.longitude, b.latitude].map(
    (degrees) => (degrees * Math.PI) / 180,
  ) as [number, number, number, number];
  const cosine = (x: number): number => sine(Math.PI / 2 - x);
  const [u, v] = [sine((by - ay) / 2), sine((bx - ax) / 2)];
  const halfAngle = radiusMetres / (2 * EARTH_RADIUS_METRES);
  if (halfAngle >= Math.PI / 2) return true;
  const most = sine(halfAngle);
  return u * u + cosine(ay) * cosine(by) * v * v <= most * most;
}

function placeAt(call: Call, at: number): Place {
  const [longitude, latitude] = [fraction(arg(call, at)), fraction(arg(call, at + 1))];
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > MOST_LATITUDE)
    fail(`ERR invalid longitude,latitude pair ${longitude.toFixed(6)},${latitude.toFixed(6)}`);
  return { longitude, latitude };
}

/** GEOADD key [NX|XX] [CH] longitude latitude member ... */
function geoAdd(call: Call): Expectation {
  let from = 1;
  const options = new Set<string>();
  while (['NX', 'XX', 'CH'].includes((call.args[from] ?? '').toUpperCase()))
    options.add(call.args[from++]!.toUpperCase());
  if ((call.args.length - from) % 3 !== 0) fail(SYNTAX);
  const pairs: string[] = [];
  for (let i = from; i < call.args.length; i += 3)
    pairs.push(String(scoreOf(placeAt(call, i))), call.args[i + 2]!);
  return add(call, options, pairs);
}

/** GEOSEARCHSTORE to from FROMLONLAT longitude latitude BYRADIUS radius unit */
function searchAndStore(call: Call): Expectation {
  const centre = placeAt(call, 3);
  const radiusMetres = fraction(arg(call, 6)) * (metresIn[arg(call, 7)] ?? fail(SYNTAX));
  const places = read(call, arg(call, 1), 'zset')?.value ?? new Map<string, number>();
  const found = [...places].filter(([, score]) => isWithin(centre, placeOf(score), radiusMetres));
  putZset(call, arg(call, 0), new Map(found), NO_EXPIRY_MS);
  return found.length;
}

export const geo: Readonly<Record<string, ModelCommand>> = {
  GEOADD: geoAdd,
  GEOSEARCHSTORE: searchAndStore,
};
