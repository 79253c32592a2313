/** The reference model against what Redis documents: tiny sessions. */
import { describe, expect, test } from 'vitest';
import { ModelClient } from '../../../../sim/oracle/model/client.ts';
import { modelScripts } from '../../../../sim/oracle/model/scripts.ts';
import { ModelState } from '../../../../sim/oracle/model/state.ts';
import { replyMatches } from '../../../../sim/oracle/reply.ts';
import type { Expectation } from '../../../../sim/oracle/reply.ts';
import { payloadOf } from '../../../../sim/scenario/families/payloads.ts';

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

const invalidBitField =
  'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.';
const wrongType = { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' };

const entries = (...ids: string[]): Expectation => ids.map((id) => [id, ['f', 'v']]);
const pending = (...facts: (string | number)[]): Expectation => facts;

describe('the model', () => {
  test('watched keys', () => {
    const state = new ModelState(4);
    const [one, other] = [new ModelClient(state), new ModelClient(state)];
    const answers = (client: ModelClient, line: string, nowMs = NOW): Expectation =>
      client.execute(line.split(' '), nowMs).expected;
    const unit = (nowMs = NOW): Expectation => {
      answers(one, 'MULTI');
      answers(one, 'INCR n');
      return answers(one, 'EXEC', nowMs);
    };
    answers(one, 'WATCH a n');
    expect(unit()).toEqual([1]);
    answers(one, 'WATCH a n');
    answers(other, 'SET a 1');
    expect(unit()).toBe(null);
    // Forgotten by EXEC.
    expect(unit()).toEqual([2]);
    // Another value and back again is a change; the same value is one that only the reply tells of.
    answers(one, 'WATCH a');
    answers(other, 'SET a 2');
    answers(other, 'SET a 1');
    expect(unit()).toBe(null);
    answers(one, 'WATCH a');
    answers(other, 'SET a 1');
    expect(unit()).toEqual({ eitherOf: [[3], null] });
    // What becomes of a group is no change of the stream.
    answers(other, 'XADD x 1-0 f v');
    answers(one, 'WATCH x');
    answers(other, 'XGROUP CREATE x g 0');
    expect(unit()).toEqual({ eitherOf: [[4], null] });
    // In a database of its own.
    answers(other, 'SELECT 1');
    answers(one, 'WATCH gone');
    answers(other, 'SET gone 1');
    expect(unit()).toEqual({ eitherOf: [[5], null] });
    // What may have expired meanwhile may have gone unnoticed.
    answers(one, 'SET a 1 PX 10');
    answers(one, 'WATCH a');
    expect(unit(NOW + 20)).toEqual({ eitherOf: [[6], null] });
  });

  // The replies are those of redis-server 7.0.15.
  test('integers inside strings', () => {
    session([
      ['BITFIELD b SET u8 0 255 GET i5 0 INCRBY u3 4 1', [0, -1, 0]],
      ['GET b', '\xf1'],
      [
        'BITFIELD b OVERFLOW SAT INCRBY u3 0 9 OVERFLOW FAIL INCRBY u3 0 1 OVERFLOW SAT SET u3 5 -1',
        [7, null, 1],
      ],
      ['GET b', '\xf7'],
      ['BITFIELD b SET i5 #3 -3', [0]],
      ['GET b', '\xf7\x01\xd0'],
      ['BITFIELD c OVERFLOW FAIL INCRBY u3 20 9', [null]],
      ['GET c', '\0\0\0'],
      ['BITFIELD b INCRBY u64 0 1', { error: invalidBitField }],
    ]);
  });

  test('places', () => {
    session([
      ['GEOADD Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania', 2],
      ['ZSCORE Sicily Palermo', '3479099956230698'],
      ['ZSCORE Sicily Catania', '3479447370796909'],
      ['GEOADD Sicily XX CH 13.5 38 Palermo 2 2 Rome', 1],
      ['GEOSEARCHSTORE near Sicily FROMLONLAT 15 37 BYRADIUS 100 km', 1],
      ['ZRANGE near 0 -1', ['Catania']],
      ['GEOSEARCHSTORE near Sicily FROMLONLAT 0 0 BYRADIUS 1 m', 0],
      ['EXISTS near', 0],
    ]);
  });

  test('values as DUMP gives them', () => {
    const client = new ModelClient(new ModelState(4));
    const answers = (...command: string[]): Expectation => client.execute(command, NOW).expected;
    // DUMP of SET k hello, by redis-server 7.0.15.
    const hello = '\x00\x05hello\x0a\x00\x63\x72\xdf\x76\x65\x34\x20\x0a';
    expect(answers('RESTORE', 'k', '0', hello)).toEqual(OK);
    expect(answers('GET', 'k')).toBe('hello');
    expect(answers('RESTORE', 'k', '0', hello)).toEqual({ error: 'BUSYKEY Target key name already exists.' });
    expect(answers('RESTORE', 'k', '70', hello, 'REPLACE')).toEqual(OK);
    expect(answers('PEXPIRETIME', 'k')).toBe(NOW + 70);
    expect(answers('RESTORE', 'k', '1', hello, 'REPLACE', 'ABSTTL')).toEqual(OK);
    expect(answers('EXISTS', 'k')).toBe(0);
    expect(answers('RESTORE', 'k', '0', hello.replace('h', 'j'))).toEqual({
      error: 'ERR DUMP payload version or checksum are wrong',
    });
    const scores = payloadOf({
      type: 'zset',
      value: [
        ['b', 1.5],
        ['a', -2],
      ],
    });
    expect(answers('RESTORE', 'z', '0', scores)).toEqual(OK);
    expect(answers('ZRANGE', 'z', '0', '-1', 'WITHSCORES')).toEqual(['a', '-2', 'b', '1.5']);
  });

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

  test('streams by their ids', () => {
    session([
      ['XADD s NOMKSTREAM 1-* f v', null],
      ['XADD s 1-* f v', '1-0'],
      ['XADD s 1-* f v', '1-1'],
      ['XADD s MINID = 1-1 2-* f v', '2-0'],
      ['XRANGE s - +', entries('1-1', '2-0')],
      ['XREVRANGE s + 1 COUNT 1', entries('2-0')],
      ['XREAD COUNT 9 STREAMS s none 1-1 0', [['s', entries('2-0')]]],
      ['XREAD STREAMS s 2-0', null],
      ['XDEL s 2-0', 1],
      [
        'XSETID s 1-0',
        { error: 'ERR The ID specified in XSETID is smaller than the target stream top item' },
      ],
      ['XSETID s 1-1', OK],
      ['XADD s 2-* f v', '2-0'],
      [
        'XSETID s 9-0 ENTRIESADDED 1',
        { error: 'ERR The entries_added specified in XSETID is smaller than the target stream length' },
      ],
      [
        'XSETID s 9-0 MAXDELETEDID 9-1',
        { error: 'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id' },
      ],
      ['XTRIM s MINID 2-0', 1],
      ['XLEN s', 1],
    ]);
  });

  test('pending entries that change hands', () => {
    session([
      ['XCLAIM s g c 0 1-0', { error: "NOGROUP No such key 's' or consumer group 'g'" }],
      ['XGROUP CREATE s g 0 MKSTREAM', OK],
      ['XADD s 1-0 f v', '1-0'],
      ['XADD s 2-0 f v', '2-0'],
      ['XADD s 3-0 f v', '3-0'],
      ['XPENDING s g', [0, null, null, null]],
      ['XREADGROUP GROUP g c COUNT 2 STREAMS s >', [['s', entries('1-0', '2-0')]]],
      // Delivered once, and once more by each claim that gives the entry.
      ['XCLAIM s g d 1 1-0', []],
      ['XCLAIM s g d 0 1-0 9-0 IDLE 100', entries('1-0')],
      ['XCLAIM s g e 100 1-0 2-0 JUSTID RETRYCOUNT 7', ['1-0']],
      ['XPENDING s g - + 9', [pending('1-0', 'e', 0, 7), pending('2-0', 'c', 0, 1)]],
      // Not pending: only by force. A time to come is now.
      ['XCLAIM s g c 0 3-0', []],
      [`XCLAIM s g c 0 3-0 TIME ${NOW + 1} FORCE`, entries('3-0')],
      [`XCLAIM s g c 0 2-0 TIME ${NOW - 5} JUSTID`, ['2-0']],
      ['XPENDING s g IDLE 5 - + 9', [pending('2-0', 'c', 5, 1)]],
      ['XPENDING s g 2 3 9 c', [pending('2-0', 'c', 5, 1), pending('3-0', 'c', 0, 2)]],
      [
        'XPENDING s g',
        [
          3,
          '1-0',
          '3-0',
          [
            ['c', '2'],
            ['e', '1'],
          ],
        ],
      ],
      // What was deleted is pending until somebody would claim it.
      ['XDEL s 1-0 2-0', 2],
      ['XREADGROUP GROUP g e STREAMS s 0', [['s', [['1-0', null]]]]],
      ['XCLAIM s g d 0 1-0', []],
      ['XAUTOCLAIM s g d 0 0 COUNT 1', ['3-0', [], ['2-0']]],
      ['XAUTOCLAIM s g d 0 3-0 JUSTID', ['0-0', ['3-0'], []]],
      ['XAUTOCLAIM s g d 1 -', ['0-0', [], []]],
      ['XREADGROUP GROUP g d STREAMS s 0', [['s', entries('3-0')]]],
      ['XPENDING s g - + 9', [pending('3-0', 'd', 0, 3)]],
      ['XGROUP DELCONSUMER s g d', 1],
      // Acknowledged as they are read; the second time there is nothing left.
      ['XADD s 4-0 f v', '4-0'],
      ['XREADGROUP GROUP g c NOACK STREAMS s s > >', [['s', entries('3-0', '4-0')]]],
      ['XPENDING s g', [0, null, null, null]],
    ]);
  });

  test('a log tells when an entry was delivered, whatever the time is now', () => {
    const client = new ModelClient(new ModelState(1));
    for (const command of ['XADD s 1-0 f v', 'XGROUP CREATE s g 0', 'XCLAIM s g c 0 1-0 TIME 9000 FORCE'])
      client.execute(command.split(' '), 0);
    const { expected } = client.execute('XPENDING s g - + 9'.split(' '), 9500);
    expect(expected).toEqual([pending('1-0', 'c', 500, 2)]);
  });

  test('scripts: what was done before an error stays, and what they select is their own', () => {
    const script = (wanted: string): string =>
      [...modelScripts.values()].find(({ name }) => name === wanted)!.text;
    const client = new ModelClient(new ModelState(4));
    const run = (...command: string[]): Expectation => client.execute(command, NOW).expected;
    expect(run('EVAL', script('transfer'), '3', 'a', 'b', 'l', '4', 'x')).toBe(4);
    expect(run('MGET', 'a', 'b')).toEqual(['-4', '4']);
    expect(run('EVAL', script('half of it fails'), '1', 'a', 'x')).toEqual({
      statuses: [],
      errors: ['WRONGTYPE Operation against a key holding the wrong kind of value'],
    });
    expect(run('GET', 'a')).toBe('-3');
    expect(run('EVAL', script('writes in two databases'), '1', 'a', '1')).toBe('1');
    expect(run('GET', 'a')).toBe('-2');
    expect(run('EVAL', script('goes on after an error'), '2', 'a', 's', 'x')).toEqual({
      error: 'ELSEWHERE it stands in a string',
    });
    expect(run('EVAL', script('dates what it writes'), '1', 's', '10')).toBe('5');
    expect(run('GET', 's')).toBe('5:0');
    expect(run('PTTL', 's')).toBe(10);
    run('SADD', 't', 'one', 'two');
    expect(run('EVAL', script('passes on what was drawn'), '2', 't', 'm')).toEqual({
      eitherOf: ['one', 'two'],
    });
    // While writes are refused a script runs, and fails where it writes.
    const refused = client.execute(
      ['EVAL', script('transfer'), '3', 'a', 'b', 'l', '4', 'x'],
      NOW,
      'MISCONF no',
    );
    expect(refused.expected).toEqual({ statuses: [], errors: ['MISCONF no'] });
    expect(client.execute(['EVAL', script('only reads'), '2', 'a', 'b'], NOW, 'MISCONF no').expected).toEqual(
      [2, 'string', -1],
    );
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
