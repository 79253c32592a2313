/**
 * Fields of hashes that expire: HEXPIRE and its relatives, as Redis 7.4 has them.
 *
 * What is logged is what became of it: HPEXPIREAT with an absolute time and the fields that took it, HDEL for those whose
 * time was over already. Conditions are not logged: a replay need not ask again.
 */
import { NO_EXPIRY, type Entry, type HashView } from '../data/index.ts';
import { find, hashToChange, isWrongType, remove, touch } from './access.ts';
import { numberArgument, refuse } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors, invalidExpireTime } from './errors.ts';
import { isPastExpiry, type ExpiryUnit } from './expiry.ts';

/** Redis keeps 46 bits of milliseconds: until the year 4199. */
const latestMs = 2 ** 46 - 1;

const noSuchField = -2;
const noExpiry = -1;
const unmet = 0;
const done = 1;
const removed = 2;

/** FIELDS count field … from word `index` on; gives the place of the first field. Undefined after an error was replied. */
function fieldsOrReply(context: Context, index: number, countMessage: string): number | undefined {
  const { argv } = context;
  if (index >= argv.count || !argv.is(index, 'FIELDS')) return refuse(context, errors.fieldsMissing);
  const count = index + 1 < argv.count ? numberArgument(context, index + 1) : undefined;
  if (count === undefined || count < 1) return refuse(context, countMessage);
  if (count !== argv.count - index - 2) return refuse(context, errors.fieldsMiscounted);
  return index + 2;
}

type Condition = 'NX' | 'XX' | 'GT' | 'LT';

/** GT and LT take no expiry for the end of time. */
function allows(condition: Condition | undefined, currentMs: number, atMs: number): boolean {
  const has = currentMs !== NO_EXPIRY;
  switch (condition) {
    case 'NX':
      return !has;
    case 'XX':
      return has;
    case 'GT':
      return has && atMs > currentMs;
    case 'LT':
      return !has || atMs < currentMs;
    default:
      return true;
  }
}

function timeOrReply(context: Context, unit: ExpiryUnit, command: string): number | undefined {
  const value = numberArgument(context, 2);
  if (value === undefined) return refuse(context, errors.notInteger);
  if (value < 0) return refuse(context, errors.fieldTimeNegative);
  const atMs =
    value * (unit === 'EX' || unit === 'EXAT' ? 1000 : 1) +
    (unit === 'EX' || unit === 'PX' ? context.nowMs : 0);
  return atMs > latestMs ? refuse(context, invalidExpireTime(command)) : atMs;
}

/** HEXPIRE key time [NX | XX | GT | LT] FIELDS count field [field ...] */
function expireFields(unit: ExpiryUnit, command: string): (context: Context) => void {
  return (context) => {
    const { argv, reply, effects } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'hash')) return;
    const atMs = timeOrReply(context, unit, command);
    if (atMs === undefined) return;
    const condition = (['NX', 'XX', 'GT', 'LT'] as const).find((name) => argv.is(3, name));
    const first = fieldsOrReply(context, condition === undefined ? 3 : 4, errors.numFieldsNotPositive);
    if (first === undefined) return;
    reply.array(argv.count - first);
    if (entry === undefined) {
      for (let i = first; i < argv.count; i++) reply.integer(noSuchField);
      return;
    }
    const hash = hashToChange(context, 1);
    const isOver = isPastExpiry(context, atMs);
    const changed: Uint8Array[] = [];
    for (let i = first; i < argv.count; i++) {
      const field = argv.bytes(i);
      if (!hash.has(field)) {
        reply.integer(noSuchField);
      } else if (!allows(condition, hash.fieldExpiry(field), atMs)) {
        reply.integer(unmet);
      } else {
        if (isOver) hash.remove(field);
        else hash.setFieldExpiry(field, atMs);
        reply.integer(isOver ? removed : done);
        changed.push(field);
      }
    }
    if (changed.length === 0) return;
    if (hash.size === 0) remove(context, 1);
    touch(context, 1, changed.length);
    if (isOver) effects.command('HDEL', argv.bytes(1), ...changed);
    else effects.command('HPEXPIREAT', argv.bytes(1), atMs, 'FIELDS', changed.length, ...changed);
  };
}

/** HPERSIST key FIELDS count field [field ...] */
function hpersist(context: Context): void {
  const { argv, reply, effects } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const first = fieldsOrReply(context, 2, errors.fieldCountNotPositive);
  if (first === undefined) return;
  reply.array(argv.count - first);
  const hash = entry === undefined ? undefined : hashToChange(context, 1);
  const changed: Uint8Array[] = [];
  for (let i = first; i < argv.count; i++) {
    const field = argv.bytes(i);
    if (hash === undefined || !hash.has(field)) {
      reply.integer(noSuchField);
    } else if (hash.fieldExpiry(field) === NO_EXPIRY) {
      reply.integer(noExpiry);
    } else {
      hash.setFieldExpiry(field, NO_EXPIRY);
      changed.push(field);
      reply.integer(done);
    }
  }
  if (changed.length === 0) return;
  touch(context, 1, changed.length);
  effects.command('HPERSIST', argv.bytes(1), 'FIELDS', changed.length, ...changed);
}

/** HTTL key FIELDS count field [field ...]: what `measure` makes of each expiry. */
function ask(measure: (atMs: number, nowMs: number) => number): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const entry: Entry | undefined = find(context, 1);
    if (isWrongType(context, entry, 'hash')) return;
    const first = fieldsOrReply(context, 2, errors.fieldCountNotPositive);
    if (first === undefined) return;
    const hash: HashView | undefined = entry?.hash();
    reply.array(argv.count - first);
    for (let i = first; i < argv.count; i++) {
      const field = argv.bytes(i);
      const atMs = hash?.has(field) ? hash.fieldExpiry(field) : undefined;
      if (atMs === undefined) reply.integer(noSuchField);
      else reply.integer(atMs === NO_EXPIRY ? noExpiry : measure(atMs, context.nowMs));
    }
  };
}

const leftMs = (atMs: number, nowMs: number) => Math.max(0, atMs - nowMs);
/** Whole seconds, a part of one counting as one. */
const seconds = (ms: number) => Math.ceil(ms / 1000);

export const hashExpiryCommands: readonly Command[] = [
  define('hexpire', -6, 'write denyoom fast', oneKey, expireFields('EX', 'hexpire')),
  define('hpexpire', -6, 'write denyoom fast', oneKey, expireFields('PX', 'hpexpire')),
  define('hexpireat', -6, 'write denyoom fast', oneKey, expireFields('EXAT', 'hexpireat')),
  define('hpexpireat', -6, 'write denyoom fast', oneKey, expireFields('PXAT', 'hpexpireat')),
  define('hpersist', -5, 'write fast', oneKey, hpersist),
  define(
    'httl',
    -5,
    'readonly fast',
    oneKey,
    ask((atMs, nowMs) => seconds(leftMs(atMs, nowMs))),
  ),
  define('hpttl', -5, 'readonly fast', oneKey, ask(leftMs)),
  define(
    'hexpiretime',
    -5,
    'readonly fast',
    oneKey,
    ask((atMs) => seconds(atMs)),
  ),
  define(
    'hpexpiretime',
    -5,
    'readonly fast',
    oneKey,
    ask((atMs) => atMs),
  ),
];
