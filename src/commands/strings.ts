/** Strings: GET, SET and their relatives. A value is bytes; whether it is a number is the counters' concern. */
import { KEEP_EXPIRY, NO_EXPIRY, type Entry, type Expiry } from '../data/index.ts';
import { expireBefore, find, isWrongType, remove, touch } from './access.ts';
import type { Command, Context, EffectPart } from './context.ts';
import { allKeys, define, oneKey } from './define.ts';
import { errors, wrongArity } from './errors.ts';
import { expiryOrReply, isPastExpiry, type ExpiryUnit } from './expiry.ts';
import { parseStringOptions } from './string-options.ts';

/** Replies a string that was found, or nil. The value goes from its page into the reply, and nowhere between. */
function replyString({ reply }: Context, entry: Entry | undefined): void {
  if (entry === undefined) return reply.nil();
  reply.beginBulk(entry.stringLength());
  entry.writeString(reply.writer);
  reply.endBulk();
}

function get(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
}

/** Stores word `valueIndex` under the key at word 1. */
function put(context: Context, valueIndex: number, expireAtMs: Expiry): void {
  const { argv } = context;
  const { buffer } = argv;
  context.db.putStringRange(
    buffer,
    argv.start(1),
    argv.end(1),
    buffer,
    argv.start(valueIndex),
    argv.end(valueIndex),
    expireAtMs,
  );
  touch(context, 1);
}

function set(context: Context): void {
  if (context.argv.count > 3) {
    setWithOptions(context);
    return;
  }
  expireBefore(context, 1);
  put(context, 2, NO_EXPIRY);
  context.effects.verbatim();
  context.reply.ok();
}

function setWithOptions(context: Context): void {
  const { argv, reply } = context;
  const options = parseStringOptions(context, 3, 'set');
  if (options === undefined) return reply.error(errors.syntax);
  let expireAtMs: Expiry = options.keepTtl ? KEEP_EXPIRY : NO_EXPIRY;
  if (options.unit !== undefined) {
    const atMs = expiryOrReply(context, options.timeIndex, options.unit, 'set', true);
    if (atMs === undefined) return;
    expireAtMs = atMs;
  }
  const entry = find(context, 1);
  if (options.get) {
    if (isWrongType(context, entry, 'string')) return;
    replyString(context, entry);
  }
  if (
    (options.condition === 'NX' && entry !== undefined) ||
    (options.condition === 'XX' && entry === undefined)
  ) {
    if (!options.get) reply.nil();
    return;
  }
  put(context, 2, expireAtMs);
  if (options.unit !== undefined) {
    context.effects.command('SET', argv.bytes(1), argv.bytes(2), 'PXAT', expireAtMs);
  } else if (options.get) {
    const parts: EffectPart[] = [];
    for (let i = 0; i < argv.count; i++) if (i < 3 || !argv.is(i, 'GET')) parts.push(argv.bytes(i));
    context.effects.command(...parts);
  } else {
    context.effects.verbatim();
  }
  if (!options.get) reply.ok();
}

function setnx(context: Context): void {
  if (find(context, 1) !== undefined) return context.reply.integer(0);
  put(context, 2, NO_EXPIRY);
  context.effects.verbatim();
  context.reply.integer(1);
}

function setWithTime(unit: ExpiryUnit, command: string): (context: Context) => void {
  return (context) => {
    const atMs = expiryOrReply(context, 2, unit, command, true);
    if (atMs === undefined) return;
    expireBefore(context, 1);
    put(context, 3, atMs);
    context.effects.command('SET', context.argv.bytes(1), context.argv.bytes(3), 'PXAT', atMs);
    context.reply.ok();
  };
}

function getset(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
  put(context, 2, NO_EXPIRY);
  context.effects.command('SET', context.argv.bytes(1), context.argv.bytes(2));
}

function getdel(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  replyString(context, entry);
  if (entry === undefined) return;
  remove(context, 1);
  touch(context, 1);
  context.effects.command('DEL', context.argv.bytes(1));
}

function getex(context: Context): void {
  const { argv, reply, effects } = context;
  const options = parseStringOptions(context, 2, 'getex');
  if (options === undefined) return reply.error(errors.syntax);
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  if (entry === undefined) return reply.nil();
  let atMs: Expiry | undefined;
  if (options.unit !== undefined) {
    atMs = expiryOrReply(context, options.timeIndex, options.unit, 'getex', true);
    if (atMs === undefined) return;
  }
  const hadExpiry = entry.expireAtMs !== NO_EXPIRY;
  replyString(context, entry);
  const key = argv.bytes(1);
  if (
    atMs !== undefined &&
    (options.unit === 'EXAT' || options.unit === 'PXAT') &&
    isPastExpiry(context, atMs)
  ) {
    context.db.remove(key);
    effects.command('DEL', key);
  } else if (atMs !== undefined) {
    context.db.setExpiry(key, atMs);
    effects.command('PEXPIREAT', key, atMs);
  } else if (options.persist && hadExpiry) {
    context.db.setExpiry(key, NO_EXPIRY);
    effects.command('PERSIST', key);
  } else {
    return;
  }
  touch(context, 1);
}

function mget(context: Context): void {
  const { argv, reply } = context;
  reply.array(argv.count - 1);
  for (let i = 1; i < argv.count; i++) {
    const entry = find(context, i);
    replyString(context, entry?.type === 'string' ? entry : undefined);
  }
}

/** Stores every pair of words from the first on. */
function putPairs(context: Context): void {
  const { argv, db } = context;
  const { buffer } = argv;
  for (let i = 1; i < argv.count; i += 2) {
    expireBefore(context, i);
    db.putStringRange(
      buffer,
      argv.start(i),
      argv.end(i),
      buffer,
      argv.start(i + 1),
      argv.end(i + 1),
      NO_EXPIRY,
    );
    touch(context, i);
  }
  context.effects.verbatim();
}

function mset(context: Context): void {
  if (context.argv.count % 2 === 0) return context.reply.error(wrongArity('mset'));
  putPairs(context);
  context.reply.ok();
}

function msetnx(context: Context): void {
  const { argv, reply } = context;
  if (argv.count % 2 === 0) return reply.error(wrongArity('msetnx'));
  for (let i = 1; i < argv.count; i += 2) if (find(context, i) !== undefined) return reply.integer(0);
  putPairs(context);
  reply.integer(1);
}

function strlen(context: Context): void {
  const entry = find(context, 1);
  if (isWrongType(context, entry, 'string')) return;
  context.reply.integer(entry === undefined ? 0 : entry.stringLength());
}

const everyOther = [1, -1, 2] as const;

export const stringCommands: readonly Command[] = [
  define('get', 2, 'readonly fast', oneKey, get),
  define('set', -3, 'write denyoom', oneKey, set),
  define('setnx', 3, 'write denyoom fast', oneKey, setnx),
  define('setex', 4, 'write denyoom', oneKey, setWithTime('EX', 'setex')),
  define('psetex', 4, 'write denyoom', oneKey, setWithTime('PX', 'psetex')),
  define('getset', 3, 'write denyoom fast', oneKey, getset),
  define('getdel', 2, 'write fast', oneKey, getdel),
  define('getex', -2, 'write fast', oneKey, getex),
  define('mget', -2, 'readonly fast', allKeys, mget),
  define('mset', -3, 'write denyoom', everyOther, mset),
  define('msetnx', -3, 'write denyoom', everyOther, msetnx),
  define('strlen', 2, 'readonly fast', oneKey, strlen),
];
