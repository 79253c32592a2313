/** All commands that the model knows, by upper-case name, and which of them look at the data. */
import { bitFields } from './bit-fields.ts';
import { bits } from './bits.ts';
import type { ModelCommand } from './call.ts';
import { geo } from './geo.ts';
import { hashExpiries } from './hash-expiries.ts';
import { hashes } from './hashes.ts';
import { keys } from './keys.ts';
import { lists } from './lists.ts';
import { restoring } from './restore.ts';
import { sets } from './sets.ts';
import { sorting } from './sort.ts';
import { streamClaims } from './stream-claims.ts';
import { streamGroups } from './stream-groups.ts';
import { streamReads } from './stream-reads.ts';
import { streams } from './streams.ts';
import { strings } from './strings.ts';
import { zsets } from './zsets.ts';

export const modelCommands: ReadonlyMap<string, ModelCommand> = new Map([
  ...Object.entries(strings),
  ...Object.entries(bits),
  ...Object.entries(bitFields),
  ...Object.entries(sorting),
  ...Object.entries(lists),
  ...Object.entries(sets),
  ...Object.entries(hashes),
  ...Object.entries(hashExpiries),
  ...Object.entries(zsets),
  ...Object.entries(geo),
  ...Object.entries(streams),
  ...Object.entries(streamGroups),
  ...Object.entries(streamReads),
  ...Object.entries(streamClaims),
  ...Object.entries(keys),
  ...Object.entries(restoring),
]);

/**
 * Commands that are answered while writes are refused: those that change nothing whatever they find, and scripts, which
 * learn of it when they write.
 */
export const readers: ReadonlySet<string> = new Set([
  'PING',
  'ECHO',
  'SELECT',
  'GET',
  'MGET',
  'STRLEN',
  'GETBIT',
  'BITCOUNT',
  'GETRANGE',
  'LRANGE',
  'LLEN',
  'LINDEX',
  'SMEMBERS',
  'SRANDMEMBER',
  'SDIFF',
  'SINTER',
  'SUNION',
  'SCARD',
  'SISMEMBER',
  'HGET',
  'HGETALL',
  'HKEYS',
  'HVALS',
  'HMGET',
  'HSTRLEN',
  'HLEN',
  'HEXISTS',
  'HTTL',
  'HPTTL',
  'HEXPIRETIME',
  'HPEXPIRETIME',
  'ZCARD',
  'ZCOUNT',
  'ZDIFF',
  'ZINTER',
  'ZINTERCARD',
  'ZLEXCOUNT',
  'ZMSCORE',
  'ZRANDMEMBER',
  'ZRANGE',
  'ZRANGEBYLEX',
  'ZRANGEBYSCORE',
  'ZRANK',
  'ZREVRANGE',
  'ZREVRANGEBYLEX',
  'ZREVRANGEBYSCORE',
  'ZREVRANK',
  'ZSCORE',
  'ZUNION',
  'XINFO',
  'XLEN',
  'XPENDING',
  'XRANGE',
  'XREAD',
  'XREVRANGE',
  'EXISTS',
  'TYPE',
  'TTL',
  'PTTL',
  'EXPIRETIME',
  'PEXPIRETIME',
  'KEYS',
  'DBSIZE',
  'TIME',
  'EVAL',
  'EVAL_RO',
]);

/** Replies that say nothing about the data, and so depend on no write. */
export const dataless: ReadonlySet<string> = new Set([
  'PING',
  'ECHO',
  'SELECT',
  'MULTI',
  'DISCARD',
  'WATCH',
  'UNWATCH',
]);
