/** Commands that get into each other's way: children, logs switched on and off, saves. */
import { describe, expect, test } from 'vitest';

import { TestWorld } from './world.ts';

async function crashAndReopen(
  world: TestWorld,
  settings: Parameters<typeof TestWorld.open>[0],
): Promise<TestWorld> {
  world.world.machine.powerOff();
  return TestWorld.open(settings, world.world.machine.disk);
}

describe('CONFIG SET appendonly', () => {
  test('yes, no, yes in one breath leaves a log that holds everything', async () => {
    const world = await TestWorld.open({ appendfsync: 'always' });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    for (const value of ['yes', 'no', 'yes'])
      expect(await client.call('CONFIG', 'SET', 'appendonly', value)).toBe('OK');
    await world.pass(20_000);
    expect(await world.info('aof_rewrite_in_progress')).toBe('0');
    expect(await client.call('SET', 'b', 2)).toBe('OK');
    const reopened = await crashAndReopen(world, { appendonly: true, appendfsync: 'always' });
    expect(await reopened.connect().call('MGET', 'a', 'b')).toEqual(['1', '2']);
  });

  test('yes while a snapshot is taken', async () => {
    const world = await TestWorld.open({ appendfsync: 'always' });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await client.call('BGSAVE');
    expect(await client.call('CONFIG', 'SET', 'appendonly', 'yes')).toBe('OK');
    await world.pass(20_000);
    expect(await client.call('SET', 'b', 2)).toBe('OK');
    expect(await world.info('rdb_saves')).toBe('1');
    const reopened = await crashAndReopen(world, { appendonly: true, appendfsync: 'always' });
    expect(await reopened.connect().call('MGET', 'a', 'b')).toEqual(['1', '2']);
  });

  test('yes while BGREWRITEAOF runs without a log', async () => {
    const world = await TestWorld.open({ appendfsync: 'always' });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await client.call('BGREWRITEAOF');
    expect(await client.call('CONFIG', 'SET', 'appendonly', 'yes')).toBe('OK');
    await world.pass(20_000);
    expect(await client.call('SET', 'b', 2)).toBe('OK');
    expect(await world.info('aof_rewrite_in_progress')).toBe('0');
    const reopened = await crashAndReopen(world, { appendonly: true, appendfsync: 'always' });
    expect(await reopened.connect().call('MGET', 'a', 'b')).toEqual(['1', '2']);
  });

  test('no while BGREWRITEAOF runs ends it', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await client.call('BGREWRITEAOF');
    await world.world.run({ until: () => world.engine.rewriter.hasChild });
    expect(await client.call('CONFIG', 'SET', 'appendonly', 'no')).toBe('OK');
    await world.pass(20_000);
    expect(await world.info('aof_rewrite_in_progress')).toBe('0');
    expect(await client.call('SET', 'b', 2)).toBe('OK');
    const reopened = await crashAndReopen(world, { appendonly: true });
    expect(await reopened.connect().call('GET', 'a')).toBe('1');
  });
});

describe('SHUTDOWN', () => {
  test('while children run ends them and leaves what can be recovered', async () => {
    for (const child of ['BGSAVE', 'BGREWRITEAOF']) {
      const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
      const client = world.connect();
      await client.call('SET', 'a', 1);
      await client.call(child);
      client.send(['SHUTDOWN', 'SAVE']);
      await world.pass(20_000);
      expect(world.process.status).toEqual({ code: 0, signal: null });
      const reopened = await crashAndReopen(world, { appendonly: true });
      expect(await reopened.connect().call('GET', 'a')).toBe('1');
    }
  });

  test('writes sent behind it are not executed', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    client.send(['SET', 'a', 1], ['SHUTDOWN'], ['SET', 'a', 2]);
    await world.pass(20_000);
    expect(client.replies).toEqual(['OK']);
    const reopened = await crashAndReopen(world, { appendonly: true });
    expect(await reopened.connect().call('GET', 'a')).toBe('1');
  });
});

describe('FLUSHALL', () => {
  test('while a snapshot is taken: what the snapshot held does not come back', async () => {
    const world = await TestWorld.open({ save: [{ seconds: 3600, changes: 1 }] });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await client.call('BGSAVE');
    expect(await client.call('FLUSHALL')).toBe('OK');
    await world.pass(20_000);
    const reopened = await crashAndReopen(world, {});
    expect(await reopened.connect().call('DBSIZE')).toBe(0);
  });
});
