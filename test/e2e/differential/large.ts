/**
 * Values of hundreds and thousands of elements, which Redis and we keep otherwise than small ones: made in a few commands,
 * changed in their middle, cut, moved, combined and copied.
 */
import type { Draw } from '../../unit/commands/support/generate.ts';

const keys = {
  list: ['L0', 'L1'],
  set: ['E0', 'E1', 'E2'],
  hash: ['H0', 'H1'],
  zset: ['Z0', 'Z1', 'Z2'],
  string: ['S0', 'S1'],
} as const;
type Type = keyof typeof keys;
const types = Object.keys(keys) as Type[];

export function large(draw: Draw): () => string[] {
  const below = (limit: number): number => Math.floor(draw() * limit);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const some = (most: number, make: () => string): string[] => Array.from({ length: 1 + below(most) }, make);
  const key = (type: Type): string => pick(keys[type]);
  const anyKey = (): string => key(pick(types));
  /** Three kinds, so that one command adds many of a kind, and others find them. */
  const element = (kind = below(3)): string =>
    kind === 0
      ? String(below(3000) - 1000)
      : kind === 1
        ? `m${below(1500)}`
        : 'long '.repeat(below(40)) + String(below(300));
  const many = (): string[] => {
    const kind = below(3);
    return some(pick([5, 60, 300]), () => element(kind));
  };
  const index = (): string => String(below(1200) - 400);
  const score = (): string => pick([String(below(500)), String(below(500) / 8), '-inf', 'inf', '1e300']);
  const bounds = (): string[] => {
    const [low, high] = [below(500), below(500)].toSorted((a, b) => a - b);
    return [pick(['', '(']) + String(low), pick(['', '(']) + String(high)];
  };
  const limit = (): string[] =>
    draw() < 0.4 ? ['LIMIT', String(below(300) - 5), String(below(200) - 5)] : [];
  const end = (): string => pick(['LEFT', 'RIGHT']);

  const makers: Readonly<Record<Type, () => string[]>> = {
    list: () =>
      pick([
        () => [pick(['LPUSH', 'RPUSH', 'RPUSH']), key('list'), ...many()],
        () => ['LRANGE', key('list'), index(), index()],
        () => ['LINDEX', key('list'), index()],
        () => ['LSET', key('list'), index(), element()],
        () => ['LINSERT', key('list'), pick(['BEFORE', 'AFTER']), element(), element()],
        () => ['LREM', key('list'), String(below(7) - 3), element()],
        () => [
          'LPOS',
          key('list'),
          element(),
          'RANK',
          pick(['1', '-1', '2', '-3']),
          'COUNT',
          pick(['0', '2']),
        ],
        () => ['LTRIM', key('list'), String(below(30) - 5), String(-1 - below(30))],
        () => ['LMOVE', key('list'), key('list'), end(), end()],
        () => [pick(['LPOP', 'RPOP']), key('list'), String(below(40))],
        () => ['LMPOP', '2', ...keys.list, end(), 'COUNT', String(1 + below(60))],
        () => ['SORT', key('list'), 'ALPHA', 'LIMIT', '5', '200', 'STORE', key('list')],
      ])(),
    set: () =>
      pick([
        () => ['SADD', key('set'), ...many()],
        () => ['SADD', key('set'), ...many()],
        () => ['SREM', key('set'), ...many()],
        () => ['SMISMEMBER', key('set'), ...many()],
        () => ['SMEMBERS', key('set')],
        () => ['SPOP', key('set'), String(below(30))],
        () => ['SRANDMEMBER', key('set'), String(below(400) - 100)],
        () => ['SMOVE', key('set'), key('set'), element()],
        () => [pick(['SINTER', 'SUNION', 'SDIFF']), ...some(3, () => key('set'))],
        () => [pick(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']), ...some(3, () => key('set')), key('set')],
        () => ['SINTERCARD', '2', key('set'), key('set'), 'LIMIT', String(below(80))],
      ])(),
    hash: () =>
      pick([
        () => ['HSET', key('hash'), ...many().flatMap((field) => [field, element()])],
        () => ['HSET', key('hash'), ...many().flatMap((field) => [field, element()])],
        () => ['HDEL', key('hash'), ...many()],
        () => ['HMGET', key('hash'), ...many()],
        () => ['HINCRBY', key('hash'), element(0), '7'],
        () => ['HGETALL', key('hash')],
        () => ['HRANDFIELD', key('hash'), String(below(300) - 100)],
      ])(),
    zset: () =>
      pick([
        () => ['ZADD', key('zset'), ...many().flatMap((member) => [score(), member])],
        () => [
          'ZADD',
          key('zset'),
          pick(['NX', 'XX', 'GT', 'LT']),
          'CH',
          ...many().flatMap((m) => [score(), m]),
        ],
        () => ['ZINCRBY', key('zset'), String(below(50)), element()],
        () => ['ZREM', key('zset'), ...many()],
        () => ['ZRANGE', key('zset'), index(), index(), ...pick([[], ['REV'], ['WITHSCORES']])],
        () => ['ZRANGEBYSCORE', key('zset'), ...bounds(), ...pick([[], ['WITHSCORES']]), ...limit()],
        () => ['ZRANGE', key('zset'), ...bounds().toReversed(), 'BYSCORE', 'REV', ...limit()],
        () => ['ZCOUNT', key('zset'), ...bounds()],
        () => [pick(['ZRANK', 'ZREVRANK', 'ZSCORE']), key('zset'), element()],
        () => ['ZREMRANGEBYRANK', key('zset'), index(), String(below(20))],
        () => ['ZREMRANGEBYSCORE', key('zset'), ...bounds().map((bound) => bound.replace(/\d$/, ''))],
        () => [pick(['ZPOPMIN', 'ZPOPMAX']), key('zset'), String(below(40))],
        () => ['ZRANGESTORE', key('zset'), key('zset'), index(), index()],
        () => [
          pick(['ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE']),
          key('zset'),
          '2',
          key('zset'),
          pick([key('zset'), key('set')]),
        ],
        () => ['ZRANDMEMBER', key('zset'), String(below(300) - 100), 'WITHSCORES'],
      ])(),
    string: () =>
      pick([
        () => ['APPEND', key('string'), element(2).repeat(1 + below(30))],
        () => ['SETRANGE', key('string'), String(below(20_000)), element()],
        () => ['GETRANGE', key('string'), index(), String(below(20_000))],
        () => ['SETBIT', key('string'), String(below(200_000)), pick(['0', '1'])],
        () => ['BITCOUNT', key('string'), String(below(4000)), String(-below(4000)), pick(['BYTE', 'BIT'])],
        () => ['BITPOS', key('string'), pick(['0', '1']), String(below(3000))],
        () => ['BITOP', pick(['AND', 'OR', 'XOR']), key('string'), key('string'), key('string')],
        () => ['BITFIELD', key('string'), 'INCRBY', 'i13', String(below(150_000)), '77'],
        () => ['STRLEN', key('string')],
        () => ['GET', key('string')],
      ])(),
  };
  const others = (): string[] =>
    pick([
      () => ['COPY', anyKey(), anyKey(), 'REPLACE'],
      () => ['RENAME', anyKey(), anyKey()],
      () => ['DEL', anyKey()],
      () => ['OBJECT', 'ENCODING', anyKey()],
      () => ['TYPE', anyKey()],
    ])();
  return () => (draw() < 0.06 ? others() : makers[pick(types)]());
}
