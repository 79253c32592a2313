/** Fields of hashes that expire, as Redis 7.4 documents them: what is answered, what is kept, what is logged. */
import { describe, expect, test } from 'vitest';
import { seeded } from './support/differential.ts';
import { frameOf } from './support/frame.ts';
import { makes } from './support/keyspaces.ts';
import { describeKeyspace, Runner } from './support/runner.ts';

const now = 1_700_000_000_000;

describe.each(makes)('over $name', ({ make }) => {
  const start = () => new Runner(make(), { nowMs: now });
  const ask = (runner: Runner, line: string): unknown => {
    const plain = (reply: ReturnType<typeof frameOf>): unknown =>
      reply.items?.map(plain) ?? reply.body ?? reply.line;
    return plain(frameOf(runner.run(...line.split(' '))));
  };
  const logged = (runner: Runner) =>
    runner.units.flatMap(({ effects }) => effects.map((words) => words.join(' ')));

  test('a time is set, asked for, taken away', () => {
    const runner = start();
    const told = [
      'HSET h a 1 b 2 c 3',
      'HPEXPIRE h 1500 FIELDS 3 a b none',
      'HTTL h FIELDS 3 a c none',
      'HPTTL h FIELDS 1 b',
      'HPEXPIRETIME h FIELDS 1 a',
      'HEXPIRETIME h FIELDS 1 a',
      'HPERSIST h FIELDS 3 a c none',
      'HTTL h FIELDS 1 a',
      'HEXPIREAT h 1800000000 FIELDS 1 c',
      'HPEXPIREAT h 1800000000001 FIELDS 1 c',
      'HTTL none FIELDS 2 a b',
      'HEXPIRE none 5 FIELDS 1 a',
      'HPERSIST none FIELDS 1 a',
      'OBJECT ENCODING h',
      'HGETALL h',
    ].map((line) => ask(runner, line));
    expect(told).toEqual(
      [
        ':3',
        [':1', ':1', ':-2'],
        [':2', ':-1', ':-2'],
        [':1500'],
        [`:${now + 1500}`],
        [`:${now / 1000 + 2}`],
        [':1', ':-1', ':-2'],
        [':-1'],
        [':1'],
        [':1'],
        [':-2', ':-2'],
        [':-2'],
        [':-2'],
        'listpackex',
        ['a', '1', 'b', '2', 'c', '3'],
      ].map((reply, i) => (i === 14 ? expect.arrayContaining(reply as string[]) : reply)),
    );
    expect(logged(runner)).toEqual([
      'HSET h a 1 b 2 c 3',
      `HPEXPIREAT h ${now + 1500} FIELDS 2 a b`,
      'HPERSIST h FIELDS 1 a',
      'HPEXPIREAT h 1800000000000 FIELDS 1 c',
      'HPEXPIREAT h 1800000000001 FIELDS 1 c',
    ]);
  });

  test('conditions: no expiry is the end of time', () => {
    const runner = start();
    ask(runner, 'HSET h a 1 b 2');
    ask(runner, 'HPEXPIRE h 1000 FIELDS 1 a');
    const told = [
      'HPEXPIRE h 2000 NX FIELDS 2 a b',
      'HPERSIST h FIELDS 1 b',
      'HPEXPIRE h 2000 XX FIELDS 2 a b',
      'HPEXPIRE h 1000 GT FIELDS 2 a b',
      'HPEXPIRE h 3000 GT FIELDS 2 a b',
      'HPEXPIRE h 3000 LT FIELDS 2 a b',
      'HPEXPIRE h 2999 LT FIELDS 2 a b',
    ].map((line) => ask(runner, line));
    expect(told).toEqual([
      [':0', ':1'],
      [':1'],
      [':1', ':0'],
      [':0', ':0'],
      [':1', ':0'],
      [':0', ':1'],
      [':1', ':1'],
    ]);
  });

  test('what is wrong changes nothing', () => {
    const runner = start();
    ask(runner, 'HSET h a 1');
    ask(runner, 'SET s 1');
    const before = describeKeyspace(runner.keyspace);
    const told = [
      'HEXPIRE s 1 FIELDS 1 a',
      'HEXPIRE h x FIELDS 1 a',
      'HEXPIRE h -1 FIELDS 1 a',
      'HEXPIRE h 70368744178 FIELDS 1 a',
      'HPEXPIREAT h 70368744177664 FIELDS 1 a',
      'HEXPIRE h 1 FOO 1 a',
      'HEXPIRE h 1 NX 1 a b',
      'HEXPIRE h 1 FIELDS 0 a',
      'HEXPIRE h 1 FIELDS 2 a',
      'HTTL h FIELDS x a',
      'HTTL h FIELDS 1 a b',
    ].map((line) => String(ask(runner, line)));
    expect(told.every((reply) => reply.startsWith('-'))).toBe(true);
    expect(told[0]).toBe('-WRONGTYPE Operation against a key holding the wrong kind of value');
    expect(told[8]).toBe('-ERR The `numfields` parameter must match the number of arguments');
    expect(describeKeyspace(runner.keyspace)).toBe(before);
    expect(runner.units.length).toBe(2);
  });

  test('a time that is over removes at once, with the last field the key', () => {
    const runner = start();
    ask(runner, 'HSET h a 1 b 2');
    expect(ask(runner, 'HPEXPIREAT h 1 FIELDS 2 a none')).toEqual([':2', ':-2']);
    expect(ask(runner, 'HEXPIRE h 0 FIELDS 1 b')).toEqual([':2']);
    expect(ask(runner, 'EXISTS h')).toBe(':0');
    expect(logged(runner)).toEqual(['HSET h a 1 b 2', 'HDEL h a', 'HDEL h b']);
  });

  test('whoever looks at a hash finds no field whose time is over, and logs that it is gone', () => {
    const runner = start();
    ask(runner, 'HSET h a 1 b 2 c 3');
    ask(runner, 'HPEXPIRE h 10 FIELDS 1 a');
    ask(runner, 'HPEXPIRE h 20 FIELDS 2 b c');
    runner.nowMs += 10;
    expect(ask(runner, 'HGET h a')).toBe('1');
    runner.nowMs += 1;
    expect(ask(runner, 'HLEN h')).toBe(':2');
    runner.nowMs += 10;
    runner.select(1);
    ask(runner, 'SET h x');
    runner.select(0);
    expect(ask(runner, 'HSETNX h a 5')).toBe(':1');
    expect(ask(runner, 'HGETALL h')).toEqual(['a', '5']);
    expect(logged(runner).slice(3)).toEqual([
      'HDEL h a',
      'SET h x',
      expect.stringMatching(/^HDEL h (b c|c b)$/),
      'HSETNX h a 5',
    ]);
  });

  test('HSET takes a field its expiry, HINCRBY and HINCRBYFLOAT leave it', () => {
    const runner = start();
    ask(runner, 'HSET h a 1 b 2 c 3');
    ask(runner, 'HPEXPIRE h 50 FIELDS 3 a b c');
    ask(runner, 'HSET h a 5');
    ask(runner, 'HINCRBY h b 1');
    ask(runner, 'HINCRBYFLOAT h c 0.5');
    ask(runner, 'RENAME h i');
    ask(runner, 'COPY i j');
    expect(ask(runner, 'HPTTL j FIELDS 3 a b c')).toEqual([':-1', ':50', ':50']);
    expect(logged(runner).slice(4, 6)).toEqual(['HSET h c 3.5', `HPEXPIREAT h ${now + 50} FIELDS 1 c`]);
  });

  test('the log of random commands, replayed at any time, gives the keyspace that it came from', () => {
    const draw = seeded(5);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(draw() * from.length)]!;
    const runner = start();
    const key = () => pick(['h', 'i']);
    const field = () => pick(['a', 'b', 'c', 'x'.repeat(100)]);
    const kinds: (() => string[])[] = [
      () => ['HSET', key(), field(), pick(['1', 'v'.repeat(80)])],
      () => ['HINCRBYFLOAT', key(), field(), '1'],
      () => [
        'HPEXPIRE',
        key(),
        pick(['5', '20', '0', '900']),
        pick(['NX', 'GT', 'LT', 'XX']),
        'FIELDS',
        '2',
        field(),
        field(),
      ],
      () => ['HPEXPIRE', key(), pick(['5', '20', '100']), 'FIELDS', '1', field()],
      () => ['HPERSIST', key(), 'FIELDS', '1', field()],
      () => ['HDEL', key(), field()],
      () => ['COPY', key(), key(), 'REPLACE'],
      () => ['HGETALL', key()],
      () => ['SORT', 'l', 'BY', 'h*->a', 'STORE', 'out'],
    ];
    for (let i = 0; i < 3000; i++) {
      runner.nowMs += Math.floor(draw() * 6);
      runner.run(...pick(kinds)());
    }
    for (const name of ['h', 'i']) runner.run('HLEN', name);
    const again = new Runner(make(), { nowMs: now + 10 ** 9 });
    again.replay(runner.units);
    expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(runner.keyspace));
    const removed = runner.units.filter(({ effects }) => effects[0]![0] === 'HDEL').length;
    expect(removed).toBeGreaterThan(50);
  });
});
