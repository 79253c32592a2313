/** GEOSEARCH, GEOSEARCHSTORE and their older forms: the members of a sorted set that lie inside a circle or a box. */
import type { ZsetView } from '../data/index.ts';
import { find, isWrongType } from './access.ts';
import { integerOrReply } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey, twoKeys } from './define.ts';
import { errors, geoChoiceMissing, geoStoreConflict } from './errors.ts';
import { placeOrReply, unitOrReply } from './geo-arguments.ts';
import { replyDistance, replyPlace } from './geo-replies.ts';
import { cellsOf, distanceInside, type Shape } from './geo-shape.ts';
import { placeOf, scoresOf, type Place } from './geohash.ts';
import { scoreOrReply } from './scores.ts';
import { storeZset } from './store-zset.ts';

/** What the commands differ in. */
interface Form {
  /** Where the center is said: in words 2 and 3, as the member in word 2, or among the options. */
  readonly center: 'place' | 'member' | 'option';
  /** STORE and STOREDIST are options, the destination is word 1, or nothing is stored. */
  readonly store: 'option' | 'always' | 'never';
}

type Circle = { readonly kind: 'circle'; readonly radius: number };
type Box = { readonly kind: 'box'; readonly width: number; readonly height: number };
type Extent = (Circle | Box) & { readonly metersPerUnit: number };

interface Query {
  /** How the center was said. The same way twice is as good as once. */
  from: 'member' | 'place' | undefined;
  /** Unknown, too, where there is no sorted set that knows the member. */
  center: Place | undefined;
  extent: Extent | undefined;
  withDistance: boolean;
  withHash: boolean;
  withPlace: boolean;
  order: 'ASC' | 'DESC' | undefined;
  /** 0 for all. */
  count: number;
  any: boolean;
  /** The word that names the destination. */
  storeIndex: number | undefined;
  storeDistance: boolean;
}

interface Found {
  readonly member: Uint8Array;
  readonly score: number;
  readonly place: Place;
  readonly meters: number;
}

function searching(form: Form): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const source = form.store === 'always' ? 2 : 1;
    const entry = find(context, source);
    if (isWrongType(context, entry, 'zset')) return;
    const zset = entry?.zset();
    const query = queryOrReply(context, form, source, zset);
    if (query === undefined) return;
    const { center, extent, storeIndex } = query;
    if (zset === undefined || center === undefined || extent === undefined) {
      if (storeIndex !== undefined) storeZset(context, storeIndex, []);
      return storeIndex === undefined ? reply.array(0) : reply.integer(0);
    }
    const found = chosen(query, lookThrough(zset, { ...extent, center }, query.any ? query.count : 0));
    if (storeIndex === undefined) return replyFound(context, query, extent, found);
    const elements = found.map(({ member, score, meters }) => ({
      member,
      score: query.storeDistance ? meters / extent.metersPerUnit : score,
    }));
    storeZset(context, storeIndex, elements, elements.length);
    reply.integer(elements.length);
  };
}

/** Reads all words behind the source. Undefined after an error was replied. */
function queryOrReply(
  context: Context,
  form: Form,
  source: number,
  zset: ZsetView | undefined,
): Query | undefined {
  const query: Query = {
    from: undefined,
    center: undefined,
    extent: undefined,
    withDistance: false,
    withHash: false,
    withPlace: false,
    order: undefined,
    count: 0,
    any: false,
    storeIndex: form.store === 'always' ? 1 : undefined,
    storeDistance: false,
  };
  let first = source + 1;
  if (form.center === 'place') {
    query.center = placeOrReply(context, 2);
    if (query.center === undefined) return undefined;
    query.extent = circleOrReply(context, 4);
    if (query.extent === undefined) return undefined;
    first = 6;
  } else if (form.center === 'member') {
    // Without a sorted set the words are not looked at.
    if (zset !== undefined) {
      query.center = placeOfMemberOrReply(context, zset, 2);
      if (query.center === undefined) return undefined;
      query.extent = circleOrReply(context, 3);
      if (query.extent === undefined) return undefined;
    }
    first = 5;
  }
  for (let i = first; i < context.argv.count; i++) {
    const next = readOption(context, form, query, zset, i);
    if (next === undefined) return undefined;
    i = next;
  }
  const fault = faultOf(context, form, query);
  if (fault === undefined) return query;
  context.reply.error(fault);
  return undefined;
}

/** Reads the option at word `i` into the query and gives its last word; undefined after an error was replied. */
function readOption(
  context: Context,
  form: Form,
  query: Query,
  zset: ZsetView | undefined,
  i: number,
): number | undefined {
  const { argv, reply } = context;
  const behind = argv.count - 1 - i;
  const isSearch = form.center === 'option';
  if (argv.is(i, 'WITHDIST')) query.withDistance = true;
  else if (argv.is(i, 'WITHHASH')) query.withHash = true;
  else if (argv.is(i, 'WITHCOORD')) query.withPlace = true;
  else if (argv.is(i, 'ANY')) query.any = true;
  else if (argv.is(i, 'ASC')) query.order = 'ASC';
  else if (argv.is(i, 'DESC')) query.order = 'DESC';
  else if (argv.is(i, 'COUNT') && behind >= 1) {
    const count = integerOrReply(context, i + 1);
    if (count === undefined) return undefined;
    if (count <= 0) return (reply.error(errors.geoCount), undefined);
    query.count = count;
    return i + 1;
  } else if (form.store === 'option' && behind >= 1 && (argv.is(i, 'STORE') || argv.is(i, 'STOREDIST'))) {
    query.storeIndex = i + 1;
    query.storeDistance = argv.is(i, 'STOREDIST');
    return i + 1;
  } else if (form.store === 'always' && argv.is(i, 'STOREDIST')) {
    query.storeDistance = true;
  } else if (isSearch && query.from !== 'place' && behind >= 1 && argv.is(i, 'FROMMEMBER')) {
    query.from = 'member';
    if (zset === undefined) return i + 1;
    query.center = placeOfMemberOrReply(context, zset, i + 1);
    return query.center && i + 1;
  } else if (isSearch && query.from !== 'member' && behind >= 2 && argv.is(i, 'FROMLONLAT')) {
    query.from = 'place';
    query.center = placeOrReply(context, i + 1);
    return query.center && i + 2;
  } else if (isSearch && query.extent?.kind !== 'box' && behind >= 2 && argv.is(i, 'BYRADIUS')) {
    query.extent = circleOrReply(context, i + 1);
    return query.extent && i + 2;
  } else if (isSearch && query.extent?.kind !== 'circle' && behind >= 3 && argv.is(i, 'BYBOX')) {
    query.extent = boxOrReply(context, i + 1);
    return query.extent && i + 3;
  } else return (reply.error(errors.syntax), undefined);
  return i;
}

/** What is wrong with the options taken together. */
function faultOf(context: Context, form: Form, query: Query): string | undefined {
  const withMore = query.withDistance || query.withHash || query.withPlace;
  if (query.storeIndex !== undefined && withMore)
    return geoStoreConflict(form.store === 'always' ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS');
  if (form.center === 'option') {
    const name = context.argv.text(0);
    if (query.from === undefined) return geoChoiceMissing('FROMMEMBER or FROMLONLAT', name);
    if (query.extent === undefined) return geoChoiceMissing('BYRADIUS and BYBOX', name);
  }
  return query.any && query.count === 0 ? errors.geoAny : undefined;
}

function placeOfMemberOrReply(context: Context, zset: ZsetView, index: number): Place | undefined {
  const score = zset.score(context.argv.bytes(index));
  if (score !== undefined) return placeOf(score);
  context.reply.error(errors.geoNoMember);
  return undefined;
}

/** radius unit */
function circleOrReply(context: Context, index: number): Extent | undefined {
  const radius = scoreOrReply(context, index, errors.geoRadius);
  if (radius === undefined) return undefined;
  if (radius < 0) return (context.reply.error(errors.geoRadiusNegative), undefined);
  const metersPerUnit = unitOrReply(context, index + 1);
  return metersPerUnit === undefined ? undefined : { kind: 'circle', radius, metersPerUnit };
}

/** width height unit */
function boxOrReply(context: Context, index: number): Extent | undefined {
  const width = scoreOrReply(context, index, errors.geoWidth);
  const height = width === undefined ? undefined : scoreOrReply(context, index + 1, errors.geoHeight);
  if (width === undefined || height === undefined) return undefined;
  if (width < 0 || height < 0) return (context.reply.error(errors.geoBoxNegative), undefined);
  const metersPerUnit = unitOrReply(context, index + 2);
  return metersPerUnit === undefined ? undefined : { kind: 'box', width, height, metersPerUnit };
}

/** The members inside, cell by cell; stops after `limit` unless that is 0. */
function lookThrough(zset: ZsetView, shape: Shape, limit: number): Found[] {
  const found: Found[] = [];
  const isEnough = (): boolean => limit > 0 && found.length >= limit;
  for (const cell of cellsOf(shape)) {
    if (isEnough()) break;
    const { min, end } = scoresOf(cell);
    zset.forEach(
      (member, score) => {
        if (score >= end) return false;
        const place = placeOf(score);
        const meters = distanceInside(shape, place);
        if (meters !== undefined) found.push({ member, score, place, meters });
        return !isEnough();
      },
      zset.countBefore((score) => score < min),
    );
  }
  return found;
}

/** In the wanted order (the nearest first where only some are wanted), and no more than wanted. */
function chosen({ order, count, any }: Query, found: Found[]): Found[] {
  const nearestFirst = order === 'ASC' || (order === undefined && count > 0 && !any);
  if (nearestFirst) found.sort((a, b) => a.meters - b.meters);
  else if (order === 'DESC') found.sort((a, b) => b.meters - a.meters);
  return count === 0 ? found : found.slice(0, count);
}

function replyFound(
  context: Context,
  query: Query,
  { metersPerUnit }: Extent,
  found: readonly Found[],
): void {
  const { reply } = context;
  const { withDistance, withHash, withPlace } = query;
  const parts = [withDistance, withHash, withPlace].filter(Boolean).length;
  reply.array(found.length);
  for (const { member, score, place, meters } of found) {
    if (parts > 0) reply.array(1 + parts);
    reply.bulk(member);
    if (withDistance) replyDistance(context, meters / metersPerUnit);
    if (withHash) reply.integer(Math.trunc(score));
    if (withPlace) replyPlace(context, place);
  }
}

const byOptions: Form = { center: 'option', store: 'never' };
const byOptionsStored: Form = { center: 'option', store: 'always' };
const aroundPlace: Form = { center: 'place', store: 'option' };
const aroundMember: Form = { center: 'member', store: 'option' };

export const geoSearchCommands: readonly Command[] = [
  define('geosearch', -7, 'readonly', oneKey, searching(byOptions)),
  define('geosearchstore', -8, 'write denyoom', twoKeys, searching(byOptionsStored)),
  define('georadius', -6, 'write denyoom movablekeys', oneKey, searching(aroundPlace)),
  define('georadius_ro', -6, 'readonly', oneKey, searching({ ...aroundPlace, store: 'never' })),
  define('georadiusbymember', -5, 'write denyoom movablekeys', oneKey, searching(aroundMember)),
  define('georadiusbymember_ro', -5, 'readonly', oneKey, searching({ ...aroundMember, store: 'never' })),
];
