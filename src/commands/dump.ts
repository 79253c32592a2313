/**
 * DUMP and RESTORE: one value as bytes that another server, or a Redis, takes.
 *
 * What is restored is built beside the key and takes its name only when it is whole: a payload whose checksum is right
 * may still be no value.
 */
import { int64Max, ByteWriter } from '../bytes/index.ts';
import { NO_EXPIRY, expiryFromBigint, type Expiry } from '../data/index.ts';
import { isLightsoutError } from '../errors.ts';
import { isDumpIntact, loadInto, readDump, writeDump } from '../rdb/index.ts';
import { find, touch } from './access.ts';
import { bigArgument, integerOrReply, refuse } from './arguments.ts';
import type { Command, Context } from './context.ts';
import { define, oneKey } from './define.ts';
import { errors } from './errors.ts';
import { isPastExpiry } from './expiry.ts';

function dump(context: Context): void {
  const entry = find(context, 1);
  if (entry === undefined) return context.reply.nil();
  const payload = new ByteWriter(64);
  writeDump(payload, entry);
  context.reply.bulk(payload.view());
}

interface RestoreOptions {
  readonly replace: boolean;
  readonly isAbsolute: boolean;
}

/** [REPLACE] [ABSTTL] [IDLETIME seconds | FREQ frequency]. Nothing is evicted here, so the last two are only checked. */
function optionsOrReply(context: Context): RestoreOptions | undefined {
  const { argv } = context;
  let replace = false;
  let isAbsolute = false;
  let mark: 'IDLETIME' | 'FREQ' | undefined;
  for (let i = 4; i < argv.count; i++) {
    const hasValue = i + 1 < argv.count;
    if (argv.is(i, 'REPLACE')) {
      replace = true;
    } else if (argv.is(i, 'ABSTTL')) {
      isAbsolute = true;
    } else if (argv.is(i, 'IDLETIME') && hasValue && mark !== 'FREQ') {
      const idle = integerOrReply(context, ++i);
      if (idle === undefined) return undefined;
      if (idle < 0) return refuse(context, errors.restoreIdle);
      mark = 'IDLETIME';
    } else if (argv.is(i, 'FREQ') && hasValue && mark !== 'IDLETIME') {
      const frequency = integerOrReply(context, ++i);
      if (frequency === undefined) return undefined;
      if (frequency < 0 || frequency > 255) return refuse(context, errors.restoreFrequency);
      mark = 'FREQ';
    } else {
      return refuse(context, errors.syntax);
    }
  }
  return { replace, isAbsolute };
}

/** A name near `key` that no key has. */
function freeName({ db }: Context, key: Uint8Array): Uint8Array {
  for (let length = key.length + 1; ; length++) {
    const name = new Uint8Array(length);
    name.set(key);
    if (db.find(name) === undefined) return name;
  }
}

/** Puts the payload's value under `name`. False, and nothing there, where it holds none. */
function build(context: Context, payload: Uint8Array, name: Uint8Array): boolean {
  const loader = loadInto(context.keyspace);
  loader.selectDb(context.dbIndex);
  try {
    readDump(payload, name, NO_EXPIRY, loader);
  } catch (error) {
    if (!isLightsoutError(error) || error.code !== 'CORRUPT') throw error;
    context.db.remove(name);
    return false;
  }
  return context.db.find(name) !== undefined;
}

/** `sinceMs` and the `ttl` of word 2, exactly; never beyond 64 bits. */
function expiryFromTtl(context: Context, ttl: number, sinceMs: number): Expiry {
  if (ttl <= 2 ** 52) return ttl + sinceMs;
  const atMs = bigArgument(context, 2)! + BigInt(sinceMs);
  return expiryFromBigint(atMs > int64Max ? int64Max : atMs);
}

/** RESTORE key ttl payload [options] */
function restore(context: Context): void {
  const { argv, db, reply, effects } = context;
  const options = optionsOrReply(context);
  if (options === undefined) return;
  const { replace, isAbsolute } = options;
  const wasThere = find(context, 1) !== undefined;
  if (wasThere && !replace) return reply.error(errors.busyKey);
  const ttl = integerOrReply(context, 2);
  if (ttl === undefined) return;
  if (ttl < 0) return reply.error(errors.restoreTtl);
  const payload = argv.bytes(3);
  if (!isDumpIntact(payload, context.limits.verifiesDumps)) return reply.error(errors.dumpFooter);
  const key = argv.bytes(1);
  const beside = freeName(context, key);
  if (!build(context, payload, beside)) return reply.error(errors.dumpContent);

  const atMs = expiryFromTtl(context, ttl, isAbsolute ? 0 : context.nowMs);
  if (ttl > 0 && isPastExpiry(context, atMs)) {
    db.remove(beside);
    if (wasThere) {
      db.remove(key);
      touch(context, 1);
      effects.command('DEL', key);
    }
    return reply.ok();
  }
  db.rename(beside, key);
  db.setExpiry(key, ttl > 0 ? atMs : NO_EXPIRY);
  touch(context, 1);
  if (ttl === 0 || isAbsolute) {
    effects.verbatim();
  } else {
    const parts = [argv.bytes(0), key, atMs, payload];
    for (let i = 4; i < argv.count; i++) parts.push(argv.bytes(i));
    effects.command(...parts, 'ABSTTL');
  }
  reply.ok();
}

export const dumpCommands: readonly Command[] = [
  define('dump', 2, 'readonly', oneKey, dump),
  define('restore', -4, 'write denyoom', oneKey, restore),
  define('restore-asking', -4, 'write denyoom asking', oneKey, restore),
];
