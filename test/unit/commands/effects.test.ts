/**
 * What is logged: for each command whose effect is not the command itself, what stands for it (formats, 1.8); and the law
 * that replaying a log, whenever, gives the keyspace that it came from.
 */
import { describe, expect, test } from 'vitest';
import { seeded } from './support/differential.ts';
import { Generator } from './support/generate.ts';
import { makes } from './support/keyspaces.ts';
import { bytesOf, describeKeyspace, Runner } from './support/runner.ts';

const nowMs = 1_700_000_000_000;
const make = (seed = 1, over = 0) => new Runner(makes[over]!.make(), { nowMs, seed });

/** The effects of the last of some commands, as text. */
function effectsOf(...commands: readonly string[]): string[] {
  const runner = make();
  commands.forEach((command, i) => {
    if (i === commands.length - 1) runner.units.length = 0;
    runner.run(...command.split(' '));
  });
  return runner.units.flatMap(({ effects }) => effects.map((words) => words.join(' ')));
}

describe('what stands for a command in the log', () => {
  test.each<[string[], string[]]>([
    [['set a 1'], ['set a 1']],
    [['SET a 1 EX 10'], [`SET a 1 PXAT ${nowMs + 10_000}`]],
    [['SET a 1 px 10 NX GET'], [`SET a 1 PXAT ${nowMs + 10}`]],
    [['SET a 1 EXAT 1'], ['SET a 1 PXAT 1000']],
    [['SET a 1 GET keepttl'], ['SET a 1 keepttl']],
    [['SET a 1', 'SET a 2 NX'], []],
    [['SETEX a 10 v'], [`SET a v PXAT ${nowMs + 10_000}`]],
    [['PSETEX a 10 v'], [`SET a v PXAT ${nowMs + 10}`]],
    [['SET a 1', 'GETSET a 2'], ['SET a 2']],
    [['SET a 1', 'GETDEL a'], ['DEL a']],
    [['SET a 1', 'GETEX a'], []],
    [['SET a 1', 'GETEX a EX 10'], [`PEXPIREAT a ${nowMs + 10_000}`]],
    [['SET a 1', 'GETEX a PXAT 5'], ['DEL a']],
    [['SET a 1 EX 5', 'GETEX a PERSIST'], ['PERSIST a']],
    [['SET a 1', 'EXPIRE a 10 NX'], [`PEXPIREAT a ${nowMs + 10_000} NX`]],
    [['SET a 1', 'EXPIRE a 0'], ['DEL a']],
    [['SET a 1', 'EXPIREAT a 1'], ['DEL a']],
    [['SET a 1', 'PEXPIREAT a 2000000000000 LT'], ['PEXPIREAT a 2000000000000 LT']],
    [['SET a 1', 'INCRBYFLOAT a 0.5'], ['SET a 1.5 KEEPTTL']],
    [['HINCRBYFLOAT a f 0.5'], ['HSET a f 0.5']],
    [['SADD a x', 'SPOP a'], ['SREM a x']],
    [['SADD a x', 'SPOP a 3'], ['DEL a']],
    [['RPUSH a x y z', 'LMPOP 2 none a RIGHT COUNT 2'], ['RPOP a 2']],
    [['RPUSH a x', 'LMPOP 1 a LEFT COUNT 9'], ['LPOP a 1']],
    [['RPUSH a x y', 'RPOP a 9'], ['RPOP a 9']],
    [['RPUSH a x', 'LMOVE a b LEFT LEFT'], ['LMOVE a b LEFT LEFT']],
    [['RPUSH a x', 'LTRIM a 0 -1'], []],
    [['SADD a x', 'SADD a x'], []],
    [['SADD a x', 'SREM a y'], []],
    [['DEL a'], []],
    [['FLUSHDB'], ['FLUSHDB']],
    [['FLUSHALL'], ['FLUSHALL']],
  ])('%j logs %j', (commands, effects) => {
    expect(effectsOf(...commands)).toEqual(effects);
  });

  test.each<[string, string[]]>([
    ['GET a', ['DEL a']],
    ['SET a 2', ['DEL a', 'SET a 2']],
    ['SETNX a 2', ['DEL a', 'SETNX a 2']],
    ['DEL a', ['DEL a']],
    ['EXISTS a a', ['DEL a']],
    ['RENAME b a', ['DEL a', 'RENAME b a']],
    ['RPUSH a 1', ['DEL a', 'RPUSH a 1']],
    ['SUNIONSTORE a e', ['DEL a', 'SUNIONSTORE a e']],
    ['SCAN 0 COUNT 100', ['DEL a']],
    ['KEYS *', []],
    ['DBSIZE', []],
  ])('%s, where a is expired, logs %j', (command, effects) => {
    expect(effectsOf('SET b 1', 'SADD e x', 'SET a 1 PXAT 1', command)).toEqual(effects);
  });

  test('a key is expired after its time, not at it', () => {
    const runner = make();
    runner.run('SET', 'a', '1', 'PX', '10');
    runner.nowMs += 10;
    expect(runner.run('GET', 'a')).toBe('$1\r\n1\r\n');
    runner.nowMs += 1;
    expect(runner.run('GET', 'a')).toBe('$-1\r\n');
  });

  test('a copy over an expired key of another database logs its end there', () => {
    const runner = make();
    runner.select(1);
    runner.run('SET', 'b', 'old', 'PXAT', '1');
    runner.select(0);
    runner.run('SET', 'a', '1');
    runner.units.length = 0;
    expect(runner.run('COPY', 'a', 'b', 'DB', '1')).toBe(':1\r\n');
    const effects = [
      ['SELECT', '1'],
      ['DEL', 'b'],
      ['SELECT', '0'],
      ['COPY', 'a', 'b', 'DB', '1'],
    ];
    expect(runner.units).toEqual([{ dbIndex: 0, effects }]);
  });

  test('a replay keeps what is expired, and sets past expiries as they are', () => {
    const runner = make();
    runner.replay([
      {
        dbIndex: 0,
        effects: [
          ['SET', 'a', '1', 'PXAT', '5'],
          ['APPEND', 'a', '2'],
          ['SET', 'b', '1'],
          ['PEXPIREAT', 'b', '7'],
        ],
      },
    ]);
    expect(describeKeyspace(runner.keyspace).split('\n')).toEqual([
      '[0,"a","string","5","12"]',
      '[0,"b","string","7","1"]',
    ]);
    expect(runner.run('EXISTS', 'a', 'b')).toBe(':0\r\n');
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a log replayed at any time gives the same keyspace (seed %i)',
  (seed) => {
    const draw = seeded(seed);
    const generator = new Generator(draw, { pastExpiries: true });
    const runner = make(seed, seed % makes.length);
    for (let i = 0; i < 3000; i++) {
      const words = generator.next();
      // Long enough now and then for what was set in the far future to be over.
      if (draw() < 0.02) runner.nowMs += Math.floor(draw() * 100_000_000_000);
      if (words[0]!.toLowerCase() === 'select') runner.select(Number(words[1] ?? 0));
      else runner.run(...words);
    }
    const again = make(seed, (seed + 1) % makes.length);
    again.nowMs = runner.nowMs * 2;
    again.replay(runner.units);
    expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(runner.keyspace));
    expect(again.keyspace.database(0).find(bytesOf('never'))).toBeUndefined();
  },
);

test.each([0, 60, 700, 3000, 15_000])(
  'a log of HyperLogLogs, sparse up to %i bytes, replayed under any limit gives the same bytes',
  (hllSparseMaxBytes) => {
    const draw = seeded(hllSparseMaxBytes);
    const runner = make();
    runner.limits.hllSparseMaxBytes = hllSparseMaxBytes;
    const key = () => `p${Math.floor(draw() * 4)}`;
    for (let i = 0; i < 300; i++) {
      const elements = Array.from({ length: Math.floor(draw() * 40) }, () =>
        String(Math.floor(draw() * 1e6)),
      );
      const kind = draw();
      if (kind < 0.1) runner.run('PFMERGE', key(), key(), key());
      else if (kind < 0.13) runner.run('DEL', key());
      else if (kind < 0.23) runner.run('PFCOUNT', key());
      else runner.run('PFADD', key(), ...elements);
    }
    for (const other of [0, 1000, 3000, 100_000]) {
      const again = make();
      again.limits.hllSparseMaxBytes = other;
      again.replay(runner.units);
      expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(runner.keyspace));
    }
    const logged = runner.units.flatMap(({ effects }) => effects.map(([name]) => name));
    expect(logged.includes('SET')).toBe(hllSparseMaxBytes !== 3000);
  },
);

test('what a replay makes longer than strings may be was allowed when it was logged', () => {
  const runner = make();
  for (const limit of [100, 1000]) {
    runner.limits.longestStringBytes = limit;
    expect(runner.run('SETRANGE', 'a', '100', 'x')).toMatch(limit === 100 ? /^-ERR string exceeds/ : /^:101/);
    expect(runner.run('SETBIT', 'b', '800', '1')).toMatch(limit === 100 ? /^-ERR bit offset/ : /^:0/);
    expect(runner.run('APPEND', 'c', 'x'.repeat(101))).toMatch(limit === 100 ? /^-ERR string/ : /^:101/);
  }
  const again = make();
  again.limits.longestStringBytes = 10;
  again.replay(runner.units);
  expect(describeKeyspace(again.keyspace)).toBe(describeKeyspace(runner.keyspace));
});
