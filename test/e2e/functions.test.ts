/** FUNCTION and FCALL answer as redis-server 7.0 does, and each server takes the other's libraries. */
import { describe, expect, test } from 'vitest';

import { besideRedis, comparable } from './support/beside.ts';
import type { Client, Word } from './support/client.ts';
import { haveAll } from './support/programs.ts';

const nothing = 'function() end';

/** Code below the first line of a library; most of it does not load. */
const bodies: readonly string[] = [
  `redis.register_function("F1", ${nothing})`,
  `redis.register_function("set", ${nothing})`,
  'redis.register_function{function_name="a"}',
  `redis.register_function{callback=${nothing}}`,
  'redis.register_function{foo=1}',
  `redis.register_function{function_name="x",callback=${nothing},flags={"nope"}}`,
  `redis.register_function{function_name="x",callback=${nothing},flags={1}}`,
  `redis.register_function{function_name="x",callback=${nothing},flags="no-writes"}`,
  'redis.register_function{function_name="x",callback=1}',
  'redis.register_function{[1]="x"}',
  'redis.register_function{[{}]="x"}',
  'redis.register_function(1)',
  'redis.register_function()',
  'redis.register_function(1,2)',
  `redis.register_function(1,${nothing})`,
  `redis.register_function("x",${nothing},1)`,
  `redis.register_function("x",${nothing}) redis.register_function("x",${nothing})`,
  `redis.register_function("a-b",${nothing})`,
  `redis.register_function("",${nothing})`,
  `redis.register_function{description={},function_name="a1",callback=${nothing}}`,
  `redis.register_function{FUNCTION_NAME="d",callback=${nothing},flags={"allow-oom","NO-WRITES"},description="hello"}`,
  'syntax error here',
  'error("x")',
  'redis.sha1hex("x")',
  'redis.call("set", "a", "1")',
  'redis.log(redis.LOG_NOTICE, "x")',
  'return redis.REDIS_VERSION .. nil',
  'local x = redis.nosuch',
  'math.random = 1',
  'redis.register_function = 1',
  'foo = 1',
  'return foo',
  '_G.x = 1',
  'KEYS[1] = 1',
];

const heads: readonly string[] = [
  'x',
  '',
  '#!lua name=a',
  '#!lua\nx',
  '#!lua name=a name=b\nx',
  '#!lua name=a-b\nx',
  '#!js name=a\nx',
  '#!lua foo=1\nx',
  '#!LUA NAME=h1\nredis.register_function("h1", function() end)',
  '#!lua "name=h2"\nredis.register_function("h2", function() end)',
  '#!lua "name=h3\nx',
  '#!\nx',
  '#! lua name=a\nx',
  '#!lua name=\nx',
];

/** Functions of the library that both servers have. */
const library = `#!lua name=lib
local count = 0
redis.register_function('set', function(keys, args) return redis.call('SET', keys[1], args[1]) end)
redis.register_function{function_name = 'get', callback = function(keys) return redis.call('GET', keys[1]) end, flags = {'no-writes'}}
redis.register_function{function_name = 'sly', callback = function(keys) return redis.call('DEL', keys[1]) + 0 end, flags = {'no-writes'}}
redis.register_function('count', function() count = count + 1 return count end)
redis.register_function('args', function(keys, args) return {#keys, #args, keys, args} end)
redis.register_function('keys', function() return KEYS[1] end)
redis.register_function('fail', function() error('x') end)
redis.register_function('table', function() error({err = 'MY x'}) end)
redis.register_function('reply', function() return redis.error_reply('MY x') end)
redis.register_function('global', function() return foo end)
redis.register_function('assign', function() bar = 1 end)
redis.register_function('nosuch', function() local x = redis.call('nosuch') return x end)
redis.register_function('again', function() redis.register_function('z', function() end) end)
redis.register_function('scripts', function() return {type(redis.breakpoint), type(redis.debug), redis.replicate_commands()} end)
redis.register_function('map', function() redis.setresp(3) return {map = {a = 1}} end)`;

const calls: readonly (readonly Word[])[] = [
  ['FUNCTION', 'LOAD'],
  ['FUNCTION', 'LOAD', 'foo', 'bar'],
  ['FUNCTION', 'LOAD', library],
  ['FUNCTION', 'LOAD', 'REPLACE', library],
  ['FCALL', 'SET', '1', 'k', 'v'],
  ['FCALL', 'get', '1', 'k'],
  ['FCALL_RO', 'get', '1', 'k'],
  ['FCALL_RO', 'set', '1', 'k', 'v'],
  ['FCALL', 'sly', '1', 'k'],
  ['FCALL', 'count', '0'],
  ['FCALL', 'count', '0'],
  ['FCALL', 'args', '2', 'a', 'b', 'c'],
  ...['keys', 'fail', 'table', 'reply', 'global', 'assign', 'nosuch', 'again', 'map', 'scripts', 'none'].map(
    (name) => ['FCALL', name, '0'],
  ),
  ['FCALL', 'get', 'x'],
  ['FCALL', 'get', '-1'],
  ['FCALL', 'get', '3', 'x'],
  ['FCALL', 'get'],
  ['FUNCTION', 'LIST', 'x'],
  ['FUNCTION', 'LIST', 'LIBRARYNAME'],
  ['FUNCTION', 'LIST', 'WITHCODE', 'WITHCODE'],
  ['FUNCTION', 'LIST', 'LIBRARYNAME', 'none*'],
  ['FUNCTION', 'STATS'],
  ['FUNCTION', 'KILL'],
  ['FUNCTION', 'FLUSH', 'x'],
  ['FUNCTION', 'DELETE', 'nope'],
  ['FUNCTION', 'RESTORE', 'x'],
  ['FUNCTION', 'RESTORE', 'x', 'y'],
  ['FUNCTION', 'RESTORE', 'x', 'flush', 'z'],
  ['FUNCTION'],
  ['FUNCTION', 'nope'],
  ['FUNCTION', 'DUMP', 'x'],
  ['MULTI'],
  ['FUNCTION', 'DELETE', 'lib'],
  ['FCALL', 'get', '1', 'k'],
  ['EXEC'],
  ['EVAL_RO', '#!lua\nreturn 1', '0'],
  ['EVAL_RO', '#!lua flags=no-writes\nreturn 1', '0'],
  ['COMMAND', 'GETKEYS', 'FCALL', 'x', '2', 'a', 'b', 'c'],
];

describe.skipIf(!haveAll('redis-server'))('functions beside redis-server', () => {
  const { clients, both } = besideRedis();

  for (const protocol of [2, 3])
    test(`RESP${protocol}: libraries and calls, right and wrong`, async () => {
      await both('HELLO', protocol);
      await both('FUNCTION', 'FLUSH');
      const commands = [
        ...calls,
        ['FUNCTION', 'LOAD', library],
        ...bodies.map((body) => ['FUNCTION', 'LOAD', 'REPLACE', `#!lua name=z\n${body}`]),
        ...heads.map((head) => ['FUNCTION', 'LOAD', 'REPLACE', head]),
      ];
      for (const words of commands) {
        const [ours, theirs] = await both(...words);
        expect.soft(ours, `${words.join(' ')}`).toEqual(theirs);
      }
      for (const name of ['lib', 'z', 'h1', 'h2']) {
        const [ours, theirs] = await both('FUNCTION', 'LIST', 'LIBRARYNAME', name, 'WITHCODE');
        expect(sorted(ours)).toBe(sorted(theirs));
        expect(sorted(ours)).toContain('register_function');
      }
    });

  test('the payload of each is restored by the other', async () => {
    for (const [from, to] of [clients, clients.toReversed()] as [Client, Client][]) {
      await both('FUNCTION', 'FLUSH');
      await from.send('FUNCTION', 'LOAD', library);
      await from.send(
        'FUNCTION',
        'LOAD',
        '#!lua name=n\nredis.register_function("n", function() return 7 end)',
      );
      const payload = (await from.send('FUNCTION', 'DUMP')) as Word;
      expect(comparable(await to.send('FUNCTION', 'RESTORE', payload))).toEqual('OK');
      expect(comparable(await to.send('FCALL', 'n', '0'))).toEqual(7);
      const [ours, theirs] = await both('FUNCTION', 'STATS');
      expect(ours).toEqual(theirs);
    }
  });
});

/** A listing whose functions come in no order that anyone promises. */
function sorted(reply: unknown): string {
  if (!Array.isArray(reply)) return JSON.stringify(reply);
  const parts = reply.map(sorted);
  return `[${(reply.every(Array.isArray) ? parts.sort() : parts).join()}]`;
}
