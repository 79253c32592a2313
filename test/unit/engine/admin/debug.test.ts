/** DEBUG and MEMORY: what testers and operators ask. Replies are those of redis-server 7.0.15 where it has them. */
import { describe, expect, test } from 'vitest';
import { filesOf } from '../../../../sim/disk/index.ts';
import { TestWorld } from './world.ts';

describe('DEBUG', () => {
  test('OBJECT, LISTPACK and QUICKLIST tell how a value is kept', async () => {
    const lines: string[] = [];
    const world = await TestWorld.open({}, undefined, { log: (_, line) => void lines.push(line) });
    const client = world.connect();
    await client.call('SET', 's', 'hello');
    await client.call('HSET', 'h', 'a', 1, 'b', 2);
    await client.call('RPUSH', 'l', 'a', 'b', 'c');
    expect(await client.call('DEBUG', 'OBJECT', 's')).toMatch(
      /^Value at:0x\S+ refcount:1 encoding:embstr serializedlength:6 lru:\d+ lru_seconds_idle:0$/,
    );
    expect(await client.call('DEBUG', 'OBJECT', 'h')).toMatch(/encoding:listpack/);
    expect(await client.call('DEBUG', 'OBJECT', 'none')).toBe('-ERR no such key');
    expect(await client.call('DEBUG', 'LISTPACK', 'h')).toBe('Listpack structure printed on stdout');
    expect(lines.at(-1)).toMatch(/^\{entries 4\}/);
    expect(await client.call('DEBUG', 'LISTPACK', 'l')).toBe('-ERR Not a listpack encoded object.');
    expect(await client.call('DEBUG', 'QUICKLIST', 'l', 1)).toBe('Quicklist structure printed on stdout');
    expect(await client.call('DEBUG', 'QUICKLIST', 's')).toBe('-ERR Not a quicklist encoded object.');
  });

  test.each([
    [['QUICKLIST-PACKED-THRESHOLD', '100b'], 'OK'],
    [
      ['QUICKLIST-PACKED-THRESHOLD', 'x'],
      '-ERR argument must be a memory value bigger than 1 and smaller than 4gb',
    ],
    [['STRINGMATCH-LEN', 'a*c', 'abc'], 1],
    [['STRINGMATCH-LEN', 'a*d', 'abc'], 0],
    [['CHANGE-REPL-ID'], 'OK'],
    [['JMAP'], 'OK'],
    [['ERROR', 'FOO bar'], '-FOO bar'],
    [['LOG', 'hi'], 'OK'],
    [
      ['PROTOCOL', 'map'],
      [0, 0, 1, 1, 2, 0],
    ],
    [['PROTOCOL', 'none'], expect.stringMatching(/^-ERR Wrong protocol type name/)],
    [['SLEEP'], "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP."],
    [['FOO'], "-ERR unknown subcommand or wrong number of arguments for 'FOO'. Try DEBUG HELP."],
  ])('%j: %j', async (words, reply) => {
    const client = (await TestWorld.open()).connect();
    expect(await client.call('DEBUG', ...words)).toEqual(reply);
  });

  test('PAUSE-CRON: nothing expires or is saved by the clock, and the log is synced', async () => {
    const world = await TestWorld.open({ appendonly: true, save: [{ seconds: 1, changes: 1 }] });
    const client = world.connect();
    await client.call('DEBUG', 'PAUSE-CRON', 1);
    await client.call('SET', 'a', 1, 'PX', 100);
    await world.pass(5000);
    expect(world.engine.keyspace.database(0).size).toBe(1);
    expect(await world.info('rdb_saves')).toBe('0');
    expect(await world.info('aof_unsynced_bytes')).toBe('0');
    await client.call('DEBUG', 'PAUSE-CRON', 0);
    await world.pass(5000);
    expect(world.engine.keyspace.database(0).size).toBe(0);
    expect(await world.info('rdb_saves')).toBe('1');
  });

  test('SET-SKIP-CHECKSUM-VALIDATION lets a payload with a wrong checksum in, and only that', async () => {
    const client = (await TestWorld.open()).connect();
    await client.call('SET', 'a', 'x'.repeat(10));
    const payload = String(await client.call('DUMP', 'a'));
    const wrong = `${payload.slice(0, -1)}?`;
    expect(await client.call('RESTORE', 'b', 0, wrong)).toMatch(/checksum are wrong/);
    await client.call('DEBUG', 'SET-SKIP-CHECKSUM-VALIDATION', 1);
    expect(await client.call('RESTORE', 'b', 0, wrong)).toBe('OK');
    const ofFuture = `${payload.slice(0, -10)}\xff${payload.slice(-9)}`;
    expect(await client.call('RESTORE', 'c', 0, ofFuture)).toMatch(/checksum are wrong/);
    expect(await client.call('RESTORE', 'c', 0, `\x02${wrong.slice(1)}`)).toMatch(/Bad data format/);
    await client.call('DEBUG', 'SET-SKIP-CHECKSUM-VALIDATION', 0);
    expect(await client.call('RESTORE', 'c', 0, wrong)).toMatch(/checksum are wrong/);
  });
});

test('rdb-key-save-delay makes a save last, without holding up anybody', async () => {
  const world = await TestWorld.open();
  const client = world.connect();
  for (let i = 0; i < 10; i++) await client.call('SET', `k${i}`, i);
  await client.call('CONFIG', 'SET', 'rdb-key-save-delay', 200_000);
  await client.call('BGSAVE');
  await world.pass(1900);
  expect(await world.info('rdb_bgsave_in_progress')).toBe('1');
  expect(await client.call('GET', 'k1')).toBe('1');
  await world.pass(300);
  expect(await world.info('rdb_bgsave_in_progress')).toBe('0');
  expect(await world.info('rdb_last_bgsave_status')).toBe('ok');
  expect(await client.call('CONFIG', 'GET', 'rdb-key-*')).toEqual([]);
});

describe('MEMORY', () => {
  test('USAGE tells the bytes of a key', async () => {
    const client = (await TestWorld.open()).connect();
    await client.call('SET', 'a', 1);
    await client.call('SET', 'b', 'x'.repeat(100_000));
    const [small, large] = [
      await client.call('MEMORY', 'USAGE', 'a'),
      await client.call('MEMORY', 'USAGE', 'b'),
    ];
    expect(small).toBeGreaterThan(0);
    expect(Number(large) - 100_000).toBeLessThan(1000);
    expect(await client.call('MEMORY', 'USAGE', 'none')).toBeNull();
    expect(await client.call('MEMORY', 'USAGE', 'a', 'SAMPLES', 0)).toBe(small);
    expect(await client.call('MEMORY', 'USAGE', 'a', 'SAMPLES', -1)).toBe('-ERR syntax error');
    expect(await client.call('MEMORY', 'USAGE', 'a', 'SAMPLES')).toBe('-ERR syntax error');
    expect(await client.call('MEMORY', 'USAGE', 'a', 'SAMPLES', 'x')).toBe(
      '-ERR value is not an integer or out of range',
    );
    expect(await client.call('COMMAND', 'GETKEYS', 'MEMORY', 'USAGE', 'a')).toEqual(['a']);
  });

  test('STATS, DOCTOR and PURGE tell and free what the slab has', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    for (let i = 0; i < 200; i++) await client.call('SET', `k${i}`, 'x'.repeat(1000));
    const stats = (await client.call('MEMORY', 'STATS')) as (string | number)[];
    const figure = (name: string) => Number(stats[stats.indexOf(name) + 1]);
    expect(figure('keys.count')).toBe(200);
    expect(figure('dataset.bytes')).toBe(world.engine.keyspace.memory().usedBytes);
    expect(figure('allocator-fragmentation.ratio')).toBeGreaterThanOrEqual(1);
    expect(await client.call('MEMORY', 'DOCTOR')).toBe('Nothing to complain about.');
    const image = world.engine.keyspace.freeze();
    for (let i = 0; i < 200; i++) await client.call('DEL', `k${i}`);
    image.release();
    expect(world.engine.keyspace.memory().usedBytes).toBeGreaterThan(100_000);
    expect(await client.call('MEMORY', 'PURGE')).toBe('OK');
    expect(world.engine.keyspace.memory().usedBytes).toBeLessThan(10_000);
  });
});

describe('CONFIG REWRITE', () => {
  test('without a file there is nothing to rewrite', async () => {
    const client = (await TestWorld.open()).connect();
    expect(await client.call('CONFIG', 'REWRITE')).toBe('-ERR The server is running without a config file');
    await client.call('MULTI');
    await client.call('CONFIG', 'REWRITE');
    expect(await client.call('EXEC')).toEqual(['-ERR CONFIG REWRITE is not allowed inside a transaction']);
  });

  test('a full disk leaves the old file, and nothing beside it', async () => {
    const configFile = '/data/redis.conf';
    const world = await TestWorld.open({}, undefined, { configFile });
    const client = world.connect();
    const { disk } = world.world.machine;
    await client.call('CONFIG', 'SET', 'hz', 33);
    expect(await client.call('CONFIG', 'REWRITE')).toBe('OK');
    const text = Buffer.from(filesOf(disk).get(configFile)!).toString();
    expect(text).toContain('\nhz 33\n');
    await client.call('CONFIG', 'SET', 'proc-title-template', 'x'.repeat(100_000));
    disk.space.capacityBytes = disk.space.usedBytes + 3000;
    expect(await client.call('CONFIG', 'REWRITE')).toMatch(/^-ERR Rewriting config file: ENOSPC/);
    expect([...filesOf(disk)].map(([path]) => path)).toEqual([configFile]);
    expect(Buffer.from(filesOf(disk).get(configFile)!).toString()).toBe(text);
    expect(await client.call('DEBUG', 'CONFIG-REWRITE-FORCE-ALL')).toMatch(/^-ERR Rewriting/);
  });
});
