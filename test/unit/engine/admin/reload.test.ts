/** Laws of DEBUG RELOAD, and of fields that expire while nobody looks. */
import { describe, expect, test } from 'vitest';
import { filesOf } from '../../../../sim/disk/index.ts';
import { TestWorld } from './world.ts';

const commands: readonly (readonly (string | number)[])[] = [
  ['SET', 's', 'v', 'PX', 100_000],
  ['RPUSH', 'l', ...Array.from({ length: 2000 }, (_, i) => `element ${i}`)],
  ['SADD', 'e', 1, 2, 3],
  ['ZADD', 'z', 1, 'a', '-inf', 'b'],
  ['HSET', 'h', 'a', 1, 'b', 'x'.repeat(100)],
  ['HPEXPIRE', 'h', 90_000, 'FIELDS', 1, 'a'],
  ['XADD', 'x', '1-1', 'f', 'v'],
  ['XGROUP', 'CREATE', 'x', 'g', 0],
  ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'x', '>'],
  ['PFADD', 'p', 'a', 'b'],
  ['SELECT', 3],
  ['SET', 'other', 'database'],
  ['SELECT', 0],
];

describe('DEBUG RELOAD', () => {
  test('everything comes back as it was', async () => {
    const world = await TestWorld.open({ appendonly: true });
    const client = world.connect();
    for (const words of commands) await client.call(...words);
    const facts = async () => [
      await client.call('DEBUG', 'DIGEST'),
      await client.call('HPEXPIRETIME', 'h', 'FIELDS', 2, 'a', 'b'),
      await client.call('PEXPIRETIME', 's'),
      await client.call('XPENDING', 'x', 'g'),
      await client.call('OBJECT', 'ENCODING', 'e'),
    ];
    const before = await facts();
    expect(before[0]).not.toBe('0'.repeat(40));
    client.send(['DEBUG', 'RELOAD']);
    await world.pass(5000);
    expect(client.replies.pop()).toBe('OK');
    expect(await facts()).toEqual(before);
    world.engine.keyspace.check();
    expect([...filesOf(world.world.machine.disk).keys()]).toContain('/data/dump.rdb');
  });

  test('NOSAVE reads what the file holds: in place of all, or NOFLUSH over it', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    await client.call('SET', 'a', 'saved');
    client.send(['SAVE']);
    await world.pass(5000);
    expect(client.replies.pop()).toBe('OK');
    const reload = async (...options: string[]) => {
      client.send(['DEBUG', 'RELOAD', ...options]);
      await world.pass(5000);
      return client.replies.pop();
    };
    await client.call('SET', 'b', 'later');
    expect(await reload('NOSAVE', 'NOFLUSH')).toMatch(
      /^-ERR Error trying to load the RDB dump: duplicate key/,
    );
    expect(await client.call('DBSIZE')).toBe(2);
    await client.call('SET', 'a', 'later');
    expect(await reload('NOSAVE', 'NOFLUSH', 'MERGE')).toBe('OK');
    expect(await client.call('MGET', 'a', 'b')).toEqual(['saved', 'later']);
    expect(await reload('NOSAVE')).toBe('OK');
    expect(await client.call('MGET', 'a', 'b')).toEqual(['saved', null]);
    expect(await reload('SOON')).toMatch(/^-ERR DEBUG RELOAD only supports/);
  });
});

describe('DEBUG LOADAOF', () => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])(
    'everything comes back as it was: preamble %s, annotations %s',
    async (aofUseRdbPreamble, aofChecksum) => {
      const world = await TestWorld.open({ appendonly: true, aofUseRdbPreamble, aofChecksum });
      const client = world.connect();
      for (const words of commands.slice(0, 4)) await client.call(...words);
      await client.call('BGREWRITEAOF');
      // The rewrite still runs: it is waited for.
      for (const words of commands.slice(4)) client.send(words);
      client.send(['DEBUG', 'DIGEST'], ['DEBUG', 'LOADAOF'], ['DEBUG', 'DIGEST'], ['XPENDING', 'x', 'g']);
      await world.pass(10_000);
      const [before, loaded, after, pending] = client.replies.splice(0).slice(-4);
      expect([loaded, after]).toEqual(['OK', before]);
      expect(pending).toEqual([1, '1-1', '1-1', [['c', '1']]]);
      expect(await client.call('HPEXPIRETIME', 'h', 'FIELDS', 2, 'a', 'b')).toEqual([expect.any(Number), -1]);
      world.engine.keyspace.check();
      expect(await world.info('loading')).toBe('0');
      // And the log goes on.
      await client.call('SET', 'later', 1);
      client.send(['DEBUG', 'LOADAOF'], ['GET', 'later']);
      await world.pass(10_000);
      expect(client.replies.splice(0)).toEqual(['OK', '1']);
    },
  );

  test('what is not in the log is gone; who watched it, and who waits, is told', async () => {
    const world = await TestWorld.open({ appendonly: true });
    const [client, watcher, waiter] = [world.connect(), world.connect(), world.connect()];
    await client.call('DEBUG', 'POPULATE', 1, 'unlogged');
    await client.call('SET', 'a', 1);
    await watcher.call('WATCH', 'a');
    waiter.send(['BLPOP', 'l', 0]);
    client.send(['DEBUG', 'LOADAOF'], ['KEYS', '*'], ['RPUSH', 'l', 'x']);
    await world.pass(5000);
    expect(client.replies.splice(0)).toEqual(['OK', ['a'], 1]);
    expect(waiter.replies).toEqual([['l', 'x']]);
    await watcher.call('MULTI');
    await watcher.call('PING');
    expect(await watcher.call('EXEC')).toBeNull();
  });

  test('nobody else is served meanwhile, and nothing is saved', async () => {
    const world = await TestWorld.open({ appendonly: true, save: [{ seconds: 1, changes: 1 }] });
    const [client, other] = [world.connect(), world.connect()];
    await client.call('SET', 'a', 1);
    client.send(['DEBUG', 'LOADAOF']);
    expect(world.engine.isLoading).toBe(true);
    other.send(['GET', 'a'], ['SET', 'a', 2], ['MULTI'], ['BGSAVE'], ['CONFIG', 'SET', 'appendonly', 'no']);
    other.send(['EXEC'], ['DEBUG', 'RELOAD'], ['ECHO', 'still']);
    const loading = '-LOADING Redis is loading the dataset in memory';
    expect(other.replies.slice(0, 4)).toEqual([loading, loading, 'OK', loading]);
    expect(other.replies.slice(4)).toEqual([
      'QUEUED',
      '-EXECABORT Transaction discarded because of previous errors.',
      loading,
      'still',
    ]);
    await world.pass(5000);
    expect(client.replies.splice(0)).toEqual(['OK']);
    expect(world.engine.settings.appendonly).toBe(true);
  });

  test('a log that cannot be read changes nothing', async () => {
    const world = await TestWorld.open({ appendonly: true });
    const client = world.connect();
    await client.call('SET', 'a', 'x'.repeat(100));
    await world.pass(3000);
    const { disk } = world.world.machine;
    const file = disk.open('/data/appendonlydir/appendonly.aof.1.incr.aof', { read: true, write: true });
    disk.pwrite(file, Uint8Array.of(0x79), 150);
    client.send(['DEBUG', 'LOADAOF'], ['STRLEN', 'a']);
    await world.pass(5000);
    const [refusal, length] = client.replies.splice(0);
    expect(refusal).toMatch(
      /^-ERR Error trying to load the append-only file: .* batch 1 does not have the hash/,
    );
    expect(length).toBe(100);
  });

  test('without a log there is nothing to load', async () => {
    const client = (await TestWorld.open()).connect();
    expect(await client.call('DEBUG', 'LOADAOF')).toMatch(/^-ERR Error trying .* set appendonly to yes/);
  });
});

test('a field whose time is over goes while nobody looks, and the log says so', async () => {
  const world = await TestWorld.open({ appendonly: true });
  const client = world.connect();
  await client.call('HSET', 'h', 'a', 1, 'b', 2);
  await client.call('HSET', 'gone', 'a', 1);
  await client.call('HPEXPIRE', 'h', 100, 'FIELDS', 1, 'a');
  await client.call('HPEXPIRE', 'gone', 100, 'FIELDS', 1, 'a');
  const db = world.engine.keyspace.database(0);
  expect(db.mayHaveFieldExpiries).toBe(true);
  await world.pass(3000);
  expect(db.find(Uint8Array.of(0x68))!.hash().size).toBe(1);
  expect(db.size).toBe(1);
  expect(db.mayHaveFieldExpiries).toBe(false);
  const log = [...filesOf(world.world.machine.disk)]
    .filter(([path]) => path.endsWith('.incr.aof'))
    .map(([, bytes]) => Buffer.from(bytes).toString('latin1'))
    .join('');
  expect(log.match(/HDEL/g)).toHaveLength(2);
});
