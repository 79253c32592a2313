/**
 * EXPIRE and its relatives, and the questions about what is left.
 *
 * Whatever form the time came in, PEXPIREAT with an absolute one is logged; a time that is over already removes the key.
 */
import { NO_EXPIRY, type Entry, type Expiry } from '../data/index.ts';
import { find, remove, touch } from './access.ts';
import type { Command, Context, EffectPart } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors, unsupportedOption } from './errors.ts';
import { expiryOrReply, isPastExpiry, type ExpiryUnit } from './expiry.ts';

/** NX: only where there is none. XX: only where there is one. GT, LT: only if later, earlier (no expiry is for ever). */
interface Conditions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
}

function conditionsOrReply(context: Context): Conditions | undefined {
  const { argv, reply } = context;
  const conditions: Conditions = { nx: false, xx: false, gt: false, lt: false };
  for (let i = 3; i < argv.count; i++) {
    if (argv.is(i, 'NX')) conditions.nx = true;
    else if (argv.is(i, 'XX')) conditions.xx = true;
    else if (argv.is(i, 'GT')) conditions.gt = true;
    else if (argv.is(i, 'LT')) conditions.lt = true;
    else {
      reply.error(unsupportedOption(argv.text(i)));
      return undefined;
    }
  }
  const { nx, xx, gt, lt } = conditions;
  if (nx && (xx || gt || lt)) reply.error(errors.expireNxConflict);
  else if (gt && lt) reply.error(errors.expireGtLtConflict);
  else return conditions;
  return undefined;
}

function allows({ nx, xx, gt, lt }: Conditions, currentMs: Expiry, atMs: Expiry): boolean {
  if (currentMs === NO_EXPIRY) return !xx && !gt;
  return !nx && !(gt && atMs <= currentMs) && !(lt && atMs >= currentMs);
}

function expireIn(unit: ExpiryUnit, command: string): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    const conditions = conditionsOrReply(context);
    if (conditions === undefined) return;
    const atMs = expiryOrReply(context, 2, unit, command, false);
    if (atMs === undefined) return;
    const entry = find(context, 1);
    if (entry === undefined || !allows(conditions, entry.expireAtMs, atMs)) return reply.integer(0);
    if (isPastExpiry(context, atMs)) {
      remove(context, 1);
      context.effects.command('DEL', argv.bytes(1));
    } else {
      context.db.setExpiry(argv.bytes(1), atMs);
      logExpiry(context, unit, atMs);
    }
    touch(context, 1);
    reply.integer(1);
  };
}

/** The conditions stay: they hold in a replay too, since the key is there as it was here. */
function logExpiry({ argv, effects }: Context, unit: ExpiryUnit, atMs: Expiry): void {
  if (unit === 'PXAT') return effects.verbatim();
  if (argv.count === 3) return effects.command('PEXPIREAT', argv.bytes(1), atMs);
  const parts: EffectPart[] = ['PEXPIREAT', argv.bytes(1), atMs];
  for (let i = 3; i < argv.count; i++) parts.push(argv.bytes(i));
  effects.command(...parts);
}

function persist(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (entry === undefined || entry.expireAtMs === NO_EXPIRY) return reply.integer(0);
  context.db.setExpiry(argv.bytes(1), NO_EXPIRY);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(1);
}

/** -2: no such key, -1: no expiry, else what `measure` makes of the expiry. */
function ask(measure: (entry: Entry, nowMs: number) => Expiry): (context: Context) => void {
  return (context) => {
    const entry = find(context, 1);
    if (entry === undefined) context.reply.integer(-2);
    else if (entry.expireAtMs === NO_EXPIRY) context.reply.integer(-1);
    else context.reply.integer(measure(entry, context.nowMs));
  };
}

const seconds = (ms: Expiry): Expiry =>
  typeof ms === 'bigint' ? (ms + 500n) / 1000n : Math.floor((ms + 500) / 1000);
const leftMs = ({ expireAtMs }: Entry, nowMs: number): Expiry =>
  typeof expireAtMs === 'bigint' ? expireAtMs - BigInt(nowMs) : Math.max(0, expireAtMs - nowMs);

export const expirationCommands: readonly Command[] = [
  define('expire', -3, 'write fast', oneKey, expireIn('EX', 'expire')),
  define('pexpire', -3, 'write fast', oneKey, expireIn('PX', 'pexpire')),
  define('expireat', -3, 'write fast', oneKey, expireIn('EXAT', 'expireat')),
  define('pexpireat', -3, 'write fast', oneKey, expireIn('PXAT', 'pexpireat')),
  define('persist', 2, 'write fast', oneKey, persist),
  define(
    'ttl',
    2,
    'readonly fast',
    oneKey,
    ask((entry, nowMs) => seconds(leftMs(entry, nowMs))),
  ),
  define('pttl', 2, 'readonly fast', oneKey, ask(leftMs)),
  define(
    'expiretime',
    2,
    'readonly fast',
    oneKey,
    ask((entry) => seconds(entry.expireAtMs)),
  ),
  define(
    'pexpiretime',
    2,
    'readonly fast',
    oneKey,
    ask((entry) => entry.expireAtMs),
  ),
];
