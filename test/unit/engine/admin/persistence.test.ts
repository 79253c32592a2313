import { filesOf } from '../../../../sim/disk/index.ts';
import { describe, expect, test } from 'vitest';

import { TestWorld } from './world.ts';

describe('SAVE and BGSAVE', () => {
  test('one at a time; LASTSAVE and INFO tell of it', async () => {
    const world = await TestWorld.open();
    const [client, other] = [world.connect(), world.connect()];
    await client.call('SET', 'a', 1);
    expect(await world.info('rdb_changes_since_last_save')).toBe('1');
    const before = Number(await client.call('LASTSAVE'));
    await world.pass(5000);
    client.send(['SAVE']);
    expect(await other.call('BGSAVE')).toBe('-ERR Background save already in progress');
    await world.pass(1000);
    expect(client.replies.pop()).toBe('OK');
    expect(Number(await client.call('LASTSAVE'))).toBeGreaterThan(before);
    expect(await world.info('rdb_changes_since_last_save')).toBe('0');
    expect(await client.call('BGSAVE')).toBe('Background saving started');
    expect(await other.call('SAVE')).toBe('-ERR Background save already in progress');
    await world.pass(5000);
    expect(await world.info('rdb_saves')).toBe('2');
  });

  test('BGSAVE beside a rewrite is refused, or waits for it with SCHEDULE', async () => {
    const world = await TestWorld.open({ appendonly: true });
    const client = world.connect();
    expect(await client.call('BGREWRITEAOF')).toBe('Background append only file rewriting started');
    expect(await client.call('BGREWRITEAOF')).toBe(
      '-ERR Background append only file rewriting already in progress',
    );
    await world.world.run({ until: () => world.engine.rewriter.hasChild });
    expect(await client.call('BGSAVE')).toMatch(/^-ERR Another child process is active \(AOF\?\)/);
    expect(await client.call('BGSAVE', 'SCHEDULE')).toBe('Background saving scheduled');
    await world.pass(10_000);
    expect(await world.info('rdb_saves')).toBe('1');
    expect(await world.info('aof_rewrites')).toBe('1');
  });
});

describe('CONFIG SET', () => {
  test('appendonly yes begins a log that holds everything, appendonly no ends it', async () => {
    const world = await TestWorld.open({ aofUseRdbPreamble: false });
    const client = world.connect();
    await client.call('SET', 'before', 1);
    expect(await client.call('CONFIG', 'SET', 'appendonly', 'yes', 'appendfsync', 'always')).toBe('OK');
    await world.pass(5000);
    await client.call('SET', 'after', 1);
    const log = (): string =>
      [...filesOf(world.world.machine.disk)]
        .filter(([path]) => path.endsWith('.aof'))
        .map(([, bytes]) => Buffer.from(bytes).toString('latin1'))
        .join('');
    expect(log()).toMatch(/before[^]*after/);
    expect(await client.call('CONFIG', 'SET', 'appendonly', 'no')).toBe('OK');
    await client.call('SET', 'later', 1);
    await world.pass(5000);
    expect(log()).not.toContain('later');
    expect(await world.info('aof_enabled')).toBe('0');
  });

  test('appendfsync always holds for the next command on', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'no' });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    expect(await client.call('CONFIG', 'SET', 'appendfsync', 'always')).toBe('OK');
    const { journal } = world.engine;
    expect(journal.released).toBe(journal.appended);
    await client.call('SET', 'a', 2);
    world.world.machine.powerOff();
    const log = Buffer.from(
      filesOf(world.world.machine.disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof')!,
    ).toString('latin1');
    expect(log.match(/\r\na\r\n/g)).toHaveLength(2);
  });

  test('all or nothing', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    expect(await client.call('CONFIG', 'SET', 'hz', 20, 'appendfsync', 'x')).toMatch(
      /^-ERR CONFIG SET failed/,
    );
    expect(await client.call('CONFIG', 'GET', 'hz')).toEqual(['hz', '10']);
  });

  test('save points count from the change on', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await world.pass(10_000);
    expect(await world.info('rdb_saves')).toBe('0');
    await client.call('CONFIG', 'SET', 'save', '1 1');
    await world.pass(10_000);
    expect(await world.info('rdb_saves')).toBe('1');
  });
});

describe('SHUTDOWN', () => {
  test('saves where there are save points, and ends with status 0', async () => {
    const world = await TestWorld.open({ save: [{ seconds: 3600, changes: 1 }] });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    client.send(['SHUTDOWN']);
    await world.pass(5000);
    expect(world.process.status).toEqual({ code: 0, signal: null });
    expect(client.replies).toEqual([]);
    expect([...filesOf(world.world.machine.disk).keys()]).toContain('/data/dump.rdb');
  });

  test('NOSAVE does not', async () => {
    const world = await TestWorld.open({ save: [{ seconds: 3600, changes: 1 }] });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    client.send(['SHUTDOWN', 'NOSAVE', 'NOW']);
    await world.pass(5000);
    expect(world.process.status).toEqual({ code: 0, signal: null });
    expect([...filesOf(world.world.machine.disk).keys()]).not.toContain('/data/dump.rdb');
  });
});
