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
