/**
 * Clients that wait, and what happens meanwhile: keys that are empty more often than not and become of any type, so that
 * those who wait for them are served, passed over, or sent away.
 *
 * No stream loses its last entry: readers of one that has come to a later last id without an entry get an empty answer from
 * Redis 7.0, and wait on with us, as with later versions of Redis.
 */
import type { Draw } from '../../unit/commands/support/generate.ts';

type Words = readonly string[];

/** Some begin to wait, one after the other; then another client acts; then who still waits is sent away. */
export interface Wait {
  readonly kind: 'wait';
  readonly waits: readonly Words[];
  /** Commands, or the commands of a transaction. */
  readonly meanwhile: readonly (readonly Words[])[];
  /** How each of them is sent away: words behind CLIENT UNBLOCK id. */
  readonly ends: readonly Words[];
}

/** The most that wait at once. */
export const waiters = 3;

const keys = ['w0', 'w1', 'w2'];
const members = ['a', 'b', 'c', ''];
/** For ever, or long enough; and what is no time. */
const seconds = ['0', '0', '0', '100', '1e3', '0x40', '99.9'];
const oddSeconds = [
  '-1',
  '',
  'x',
  'inf',
  'nan',
  '-0',
  '1e400',
  '9223372036854775807',
  '9223372036854776',
  '1 ',
];
const milliseconds = ['0', '0', '0', '100000'];
const oddMilliseconds = ['-1', '', 'x', '1.5', '9223372036854775807'];

export function waiting(draw: Draw): () => Wait {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)]!;
  const some = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: 1 + Math.floor(draw() * most) }, make);
  const key = () => pick(keys);
  const end = () => pick(['LEFT', 'RIGHT']);
  let lastId = 0;

  function waits(): string[] {
    const time = () => pick(draw() < 0.95 ? seconds : oddSeconds);
    const milli = () => pick(draw() < 0.95 ? milliseconds : oddMilliseconds);
    const count = () => (draw() < 0.4 ? ['COUNT', pick(['1', '2', '3', '0', 'x'])] : []);
    const asked = some(3, key);
    switch (Math.floor(draw() * 9)) {
      case 0:
      case 1:
        return [pick(['BLPOP', 'BRPOP']), ...asked, time()];
      case 2:
        return ['BLMOVE', key(), key(), end(), pick(['LEFT', 'RIGHT', 'RIGHT', 'UP']), time()];
      case 3:
        return ['BRPOPLPUSH', key(), key(), time()];
      case 4:
        return ['BLMPOP', time(), String(asked.length), ...asked, end(), ...count()];
      case 5:
        return [pick(['BZPOPMIN', 'BZPOPMAX']), ...asked, time()];
      case 6:
        return [
          'BZMPOP',
          time(),
          String(asked.length),
          ...asked,
          pick(['MIN', 'MAX', 'MIN', 'TOP']),
          ...count(),
        ];
      case 7: {
        const after = () => pick(['$', '$', '0', `${lastId}`, `${lastId + 2}-1`]);
        return ['XREAD', ...count(), 'BLOCK', milli(), 'STREAMS', ...asked, ...asked.map(after)];
      }
      default: {
        const after = () => pick(['>', '>', '>', '>', '0']);
        const group = ['GROUP', pick(['g0', 'g0', 'g1']), pick(['c0', 'c1'])];
        const noAck = draw() < 0.2 ? ['NOACK'] : [];
        const block = ['BLOCK', milli()];
        return [
          'XREADGROUP',
          ...group,
          ...count(),
          ...block,
          ...noAck,
          'STREAMS',
          ...asked,
          ...asked.map(after),
        ];
      }
    }
  }

  function acts(): string[] {
    const scored = () => some(3, () => [pick(['1', '2', '-1', 'inf']), pick(members)]).flat();
    switch (Math.floor(draw() * 26)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return [pick(['LPUSH', 'RPUSH', 'RPUSH', 'RPUSHX']), key(), ...some(3, () => pick(members))];
      case 4:
      case 5:
      case 6:
        return ['ZADD', key(), ...scored()];
      case 7:
      case 8:
      case 9:
        return ['XADD', key(), ...(draw() < 0.2 ? ['MAXLEN', '2'] : []), `${++lastId}`, 'f', pick(members)];
      case 10:
      case 11:
        return ['XGROUP', 'CREATE', key(), pick(['g0', 'g0', 'g1']), pick(['0', '$']), 'MKSTREAM'];
      case 12:
        return pick([
          ['XGROUP', 'DESTROY', key(), 'g0'],
          ['XGROUP', 'SETID', key(), 'g0', '0'],
          ['XGROUP', 'DELCONSUMER', key(), 'g0', 'c0'],
        ]);
      case 13:
      case 14:
        return [pick(['DEL', 'UNLINK']), ...some(2, key)];
      case 15:
        return pick([
          ['SET', key(), 'v'],
          ['SADD', key(), 'a'],
          ['HSET', key(), 'f', 'v'],
          ['GEOADD', key(), '13.4', '52.5', 'a'],
        ]);
      case 16:
        return [pick(['RENAME', 'RENAMENX']), key(), key()];
      case 17:
        return ['COPY', key(), key(), ...(draw() < 0.5 ? ['REPLACE'] : [])];
      case 18:
        return pick([
          ['LMOVE', key(), key(), end(), end()],
          ['RPOPLPUSH', key(), key()],
          ['LREM', key(), '0', 'a'],
          ['LTRIM', key(), '1', '-1'],
        ]);
      case 19:
        return pick([
          ['ZPOPMIN', key()],
          ['ZREM', key(), 'a'],
        ]);
      case 20:
        return pick([
          ['MOVE', key(), '1'],
          ['FLUSHDB'],
          ['FLUSHALL'],
          ['PEXPIREAT', key(), '1'],
          ['PERSIST', key()],
        ]);
      case 21:
      case 22:
        // Who may not wait is answered as if the time were over.
        return ['EVAL', 'return redis.pcall(unpack(ARGV))', '0', ...waits()];
      default:
        return ['LRANGE', key(), '0', '-1'];
    }
  }

  /** Redis does not tell those who wait for a key that another type was stored over what was there: so nothing is there. */
  function stores(): Words[] {
    const [to, from] = [key(), key()];
    const store = pick([
      ['ZUNIONSTORE', to, '2', from, from],
      ['ZRANGESTORE', to, from, '0', '-1'],
      ['SORT', from, 'ALPHA', 'STORE', to],
    ]);
    return [['DEL', to], store];
  }

  /** Which of two keys is ready first when both come with another database hangs on Redis's hashes: so one comes. */
  function swaps(): Words[] {
    const [kept, ...others] = draw() < 0.5 ? keys : keys.toReversed();
    return [
      ['SELECT', '1'],
      ['DEL', ...others],
      ['RPUSH', kept!, 'a'],
      ['SELECT', '0'],
      ['SWAPDB', '0', '1'],
    ];
  }

  const meanwhile = (): Words[] => {
    if (draw() < 0.1) return stores();
    if (draw() < 0.05) return swaps();
    if (draw() < 0.8) return [acts()];
    const inside = some(4, () => (draw() < 0.2 ? waits() : acts()));
    return [['MULTI'], ...inside, [draw() < 0.9 ? 'EXEC' : 'DISCARD']];
  };

  return () => ({
    kind: 'wait',
    waits: some(waiters, waits),
    meanwhile: [...some(5, meanwhile), ...(draw() < 0.5 ? [[['DEL', ...keys]]] : [])],
    ends: Array.from({ length: waiters }, () => pick([[], ['TIMEOUT'], ['ERROR'], ['FOO']])),
  });
}
