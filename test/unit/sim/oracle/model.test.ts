/** The reference model against what Redis documents: tiny sessions. */
import { describe, expect, test } from 'vitest';
import { ModelClient } from '../../../../sim/oracle/model/client.ts';
import { ModelState } from '../../../../sim/oracle/model/state.ts';
import { replyMatches } from '../../../../sim/oracle/reply.ts';
import type { Expectation } from '../../../../sim/oracle/reply.ts';

const NOW = 5000;
const OK = { status: 'OK' };

/** Runs lines of `command -> expectation`. */
function session(lines: readonly (readonly [string, Expectation])[], nowMs = NOW): void {
  const client = new ModelClient(new ModelState(4));
  for (const [command, expected] of lines)
    expect({ command, reply: client.execute(command.split(' '), nowMs).expected }).toEqual({
      command,
      reply: expected,
    });
}

const wrongType = { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' };

describe('the model', () => {
  test('strings', () => {
    session([
      ['INCR n', 1],
      ['INCRBY n 41', 42],
      ['APPEND n x', 3],
      ['INCR n', { error: 'ERR value is not an integer or out of range' }],
      ['SETRANGE s 2 ab', 4],
      ['GET s', '\0\0ab'],
      ['SET s v NX', null],
      ['SET s v XX GET', '\0\0ab'],
      ['SET a 1 PX 100', OK],
      ['PTTL a', 100],
      ['SET a 2 KEEPTTL', OK],
      ['PEXPIRETIME a', NOW + 100],
      ['INCR a', 3],
      ['PTTL a', 100],
      ['GETDEL a', '3'],
      ['EXISTS a', 0],
      ['SET a 4 EXAT 6 GET', null],
      ['SET a 5 XX KEEPTTL GET', '4'],
      ['GETEX a', '5'],
      ['PEXPIRETIME a', 6000],
      ['GETEX a PERSIST', '5'],
      ['PTTL a', -1],
      ['GETEX a PX 7', '5'],
      ['PEXPIRETIME a', NOW + 7],
      ['GETEX a PXAT 5000', '5'],
      ['GETEX a', null],
      ['INCRBYFLOAT a 0.75', '0.75'],
      ['INCRBYFLOAT a -2', '-1.25'],
      ['INCRBYFLOAT n 1', { error: 'ERR value is not a valid float' }],
      ['MSETNX b 1 a 2', 0],
      ['MSETNX b 1 c 2', 1],
      ['DEL a b c', 3],
      ['MGET n a', ['42x', null]],
    ]);
  });

  test('fields of hashes that expire', () => {
    const state = new ModelState(1);
    const client = new ModelClient(state);
    const at = (nowMs: number, command: string): Expectation =>
      client.execute(command.split(' '), nowMs).expected;
    expect(at(0, 'HSET h a 1 b 2 c 3')).toBe(3);
    expect(at(0, 'HPEXPIRE h 100 FIELDS 2 a x')).toEqual([1, -2]);
    expect(at(0, 'HEXPIRE h 9 LT FIELDS 2 a b')).toEqual([0, 1]);
    expect(at(0, 'HPEXPIREAT h 200 NX FIELDS 1 c')).toEqual([1]);
    expect(at(1, 'HPTTL h FIELDS 3 a b x')).toEqual([99, 8999, -2]);
    expect(at(1, 'HTTL h FIELDS 1 a')).toEqual([1]);
    expect(at(1, 'HEXPIRETIME h FIELDS 2 a b')).toEqual([1, 9]);
    expect(at(100, 'HINCRBY h a 1')).toBe(2);
    expect(at(100, 'HPEXPIRETIME h FIELDS 1 a')).toEqual([100]);
    expect(at(101, 'HGETALL h')).toEqual({
      pairs: [
        ['b', '2'],
        ['c', '3'],
      ],
    });
    expect(at(101, 'HINCRBY h a 1')).toBe(1);
    expect(at(101, 'HPERSIST h FIELDS 3 a b x')).toEqual([-1, 1, -2]);
    expect(at(101, 'HSET h c 4')).toBe(0);
    expect(at(101, 'HPTTL h FIELDS 3 a b c')).toEqual([-1, -1, -1]);
    expect(at(101, 'HPEXPIRE h 0 FIELDS 1 b')).toEqual([2]);
    expect(at(101, 'HPEXPIRE h 5 FIELDS 2 a c')).toEqual([1, 1]);
    expect(at(107, 'EXISTS h')).toBe(0);
    expect(at(107, 'HLEN h')).toBe(0);
    expect(at(107, 'HPERSIST h FIELDS 1 a')).toEqual([-2]);
  });

  test('what chance may do: every way, with what it is answered and what it leaves', () => {
    const state = new ModelState(1);
    const client = new ModelClient(state);
    const members = (): string[] => [...(state.raw(0, 's')!.value as ReadonlySet<string>)].toSorted();
    client.execute(['SADD', 's', 'a', 'b', 'c'], NOW);
    state.takeChanges();
    client.execute(['MULTI'], NOW);
    client.execute(['SPOP', 's'], NOW);
    client.execute(['SPOP', 's'], NOW);
    const { outcomes, expected } = client.execute(['EXEC'], NOW);
    expect(outcomes!.map((outcome) => (outcome.expected as string[]).join(''))).toEqual([
      'ab',
      'ac',
      'ba',
      'bc',
      'ca',
      'cb',
    ]);
    expect(replyMatches(expected, ['b', 'c'])).toBe(true);
    expect(replyMatches(expected, ['b', 'b'])).toBe(false);
    expect(members()).toEqual(['c']);
    const first = state.takeChanges();
    expect(first).toEqual(outcomes![0]!.changes);
    state.undo(first);
    expect(members()).toEqual(['a', 'b', 'c']);
    state.redo(outcomes![3]!.changes);
    expect(members()).toEqual(['a']);
    const { outcomes: pairs } = client.execute(['SPOP', 's', '1'], NOW);
    expect(pairs, 'one of one is no chance').toBeUndefined();
    expect(client.execute(['SPOP', 's'], NOW)).toMatchObject({ expected: null });
  });

  test('streams', () => {
    session([
      ['XADD s * f v', '5000-0'],
      ['XADD s * f v', '5000-1'],
      [
        'XADD s 3-1 f v',
        { error: 'ERR The ID specified in XADD is equal or smaller than the target stream top item' },
      ],
      ['XGROUP CREATE s g 0', OK],
      ['XGROUP CREATE s g $', { error: 'BUSYGROUP Consumer Group name already exists' }],
      ['XREADGROUP GROUP g c COUNT 1 STREAMS s >', [['s', [['5000-0', ['f', 'v']]]]]],
      ['XACK s g 5000-0 5000-1', 1],
      ['XREADGROUP GROUP g c STREAMS s >', [['s', [['5000-1', ['f', 'v']]]]]],
      ['XREADGROUP GROUP g c STREAMS s >', null],
      ['XDEL s 5000-0 1-1', 1],
      ['XADD s MAXLEN 1 6000-0 a b', '6000-0'],
      ['XRANGE s - +', [['6000-0', ['a', 'b']]]],
      ['XTRIM s MAXLEN 0', 1],
      ['XLEN s', 0],
      ['TYPE s', { status: 'stream' }],
      ['XGROUP DESTROY s g', 1],
      ['LPUSH s x', wrongType],
    ]);
  });

  test('bits and SORT', () => {
    session([
      ['SETBIT b 10 0', 0],
      ['GET b', '\0\0'],
      ['SETBIT b 1 1', 0],
      ['SETBIT b 1 1', 1],
      ['GET b', '@\0'],
      ['GETBIT b 1', 1],
      ['GETBIT b 99', 0],
      ['SETBIT b -1 0', { error: 'ERR bit offset is not an integer or out of range' }],
      ['SET c a', OK],
      ['BITOP OR d b c', 2],
      ['GET d', 'a\0'],
      ['BITCOUNT d', 3],
      ['BITOP NOT d none', 0],
      ['EXISTS d', 0],
      ['RPUSH l b 10 a 9', 4],
      ['SORT l ALPHA DESC STORE m', 4],
      ['LRANGE m 0 -1', ['b', 'a', '9', '10']],
      ['SORT none ALPHA STORE m', 0],
      ['EXISTS m', 0],
    ]);
  });

  test('lists', () => {
    session([
      ['LPUSH l a b', 2],
      ['RPUSH l c d', 4],
      ['LRANGE l 0 -1', ['b', 'a', 'c', 'd']],
      ['LSET l -1 D', OK],
      ['LSET l 9 x', { error: 'ERR index out of range' }],
      ['LINSERT l BEFORE a new', 5],
      ['LREM l -1 a', 1],
      ['RPOPLPUSH l l', 'D'],
      ['LRANGE l 0 -1', ['D', 'b', 'new', 'c']],
      ['LTRIM l 1 -2', OK],
      ['LPOP l', 'b'],
      ['RPOP l 5', ['new']],
      ['EXISTS l', 0],
      ['LPOP l', null],
      ['SET s x', OK],
      ['RPUSH s x', wrongType],
    ]);
  });

  test('sets and hashes', () => {
    session([
      ['SADD t a b a', 2],
      ['SMEMBERS t', { unordered: ['a', 'b'] }],
      ['SMOVE t u a', 1],
      ['SUNIONSTORE v t u', 2],
      ['SPOP v 1000', { unordered: ['b', 'a'] }],
      ['EXISTS v', 0],
      ['HSET h f 1 g 2', 2],
      ['HINCRBY h f 4', 5],
      ['HDEL h f g x', 2],
      ['HGETALL h', { pairs: [] }],
    ]);
  });

  test('sorted sets', () => {
    session([
      ['ZADD z 2 b 1 a 2 c', 3],
      ['ZADD z CH 2 b 3 c 0 d', 2],
      ['ZRANGE z 0 -1 WITHSCORES', ['d', '0', 'a', '1', 'b', '2', 'c', '3']],
      ['ZADD z NX XX 1 a', { error: 'ERR XX and NX options at the same time are not compatible' }],
      ['ZADD z NX GT 1 a', { error: 'ERR GT, LT, and/or NX options at the same time are not compatible' }],
      ['ZADD z GT CH 0 a 9 b', 1],
      ['ZADD z LT INCR 1 a', null],
      ['ZINCRBY z 1.5 a', '2.5'],
      ['ZADD z nan a', { error: 'ERR value is not a valid float' }],
      ['ZRANK z b', 3],
      ['ZREVRANK z b', 0],
      ['ZRANK z x', null],
      ['ZCOUNT z (0 3', 2],
      ['ZRANGE z 3 (0 BYSCORE REV', ['c', 'a']],
      ['ZMSCORE z a x', ['2.5', null]],
      ['ZREMRANGEBYSCORE z -inf (2.5', 1],
      ['ZPOPMAX z', ['b', '9']],
      ['SADD t a y', 2],
      ['ZUNIONSTORE u 2 z t', 3],
      ['ZRANGE u 0 -1 WITHSCORES', ['y', '1', 'c', '3', 'a', '3.5']],
      ['ZINTERSTORE u 2 z t', 1],
      ['ZDIFFSTORE u 2 z t', 1],
      ['ZRANGESTORE u z 0 0', 1],
      ['ZPOPMIN u 5', ['a', '2.5']],
      ['EXISTS u', 0],
      ['ZREMRANGEBYRANK z 0 -1', 2],
      ['EXISTS z', 0],
      ['ZADD t 1 a', wrongType],
    ]);
  });

  test('keys: expiry, names, databases', () => {
    session([
      ['SET a 1', OK],
      ['EXPIRE a 10 XX', 0],
      ['EXPIRE a 10', 1],
      ['PEXPIRE a 20000 LT', 0],
      ['RENAME a b', OK],
      ['PTTL b', 10_000],
      ['RENAME a b', { error: 'ERR no such key' }],
      ['COPY b c', 1],
      ['PERSIST c', 1],
      ['MOVE c 2', 1],
      ['SELECT 2', OK],
      ['KEYS *', { unordered: ['c'] }],
      ['SWAPDB 0 2', OK],
      ['KEYS *', { unordered: ['b'] }],
      ['EXPIRE b -1', 1],
      ['TYPE b', { status: 'none' }],
    ]);
  });

  test('pops from the first of several keys', () => {
    session([
      ['LMPOP 2 k l LEFT', null],
      ['RPUSH l a b c d', 4],
      ['LMPOP 2 k l LEFT', ['l', ['a']]],
      ['LMPOP 2 k l RIGHT COUNT 2', ['l', ['d', 'c']]],
      ['ZMPOP 1 z MIN', null],
      ['ZADD z 1 a 2 b 3 c', 3],
      [
        'ZMPOP 2 y z MAX COUNT 2',
        [
          'z',
          [
            ['c', '3'],
            ['b', '2'],
          ],
        ],
      ],
      ['ZMPOP 1 z MIN COUNT 5', ['z', [['a', '1']]]],
      ['LMPOP 2 k l LEFT COUNT 9', ['l', ['b']]],
      ['EXISTS l z', 0],
    ]);
  });

  test('MULTI: nothing before EXEC, errors inside leave the rest', () => {
    session([
      ['MULTI', OK],
      ['INCR n', { status: 'QUEUED' }],
      ['LPOP n', { status: 'QUEUED' }],
      ['INCR n', { status: 'QUEUED' }],
      ['EXEC', [1, wrongType, 2]],
      ['MULTI', OK],
      ['INCR n', { status: 'QUEUED' }],
      ['DISCARD', OK],
      ['GET n', '2'],
    ]);
  });

  test('an expired key is not there, and a write begins anew', () => {
    const client = new ModelClient(new ModelState(1));
    client.execute(['SET', 'n', '5', 'PX', '10'], NOW);
    expect(client.execute(['GET', 'n'], NOW + 10).expected).toBe('5');
    expect(client.execute(['GET', 'n'], NOW + 11).expected).toBe(null);
    expect(client.execute(['INCR', 'n'], NOW + 11).expected).toBe(1);
    expect(client.execute(['PTTL', 'n'], NOW + 11).expected).toBe(-1);
  });
});

test('replies without an order are compared without one', () => {
  expect(replyMatches({ unordered: ['a', 'b'] }, ['b', 'a'])).toBe(true);
  expect(replyMatches({ unordered: ['a', 'b'] }, ['b', 'b'])).toBe(false);
  expect(replyMatches({ pairs: [['f', '1']] }, ['f', '2'])).toBe(false);
  expect(replyMatches([1, null, { status: 'OK' }], [1, null, { status: 'OK' }])).toBe(true);
  expect(replyMatches(1, '1')).toBe(false);
});
