/**
 * Commands that fill a server with a bit of everything: each type small and large, on both sides of the sizes at which Redis
 * changes how it keeps a value, binary, empty, like an integer, compressible and not, with and without expiry, in several
 * databases.
 */
import seedrandom from 'seedrandom';

import type { Word } from './client.ts';

export function sampleData(seed: string): (readonly Word[])[] {
  const random = seedrandom(seed);
  const commands: (readonly Word[])[] = [];
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  const integers = [
    '0',
    '-1',
    '127',
    '128',
    '-128',
    '-129',
    '32767',
    '32768',
    '2147483647',
    '2147483648',
    '-2147483649',
    '9223372036854775807',
    '-9223372036854775808',
    '9223372036854775808',
    '007',
    '-0',
    '+1',
    '1.5',
    ' 1',
    '12345678901',
  ];
  const scores = [
    '0.1',
    'inf',
    '-inf',
    '9007199254740993',
    '-4611686018427387904',
    '1e19',
    '5e-324',
    '1.7976931348623157e308',
    '3.14159265358979',
  ];
  const word = (): Word => {
    switch (below(8)) {
      case 0:
        return integers[below(integers.length)]!;
      case 1:
        return '';
      case 2:
        return bytes(below(70));
      case 3:
        return 'abc'.repeat(below(60));
      case 4:
        return below(1_000_000);
      case 5:
        return '\r\n\0 "quoted"';
      default:
        return `word-${below(100_000)}`;
    }
  };
  const long = (): Word => (random() < 0.5 ? bytes(20_000 + below(50_000)) : 'long '.repeat(10_000));
  const score = (): string => (random() < 0.5 ? String(below(20) - 10) : scores[below(scores.length)]!);
  const words = (count: number, make: () => Word = word): Word[] => Array.from({ length: count }, make);

  for (const db of [0, 1, 7, 15]) {
    commands.push(['SELECT', db]);
    for (const [name, count] of [
      ['small', 3],
      ['long', 450],
    ] as const) {
      const key = `stream:${name}`;
      for (let i = 1; i <= count; i++) {
        const fields = random() < 0.8 ? ['f', word()] : words(2 * (1 + below(3)));
        commands.push(['XADD', key, `${i}-${below(3)}`, ...fields]);
      }
      commands.push(['XADD', key, `${2 ** 40}-18446744073709551615`, 'f', random() < 0.3 ? long() : word()]);
      commands.push(['XGROUP', 'CREATE', key, 'readers', 0], ['XGROUP', 'CREATE', key, bytes(9), '$']);
      commands.push(['XREADGROUP', 'GROUP', 'readers', 'one', 'COUNT', 1, 'STREAMS', key, '>']);
      commands.push(['XREADGROUP', 'GROUP', 'readers', bytes(5), 'COUNT', 40, 'STREAMS', key, '>']);
      commands.push(
        ['XGROUP', 'CREATECONSUMER', key, 'readers', 'idle'],
        ['XACK', key, 'readers', '2-0', '2-1'],
      );
      if (name === 'long')
        commands.push(['XTRIM', key, 'MAXLEN', '~', 400], ['XDEL', key, '448-0', '448-1', '448-2']);
    }
    commands.push(['XADD', 'stream:empty', 'MAXLEN', 0, '5-5', 'f', 'v']);
    for (const [i, text] of integers.entries()) commands.push(['SET', `integer:${i}`, text]);
    commands.push(
      ['SET', '', 'the empty key'],
      ['SET', 'empty', ''],
      ['SET', bytes(40), bytes(40)],
      ['SET', 'x'.repeat(1000), 'long key'],
    );
    commands.push(['SET', 'long:random', bytes(100_000)], ['SET', 'long:plain', 'y'.repeat(100_000)]);
    for (let i = 0; i < 60; i++) commands.push(['SET', `string:${i}`, word()]);
    for (const [i, count] of [1, 2, 5, 127, 128, 129, 511, 512, 513, 2000].entries()) {
      commands.push(['RPUSH', `list:${i}`, ...words(count)]);
      commands.push(['SADD', `set:${i}`, ...words(count)]);
      commands.push(['SADD', `integers:${i}`, ...words(count, () => below(100_000) - 50_000)]);
      commands.push(['HSET', `hash:${i}`, ...words(count * 2)]);
      commands.push(['ZADD', `zset:${i}`, ...words(count).flatMap((member) => [score(), member])]);
    }
    commands.push(
      ['RPUSH', 'list:long', 'short', long(), long(), 'short'],
      ['HSET', 'hash:long', 'field', long(), long(), 'value'],
      ['SADD', 'set:long', long(), 'short'],
      ['ZADD', 'zset:long', 1, long(), 0, 'short', -1, long()],
      ['GEOADD', 'places', '13.4', '52.5', 'Berlin', '-0.1', '51.5', 'London', '2.3', '48.9', 'Paris'],
    );
    commands.push(
      ['SADD', 'integers:16', 1, 2, 32767],
      ['SADD', 'integers:32', 1, 40_000],
      ['SADD', 'integers:64', 1, '5000000000', '-5000000000'],
    );
    // What was changed after it was made.
    commands.push(
      ['APPEND', 'integer:0', '1'],
      ['INCRBY', 'integer:2', 1],
      ['SETRANGE', 'string:1', 100, 'end'],
      ['LREM', 'list:5', 0, ''],
      ['LSET', 'list:4', 3, 'set'],
    );
    commands.push(
      ['SREM', 'integers:3', 1],
      ['HDEL', 'hash:6', 'word-1'],
      ['LPUSH', 'list:7', 'head'],
      ['LTRIM', 'list:8', 10, 400],
      ['ZREMRANGEBYRANK', 'zset:9', 100, 1900],
      ['ZINCRBY', 'zset:4', '0.1', 'word-1'],
      // No negative weight: a score of -0 is lost by Redis's own rewrite as commands, or not, as
      // the order of its hash table has it (a member that comes while the set is a listpack is 0).
      ['ZUNIONSTORE', 'zset:sum', 3, 'zset:2', 'zset:5', 'set:3', 'WEIGHTS', 1, 2.5, 3],
    );
    // Far off: no file is loaded after they are over.
    for (const [i, key] of [
      'string:0',
      'list:3',
      'set:3',
      'hash:3',
      'zset:3',
      'integers:5',
      'long:random',
    ].entries())
      commands.push(['PEXPIREAT', key, 4_102_444_800_000 + i * 1001 + below(1000)]);
  }
  commands.push(['SELECT', 0]);
  return commands;
}
