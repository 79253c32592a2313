/**
 * How commands reach keys: lookups that expire lazily, type checks that answer, and the notes about what changed.
 *
 * A key, or a field of a hash, is expired when the time is *past* its expiry, and never during a replay. Whoever looks such a key up removes
 * it: the removal is logged as a DEL of its own ahead of the command's effect, WATCH sees it, and the command finds
 * nothing. As in Redis it does not count as a change since the last save.
 */
import {
  KEEP_EXPIRY,
  NO_EXPIRY,
  type Entry,
  type Expiry,
  type ListValue,
  type SetValue,
  type HashValue,
  type ZsetValue,
  type ValueType,
} from '../data/index.ts';
import { equalBytes } from './bytes.ts';
import type { Context, EffectPart, Told } from './context.ts';
import { errors } from './errors.ts';

/** Whether a key with this expiry (or NO_EXPIRY) counts as gone. */
export function isExpired(context: Context, expireAtMs: Expiry): boolean {
  return expireAtMs !== NO_EXPIRY && context.nowMs > expireAtMs && !context.replaying;
}

/** Finds the key that is word `index` of the command, in the client's database. The hot path: makes nothing. */
export function find(context: Context, index: number): Entry | undefined {
  const { argv } = context;
  const entry = context.db.find(argv.buffer, argv.start(index), argv.end(index));
  if (entry === undefined) return undefined;
  if (isExpired(context, entry.expireAtMs)) {
    expire(context, context.dbIndex, argv.bytes(index));
    return undefined;
  }
  if (!isExpired(context, entry.fieldExpiryMs)) return entry;
  return withoutExpired(context, context.dbIndex, argv.bytes(index));
}

/** As `find`, for any key of any database. */
export function findIn(context: Context, dbIndex: number, key: Uint8Array): Entry | undefined {
  const entry = context.keyspace.database(dbIndex).find(key);
  if (entry === undefined) return undefined;
  if (isExpired(context, entry.expireAtMs)) {
    expire(context, dbIndex, key);
    return undefined;
  }
  return isExpired(context, entry.fieldExpiryMs) ? withoutExpired(context, dbIndex, key) : entry;
}

/** Removes the fields of a hash whose time is over, says so, and finds what is left. */
function withoutExpired(context: Context, dbIndex: number, key: Uint8Array): Entry | undefined {
  const db = context.keyspace.database(dbIndex);
  const hash = db.hash(key, false)!;
  const expired = hash.removeExpired(context.nowMs);
  if (expired.length > 0) {
    if (hash.size === 0) db.remove(key);
    context.changed(dbIndex, key, 0);
    effectIn(context, dbIndex, 'HDEL', key, ...expired);
  }
  return db.find(key);
}

/** Looks at a key only in order to expire it: what is overwritten is found first, so that a log shows its end. */
export function expireBefore(context: Context, index: number): void {
  if (context.db.expires !== 0) find(context, index);
}

/** Removes a key whose time is over, and says so. `key` must not be memory of the entry. */
export function expire(context: Context, dbIndex: number, key: Uint8Array): void {
  context.keyspace.database(dbIndex).remove(key);
  context.changed(dbIndex, key, 0);
  effectIn(context, dbIndex, 'DEL', key);
}

/** The same for a key of the client's database that the command came by: it has nothing to do with what it answers. */
export function expireInPassing(context: Context, key: Uint8Array): void {
  context.db.remove(key);
  context.changed(context.dbIndex, key, 0);
  context.effects.apart('DEL', key);
}

function effectIn({ effects, dbIndex: own }: Context, dbIndex: number, ...parts: EffectPart[]): void {
  if (dbIndex === own) {
    effects.command(...parts);
  } else {
    // Effects are logged for the client's database; this one stands in another, and comes back.
    effects.command('SELECT', dbIndex);
    effects.command(...parts);
    effects.command('SELECT', own);
  }
}

/** True, with the error replied, where a key is there and of another type. */
export function isWrongType(context: Context, entry: Entry | undefined, type: ValueType): boolean {
  if (entry === undefined || entry.type === type) return false;
  context.reply.error(errors.wrongType);
  return true;
}

/** Says that word `index` of the command is a key of the client's database that changed. */
export function touch(context: Context, index: number, changes = 1, told: Told = 'all'): void {
  // Nobody watches while a log is replayed, and what it says is saved already: the view would be made for nothing.
  if (context.replaying) return;
  context.changed(context.dbIndex, context.argv.bytes(index), changes, told);
}

/**
 * Leaves the string at word `index`, whose entry and bytes these are, as it is but for what OBJECT ENCODING tells: Redis takes
 * a string into a piece of its own before it looks whether there is anything to change. No effect, and no change.
 */
export function leaveRaw(context: Context, index: number, entry: Entry, value: Uint8Array): void {
  if (entry.encoding() !== 'raw')
    context.db.putString(context.argv.bytes(index), value, KEEP_EXPIRY, 'edited');
}

/** Whether a command that waited may look at the key at word `index`: at any, the first time. */
export function isReadyFor({ argv, readyKey }: Context, index: number): boolean {
  return readyKey === undefined || equalBytes(readyKey, argv.bytes(index));
}

/** Removes the key at word `index`. */
export function remove(context: Context, index: number): boolean {
  return context.db.remove(context.argv.bytes(index));
}

/** The collection at word `index` to change; made where it is missing. The caller has checked the type. */
export function listToChange(context: Context, index: number): ListValue {
  return context.db.list(context.argv.bytes(index), true)!;
}

export function setToChange(context: Context, index: number): SetValue {
  return context.db.set(context.argv.bytes(index), true)!;
}

export function hashToChange(context: Context, index: number): HashValue {
  return context.db.hash(context.argv.bytes(index), true)!;
}

export function zsetToChange(context: Context, index: number): ZsetValue {
  return context.db.zset(context.argv.bytes(index), true)!;
}
