/** COMMAND GETKEYS and INFO: each reply as redis-server 7.0.15 gives it. */
import { expect, test } from 'vitest';
import { TestWorld } from './world.ts';

const invalid = '-ERR Invalid arguments specified for command';

test.each<[string, string[] | string]>([
  ['SET a 1', ['a']],
  ['MSET a 1 b 2', ['a', 'b']],
  ['BITOP AND d a b', ['d', 'a', 'b']],
  ['OBJECT ENCODING k', ['k']],
  ['MEMORY USAGE k', ['k']],
  ['XGROUP CREATE s g $', ['s']],
  ['XINFO STREAM s', ['s']],
  ['PFDEBUG GETREG k', ['k']],
  ['OBJECT FOO k', '-ERR Invalid command specified'],
  ['FOO a', '-ERR Invalid command specified'],
  ['SET a', '-ERR Invalid number of arguments specified for command'],
  ['PING a', '-ERR The command has no key arguments'],
  ['CONFIG GET x', '-ERR The command has no key arguments'],
  ['EVAL x 0', []],
  ['EVAL x 2 a b', ['a', 'b']],
  ['EVAL x 2 a', invalid],
  ['FCALL f 1 k x', ['k']],
  ['SORT a', ['a']],
  ['SORT a STORE b', ['a', 'b']],
  ['SORT a store', ['a']],
  ['ZUNIONSTORE d 2 a b', ['d', 'a', 'b']],
  ['LMPOP 2 a b LEFT', ['a', 'b']],
  ['LMPOP 0 a LEFT', invalid],
  ['XREAD STREAMS a b 0 0', ['a', 'b']],
  ['GEORADIUS a 1 2 3 m STORE b', ['a', 'b']],
])('COMMAND GETKEYS %s: %j', async (words, reply) => {
  const client = (await TestWorld.open()).connect();
  expect(await client.call('COMMAND', 'GETKEYS', ...words.split(' '))).toEqual(reply);
});

test('COMMAND INFO of what there is not is nil', async () => {
  const client = (await TestWorld.open()).connect();
  expect(await client.call('COMMAND', 'INFO', 'none', 'none|ne')).toEqual([null, null]);
});
