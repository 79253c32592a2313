/** What commands about the server answer is what redis-server 7.0 answers, word for word, in both protocols. */
import { describe, expect, test } from 'vitest';

import { besideRedis } from './support/beside.ts';
import type { Client, Value } from './support/client.ts';
import { haveAll } from './support/programs.ts';

/** Words are separated by blanks; '' is the empty word, "a b" one word. Sent in order over one connection. */
const conversations: Record<string, readonly string[]> = {
  connection: [
    'PING',
    'PING a',
    'PING a b',
    'ECHO a',
    'ECHO',
    'SELECT 3',
    'SELECT 16',
    'SELECT -1',
    'SELECT x',
    'SELECT 99999999999',
    'SELECT 1 2',
    'RESET x',
    'RESET',
    'NOSUCH a b',
    'NOSUCH',
    'nosuch "x y" z',
    'GET',
    'get a b',
    'AUTH',
    'AUTH a',
    'AUTH a b',
    'AUTH a b c',
    'AUTH default anything',
  ],
  'what takes too much memory': [
    'SETRANGE long 12000 x',
    'LCS long long',
    'LCS long nothing LEN',
    'SETRANGE long 300000 x',
    'LCS long nothing LEN',
    'CONFIG SET proto-max-bulk-len 1mb',
    'LCS long nothing LEN',
    'SETRANGE long 1048575 x',
    'SETRANGE long 1048576 x',
    'CONFIG SET proto-max-bulk-len 512mb',
  ],
  hello: [
    'HELLO 4',
    'HELLO x',
    'HELLO 3 foo',
    'HELLO 3 AUTH a',
    'HELLO 3 AUTH a b',
    'HELLO 3 SETNAME',
    'HELLO 3 SETNAME "a b"',
    'HELLO 2 SETNAME me',
    'CLIENT GETNAME',
    'HELLO 3 AUTH default x SETNAME you',
    'CLIENT GETNAME',
    'CLIENT SETNAME ""',
    'CLIENT GETNAME',
    'HELLO 2',
    'CLIENT GETNAME',
  ],
  client: [
    'CLIENT',
    'CLIENT FOO',
    'CLIENT ID 5',
    'CLIENT SETNAME',
    'CLIENT SETNAME "a b"',
    'CLIENT SETNAME ok',
    'CLIENT GETNAME',
    'CLIENT KILL',
    'CLIENT KILL 1.2.3.4:5',
    'CLIENT KILL ID x',
    'CLIENT KILL ID 0',
    'CLIENT KILL ID 99999',
    'CLIENT KILL ID 5 foo',
    'CLIENT KILL SKIPME maybe',
    'CLIENT KILL ADDR',
    'CLIENT KILL ADDR 1.2.3.4:5',
    'CLIENT KILL TYPE foo',
    'CLIENT KILL TYPE pubsub',
    'CLIENT KILL USER nobody',
    'CLIENT LIST foo',
    'CLIENT LIST TYPE',
    'CLIENT LIST TYPE foo',
    'CLIENT LIST TYPE pubsub',
    'CLIENT LIST ID x',
    'CLIENT LIST ID 99999',
    'CLIENT REPLY',
    'CLIENT REPLY x',
    'CLIENT REPLY ON',
    'CLIENT NO-EVICT',
    'CLIENT NO-EVICT x',
    'CLIENT NO-EVICT ON',
  ],
  transactions: [
    'EXEC',
    'DISCARD',
    'UNWATCH',
    'WATCH',
    'MULTI x',
    'MULTI',
    'MULTI',
    'WATCH a',
    'SET a 1',
    'INCR a',
    'LPUSH a 1',
    'SELECT 2',
    'SET b 1',
    'EXEC',
    'SELECT 0',
    'GET a',
    'MULTI',
    'EXEC',
    'MULTI',
    'GET',
    'SET a 3',
    'EXEC',
    'MULTI',
    'NOSUCH',
    'EXEC',
    'MULTI',
    'SAVE',
    'EXEC',
    'MULTI',
    'XGROUP FOO',
    'EXEC',
    'MULTI',
    'XGROUP DELCONSUMER a b',
    'EXEC',
    'MULTI',
    'CONFIG FOO',
    'EXEC',
    'MULTI',
    'SET a 4',
    'DISCARD',
    'GET a',
    'WATCH a',
    'SET a 5',
    'MULTI',
    'SET a 6',
    'EXEC',
    'GET a',
    'WATCH a',
    'SET a 7',
    'UNWATCH',
    'MULTI',
    'SET a 8',
    'EXEC',
    'WATCH a',
    'SET a 9',
    'RESET',
    'MULTI',
    'PING',
    'EXEC',
    'MULTI',
    'RESET',
    'EXEC',
    'WATCH x',
    'DEL x',
    'MULTI',
    'PING',
    'EXEC',
    'WATCH x',
    'SET x 1 PX 1',
    'MULTI',
    'EXEC',
    'MULTI',
    'CONFIG SET hz 11',
    'CONFIG GET hz',
    'BGSAVE FOO',
    'SHUTDOWN',
    'EXEC',
    'MULTI',
    'HELLO 3',
    'GET none',
    'EXEC',
    'HELLO 2',
  ],
  'a watched key': [
    'SET k v',
    'WATCH k',
    'EXPIRE k 100',
    'MULTI',
    'PING',
    'EXEC',
    'WATCH k',
    'FLUSHDB',
    'MULTI',
    'PING',
    'EXEC',
    'SET k v',
    'WATCH k',
    'SWAPDB 0 1',
    'MULTI',
    'PING',
    'EXEC',
    'SWAPDB 0 1',
    'WATCH k',
    'SET k v',
    'DISCARD',
    'MULTI',
    'PING',
    'EXEC',
    'UNWATCH',
    'FLUSHALL',
  ],
  persistence: [
    'SAVE x',
    'BGSAVE x',
    'BGSAVE SCHEDULE x',
    'BGREWRITEAOF x',
    'LASTSAVE x',
    'SAVE',
    'SHUTDOWN x',
    'SHUTDOWN SAVE NOSAVE',
    'SHUTDOWN ABORT',
    'SHUTDOWN ABORT NOW',
    'SHUTDOWN NOW FORCE x',
  ],
  config: [
    'CONFIG',
    'CONFIG FOO',
    'CONFIG GET',
    'CONFIG GET nosuch',
    'CONFIG GET save',
    'CONFIG GET SAVE appendonly',
    'CONFIG GET append*',
    'CONFIG GET auto-aof-*',
    'CONFIG GET *ziplist*',
    'CONFIG GET hz timeout hz',
    'CONFIG SET hz',
    'CONFIG SET nosuch 1',
    'CONFIG SET hz 10 nosuch 1',
    'CONFIG SET hz 10 hz 20',
    'CONFIG SET hz 10 timeout',
    'CONFIG SET hz x',
    'CONFIG SET hz 0',
    'CONFIG GET hz',
    'CONFIG SET hz 9999',
    'CONFIG GET hz',
    'CONFIG SET HZ 10',
    'CONFIG SET databases 3',
    'CONFIG SET dbfilename other',
    'CONFIG SET appendfilename x',
    'CONFIG SET appendfsync sometimes',
    'CONFIG SET appendfsync ALWAYS',
    'CONFIG GET appendfsync',
    'CONFIG SET appendfsync everysec',
    'CONFIG SET appendonly maybe',
    'CONFIG SET save "1"',
    'CONFIG SET save "0 1"',
    'CONFIG SET save "x y"',
    'CONFIG SET save "1 -1"',
    'CONFIG SET save "100 5  20 3"',
    'CONFIG GET save',
    'CONFIG SET save ""',
    'CONFIG GET save',
    'CONFIG SET maxclients 0',
    'CONFIG SET timeout -1',
    'CONFIG SET auto-aof-rewrite-min-size 64mb',
    'CONFIG GET auto-aof-rewrite-min-size',
    'CONFIG SET auto-aof-rewrite-min-size 1g',
    'CONFIG GET auto-aof-rewrite-min-size',
    'CONFIG SET auto-aof-rewrite-min-size x',
    'CONFIG SET auto-aof-rewrite-min-size 1.5mb',
    'CONFIG SET auto-aof-rewrite-percentage -1',
    'CONFIG SET loglevel loud',
    'CONFIG SET loglevel notice',
    'CONFIG SET rdbcompression 1',
    'CONFIG SET maxmemory-policy x',
    'CONFIG SET list-max-listpack-size x',
    'CONFIG SET list-max-ziplist-size -3',
    'CONFIG GET list-max-*',
    'CONFIG SET zset-max-ziplist-entries 2',
    'CONFIG GET zset-max-*',
    'ZADD few 1 a 2 b',
    'OBJECT ENCODING few',
    'ZADD few 3 c',
    'OBJECT ENCODING few',
    'CONFIG SET zset-max-listpack-value 1 zset-max-listpack-entries 128',
    'ZADD long 1 a 2 bb',
    'OBJECT ENCODING long',
    'CONFIG SET zset-max-listpack-value 64',
    'DEL few long',
    'CONFIG SET proto-max-bulk-len 5',
    'CONFIG SET timeout 5 hz x',
    'CONFIG GET timeout',
    'CONFIG SET maxmemory 0',
    'CONFIG SET requirepass ""',
    'CONFIG RESETSTAT',
    'CONFIG RESETSTAT x',
  ],
  command: [
    'COMMAND FOO',
    'COMMAND COUNT x',
    'COMMAND LIST FILTERBY PATTERN xyz*',
    'COMMAND LIST FILTERBY',
    'COMMAND LIST FOO',
    'COMMAND LIST FILTERBY MODULE foo',
    'COMMAND INFO nosuch',
    'COMMAND GETKEYS',
    'COMMAND GETKEYS GET',
    'COMMAND GETKEYS GET a',
    'COMMAND GETKEYS NOSUCH a',
    'COMMAND GETKEYS PING',
    'COMMAND GETKEYS MSET a 1 b 2',
    'COMMAND GETKEYS GET a b',
    'COMMAND GETKEYS LMPOP 2 a b LEFT',
    'COMMAND GETKEYS WATCH a b',
    'COMMAND GETKEYS SINTERCARD 2 a b',
    'COMMAND GETKEYS SINTERSTORE a b c',
    'COMMAND GETKEYS ZUNION 2 a b WITHSCORES',
    'COMMAND GETKEYS ZUNIONSTORE d 2 a b',
    'COMMAND GETKEYS ZINTERCARD 2 a b LIMIT 1',
    'COMMAND GETKEYS ZMPOP 2 a b MIN',
    'COMMAND GETKEYS ZRANGESTORE a b 0 1',
    'COMMAND GETKEYS GEORADIUS g 1 1 1 m STORE d',
  ],
  debug: [
    'DEBUG',
    'DEBUG FOO',
    'DEBUG SLEEP',
    'DEBUG SLEEP 0',
    'DEBUG SLEEP x',
    'DEBUG SET-ACTIVE-EXPIRE',
    'DEBUG SET-ACTIVE-EXPIRE 0',
    'DEBUG SET-ACTIVE-EXPIRE 1',
    'DEBUG POPULATE',
    'DEBUG POPULATE x',
    'DEBUG POPULATE 3 p 4',
    'DEBUG POPULATE 5 p 30',
    'MGET p:0 p:2 p:4',
    'DEBUG POPULATE 2',
    'GET key:1',
    'DBSIZE',
    'DEBUG DIGEST',
    'RPUSH l a b c',
    'SADD s a b c',
    'HSET h a b c d',
    'SET e 1 PX 100000',
    'DEBUG DIGEST',
    'ZADD z 1.5 a -inf b 0.1 c',
    'DEBUG DIGEST',
    'DEBUG DIGEST-VALUE l s h z e none',
    'SELECT 5',
    'SET other db',
    'DEBUG DIGEST',
    'SELECT 0',
    'FLUSHALL',
    'DEBUG DIGEST',
  ],
  'a damaged HyperLogLog': [
    'PFADD p a b c',
    'PFDEBUG DECODE p',
    'APPEND p 4x',
    'PFDEBUG DECODE p',
    'PFCOUNT p',
    'PFDEBUG GETREG p',
    'APPEND p A',
    'PFDEBUG DECODE p',
    'DEL p',
  ],
  others: ['TIME x', 'INFO nosuch', 'LASTSAVE'.concat(' x')],
};

describe.skipIf(!haveAll('redis-server'))('beside redis-server', () => {
  const { clients } = besideRedis();

  for (const protocol of [2, 3]) {
    for (const [name, lines] of Object.entries(conversations)) {
      test(`RESP${protocol}: ${name}`, async () => {
        const [ours, theirs] = await Promise.all(clients.map((client) => converse(client, protocol, lines)));
        expect(ours).toEqual(theirs);
      });
    }
  }

  test('COMMAND INFO: arity, flags and keys of every command that both have', async () => {
    const [ours = [], theirs = []] = await Promise.all(
      clients.map(async (client) => (await client.command('COMMAND')) as Value[][]),
    );
    const byName = new Map(theirs.map((info) => [info[0], info]));
    for (const info of ours) {
      if (laterCommands.has(String(info[0]))) continue;
      const same = byName.get(info[0]!);
      expect(same, `${String(info[0])} is no command of Redis`).toBeDefined();
      // Asynchronous loading is a replica's.
      const facts = ([name, arity, flags, first, last, step]: Value[]) => ({
        name,
        arity,
        flags: (flags as string[]).filter((flag) => flag !== 'no_async_loading').toSorted(),
        keys: [first, last, step],
      });
      expect.soft(facts(info)).toEqual(facts(same!));
    }
  });

  test('COMMAND LIST names subcommands, too; ROLE says that nobody follows', async () => {
    const [ours = [], theirs = []] = await Promise.all(
      clients.map(async (client) => (await client.command('COMMAND', 'LIST')) as string[]),
    );
    const known = new Set(theirs);
    expect(
      ours.filter((name) => !known.has(name) && !laterCommands.has(name) && !laterSubcommands.has(name)),
    ).toEqual([]);
    for (const name of ['object|encoding', 'function|load', 'xinfo|stream', 'config|set', 'role'])
      expect(ours).toContain(name);
    const [our, their] = await Promise.all(clients.map((client) => client.command('ROLE')));
    expect(our).toEqual(their);
  });
});

/** Subcommands that Redis 7.0 does not have. */
const laterSubcommands: ReadonlySet<string> = new Set([
  'backup|begin',
  'backup|end',
  'client|setinfo',
  'latency|durability',
]);

/** Commands that Redis 7.0 does not have. */
const laterCommands: ReadonlySet<string> = new Set([
  'backup',
  'waitaof',
  'hexpire',
  'hpexpire',
  'hexpireat',
  'hpexpireat',
  'hpersist',
  'httl',
  'hpttl',
  'hexpiretime',
  'hpexpiretime',
]);

async function converse(
  client: Client,
  protocol: number,
  lines: readonly string[],
): Promise<Record<string, unknown>> {
  await client.command('RESET');
  await client.command('HELLO', protocol);
  const heard: Record<string, unknown> = {};
  for (const [i, line] of lines.entries()) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
    const reply = await client.send(...words);
    heard[`${i} ${line}`] = plain(reply, words);
  }
  await client.command('RESET');
  return heard;
}

/** A reply without what differs from server to server: ids, and the order of what has none. */
function plain(reply: Value, words: readonly string[]): unknown {
  if (reply instanceof Error) return `-${reply.message.trimEnd()}`;
  if (!Array.isArray(reply)) return reply;
  const parts = reply.map((part) => plain(part, words));
  if (parts.includes('proto')) parts[parts.indexOf('id') + 1] = 'an id';
  // CONFIG GET has no order.
  if (words[0] === 'CONFIG')
    return parts
      .map((part, i) => (i % 2 === 0 ? `${String(part)} = ${String(parts[i + 1])}` : ''))
      .filter((part) => part !== '')
      .toSorted();
  return parts;
}
