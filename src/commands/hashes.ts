/** Hashes: fields and their values. A hash that becomes empty is no longer there. */
import { ByteWriter, parseInt64 } from '../bytes/index.ts';
import { NO_EXPIRY, type HashView } from '../data/index.ts';
import { find, hashToChange, isWrongType, remove, touch } from './access.ts';
import type { Command, Context } from './context.ts';
import { addInteger, incrementOrReply } from './counters.ts';
import { define, oneKey } from './define.ts';
import { errors, wrongArity } from './errors.ts';
import { addLongDouble, formatLongDouble, parseLongDouble } from './long-double.ts';
import { beginPairs, drawPairs, randomOptionsOrReply, type PairSource } from './random-pairs.ts';

function hset(name: 'hset' | 'hmset'): (context: Context) => void {
  return (context) => {
    const { argv, reply } = context;
    if (argv.count % 2 === 1) return reply.error(wrongArity(name));
    if (isWrongType(context, find(context, 1), 'hash')) return;
    const hash = hashToChange(context, 1);
    let created = 0;
    for (let i = 2; i < argv.count; i += 2) if (hash.put(argv.bytes(i), argv.bytes(i + 1))) created++;
    touch(context, 1, (argv.count - 2) / 2);
    context.effects.verbatim();
    if (name === 'hset') reply.integer(created);
    else reply.ok();
  };
}

function hsetnx(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry?.hash().has(argv.bytes(2))) return reply.integer(0);
  hashToChange(context, 1).put(argv.bytes(2), argv.bytes(3));
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(1);
}

function replyValue(context: Context, value: Uint8Array | undefined): void {
  if (value === undefined) context.reply.nil();
  else context.reply.bulk(value);
}

function hget(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  replyValue(context, entry?.hash().get(context.argv.bytes(2)));
}

function hmget(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const hash = entry?.hash();
  reply.array(argv.count - 2);
  for (let i = 2; i < argv.count; i++) replyValue(context, hash?.get(argv.bytes(i)));
}

function hgetall(context: Context): void {
  const { reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const hash = entry?.hash();
  reply.map(hash?.size ?? 0);
  hash?.forEach((field, value) => {
    reply.bulk(field);
    reply.bulk(value);
  });
}

function listing(part: 'fields' | 'values'): (context: Context) => void {
  return (context) => {
    const { reply } = context;
    const entry = find(context, 1);
    if (isWrongType(context, entry, 'hash')) return;
    const hash = entry?.hash();
    reply.array(hash?.size ?? 0);
    hash?.forEach((field, value) => reply.bulk(part === 'fields' ? field : value));
  };
}

function hdel(context: Context): void {
  const { argv, reply } = context;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (entry === undefined) return reply.integer(0);
  const hash = hashToChange(context, 1);
  let removed = 0;
  for (let i = 2; i < argv.count && hash.size > 0; i++) if (hash.remove(argv.bytes(i))) removed++;
  if (removed > 0) {
    if (hash.size === 0) remove(context, 1);
    touch(context, 1, removed);
    context.effects.verbatim();
  }
  reply.integer(removed);
}

function hlen(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry === undefined ? 0 : entry.hash().size);
}

function hstrlen(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry?.hash().get(context.argv.bytes(2))?.length ?? 0);
}

function hexists(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  context.reply.integer(entry?.hash().has(context.argv.bytes(2)) ? 1 : 0);
}

function hincrby(context: Context): void {
  const { argv, reply } = context;
  const by = incrementOrReply(context, 3);
  if (by === undefined) return;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const field = argv.bytes(2);
  const text = entry?.hash().get(field);
  const old = text === undefined ? 0n : parseInt64(text);
  if (old === undefined) return reply.error(errors.hashNotInteger);
  const sum = addInteger(old, by);
  if (sum === undefined) return reply.error(errors.overflow);
  const digits = new ByteWriter(24);
  digits.latin1(sum.toString());
  hashToChange(context, 1).put(field, digits.view(), true);
  touch(context, 1);
  context.effects.verbatim();
  reply.integer(sum);
}

function hincrbyfloat(context: Context): void {
  const { argv, reply } = context;
  const by = parseLongDouble(argv.bytes(3));
  if (by === undefined) return reply.error(errors.notFloat);
  if (typeof by === 'string') return reply.error(errors.valueNanOrInfinity);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  const field = argv.bytes(2);
  const text = entry?.hash().get(field);
  const old = text === undefined ? { mantissa: 0n, exponent: 0 } : parseLongDouble(text);
  if (old === undefined) return reply.error(errors.hashNotFloat);
  const sum = addLongDouble(old, by);
  if (sum === undefined) return reply.error(errors.nanOrInfinity);
  const digits = new ByteWriter(32);
  digits.latin1(formatLongDouble(sum));
  const value = digits.view();
  const hash = hashToChange(context, 1);
  const expireAtMs = hash.fieldExpiry(field);
  hash.put(field, value, true);
  touch(context, 1);
  context.effects.command('HSET', argv.bytes(1), field, value);
  // A HSET takes the field's expiry away, HINCRBYFLOAT does not.
  if (expireAtMs !== NO_EXPIRY)
    context.effects.command('HPEXPIREAT', argv.bytes(1), expireAtMs, 'FIELDS', 1, field);
  reply.bulk(value);
}

/** HRANDFIELD key [count [WITHVALUES]] */
function hrandfield(context: Context): void {
  const { reply } = context;
  const options = randomOptionsOrReply(context, 'WITHVALUES');
  if (options === undefined) return;
  const { wanted, withValues } = options;
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'hash')) return;
  if (wanted === 'one')
    return entry === undefined ? reply.nil() : reply.bulk(entry.hash().random(() => context.draw()).field);
  if (entry === undefined || wanted === 0) return reply.array(0);
  const source = sourceOf(entry.hash());
  const begin = beginPairs(context, wanted < 0 ? -wanted : Math.min(wanted, source.size), withValues);
  drawPairs(context, source, wanted, ({ field, value }) => {
    begin();
    reply.bulk(field);
    if (withValues) reply.bulk(value);
  });
}

type FieldValue = { readonly field: Uint8Array; readonly value: Uint8Array };

function sourceOf(hash: HashView): PairSource<FieldValue> {
  return {
    size: hash.size,
    random: (draw) => hash.random(draw),
    all: () => {
      const all: FieldValue[] = [];
      hash.forEach((field, value) => void all.push({ field, value }));
      return all;
    },
    nameOf: ({ field }) => field,
  };
}

export const hashCommands: readonly Command[] = [
  define('hset', -4, 'write denyoom fast', oneKey, hset('hset')),
  define('hmset', -4, 'write denyoom fast', oneKey, hset('hmset')),
  define('hsetnx', 4, 'write denyoom fast', oneKey, hsetnx),
  define('hget', 3, 'readonly fast', oneKey, hget),
  define('hmget', -3, 'readonly fast', oneKey, hmget),
  define('hgetall', 2, 'readonly', oneKey, hgetall),
  define('hkeys', 2, 'readonly', oneKey, listing('fields')),
  define('hvals', 2, 'readonly', oneKey, listing('values')),
  define('hdel', -3, 'write fast', oneKey, hdel),
  define('hlen', 2, 'readonly fast', oneKey, hlen),
  define('hstrlen', 3, 'readonly fast', oneKey, hstrlen),
  define('hexists', 3, 'readonly fast', oneKey, hexists),
  define('hincrby', 4, 'write denyoom fast', oneKey, hincrby),
  define('hincrbyfloat', 4, 'write denyoom fast', oneKey, hincrbyfloat),
  define('hrandfield', -2, 'readonly', oneKey, hrandfield),
];
