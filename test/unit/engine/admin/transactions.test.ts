import { filesOf } from '../../../../sim/disk/index.ts';
import { describe, expect, test } from 'vitest';

import { TestWorld } from './world.ts';

/** The commands of the log without its annotations. */
function logOf({ world }: TestWorld): string {
  const bytes = filesOf(world.machine.disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof');
  return Buffer.from(bytes ?? [])
    .toString('latin1')
    .replace(/#[^\n]*\n/g, '')
    .replace(/\*\d+\r\n|\$\d+\r\n/g, '')
    .replaceAll('\r\n', ' ')
    .trim();
}

describe('EXEC', () => {
  test('the effects of all commands are one unit, with the databases they belong to', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    for (const words of [['MULTI'], ['SET', 'a', 1], ['SELECT', 2], ['SET', 'b', 2], ['GET', 'b']])
      await client.call(...words);
    expect(await client.call('EXEC')).toEqual(['OK', 'OK', 'OK', '2']);
    expect(logOf(world)).toBe('SELECT 0 MULTI SET a 1 SELECT 2 SET b 2 EXEC');
  });

  test('one effect needs no MULTI, none leaves nothing', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const client = world.connect();
    for (const words of [
      ['MULTI'],
      ['SET', 'a', 1],
      ['GET', 'a'],
      ['EXEC'],
      ['MULTI'],
      ['GET', 'a'],
      ['EXEC'],
      ['MULTI'],
      ['EXEC'],
    ])
      await client.call(...words);
    expect(logOf(world)).toBe('SELECT 0 SET a 1');
  });

  test('a command that fails does not stop the others', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    for (const words of [['MULTI'], ['SET', 'a', 'x'], ['INCR', 'a'], ['SET', 'b', 1]])
      await client.call(...words);
    expect(await client.call('EXEC')).toEqual(['OK', '-ERR value is not an integer or out of range', 'OK']);
  });

  test('BGSAVE and BGREWRITEAOF in it are put off, and done', async () => {
    const world = await TestWorld.open({ appendonly: true });
    const client = world.connect();
    for (const words of [['MULTI'], ['BGSAVE'], ['BGREWRITEAOF'], ['SET', 'a', 1]])
      await client.call(...words);
    expect(await client.call('EXEC')).toEqual([
      'Background saving scheduled',
      'Background append only file rewriting scheduled',
      'OK',
    ]);
    await world.pass(5000);
    expect(await world.info('rdb_saves')).toBe('1');
    expect(await world.info('aof_rewrites')).toBe('1');
  });
});

describe('WATCH', () => {
  test('a key that another client changes dooms EXEC', async () => {
    const world = await TestWorld.open();
    const [client, other] = [world.connect(), world.connect()];
    await client.call('WATCH', 'a');
    await other.call('SET', 'a', 1);
    await client.call('MULTI');
    await client.call('SET', 'a', 2);
    expect(await client.call('EXEC')).toBeNull();
    expect(await client.call('GET', 'a')).toBe('1');
  });

  test('a key whose time is over since dooms EXEC, whether or not somebody has removed it', async () => {
    for (const activeExpire of [true, false]) {
      const world = await TestWorld.open({ activeExpire });
      const client = world.connect();
      await client.call('SET', 'a', 1, 'PX', 100);
      await client.call('WATCH', 'a');
      await world.pass(1000);
      await client.call('MULTI');
      await client.call('PING');
      expect(await client.call('EXEC')).toBeNull();
    }
  });

  test('a key whose time was over when it was watched does not', async () => {
    const world = await TestWorld.open({ activeExpire: false });
    const client = world.connect();
    await client.call('SET', 'a', 1, 'PX', 100);
    await world.pass(1000);
    await client.call('WATCH', 'a');
    await client.call('MULTI');
    await client.call('PING');
    expect(await client.call('EXEC')).toEqual(['PONG']);
  });

  // Each as redis-server 7.0.15 has it.
  test.each([
    ['emptying where it is', [['SET', 'a', 1]], [['FLUSHALL']], true],
    ['emptying where it is not', [['SET', 'b', 1]], [['FLUSHALL']], false],
    ['emptying another database', [['SET', 'a', 1]], [['SELECT', 1], ['FLUSHDB']], false],
    ['exchanging databases that both lack it', [['SET', 'b', 1]], [['SWAPDB', 0, 1]], false],
    ['taking it away by an exchange', [['SET', 'a', 1]], [['SWAPDB', 0, 1]], true],
    [
      'bringing it by an exchange',
      [
        ['SELECT', 1],
        ['SET', 'a', 1],
      ],
      [['SWAPDB', 0, 1]],
      true,
    ],
    ['exchanging a database with itself', [['SET', 'a', 1]], [['SWAPDB', 0, 0]], false],
    ['reading what had expired', [['SET', 'a', 1, 'PX', 1]], [['GET', 'a']], false],
    ['removing what had expired', [['SET', 'a', 1, 'PX', 1]], [['DEL', 'a']], false],
    ['emptying what had expired', [['SET', 'a', 1, 'PX', 1]], [['FLUSHALL']], false],
    ['taking away what had expired', [['SET', 'a', 1, 'PX', 1]], [['SWAPDB', 0, 1]], false],
    [
      'bringing what has expired',
      [
        ['SELECT', 1],
        ['SET', 'a', 1, 'PX', 1],
      ],
      [['SWAPDB', 0, 1]],
      false,
    ],
    ['overwriting what had expired', [['SET', 'a', 1, 'PX', 1]], [['SET', 'a', 2]], true],
    [
      'making anew what had expired',
      [['SET', 'a', 1, 'PX', 1]],
      [
        ['GET', 'a'],
        ['SET', 'a', 2],
      ],
      true,
    ],
  ] as const)('%s: dooms EXEC: $3', async (_, before, between, dooms) => {
    const world = await TestWorld.open({ activeExpire: false });
    const [client, other] = [world.connect(), world.connect()];
    for (const words of before) await other.call(...words);
    await world.pass(100);
    await client.call('WATCH', 'a');
    for (const words of between) await other.call(...words);
    await client.call('MULTI');
    await client.call('PING');
    expect(await client.call('EXEC')).toEqual(dooms ? null : ['PONG']);
  });

  test('what a client itself changes between WATCH and MULTI counts, what EXEC changes does not', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    for (const words of [['WATCH', 'a'], ['MULTI'], ['SET', 'a', 1], ['SET', 'a', 2]])
      await client.call(...words);
    expect(await client.call('EXEC')).toEqual(['OK', 'OK']);
    for (const words of [['WATCH', 'a'], ['SET', 'a', 3], ['MULTI'], ['PING']]) await client.call(...words);
    expect(await client.call('EXEC')).toBeNull();
  });
});

describe('while nothing can be made to last', () => {
  test('EXEC with a write is refused as a whole, with the reason; one that reads is not', async () => {
    const world = await TestWorld.open({ save: [{ seconds: 3600, changes: 1 }] });
    const client = world.connect();
    await client.call('SET', 'a', 1);
    await client.call('MULTI');
    await client.call('SET', 'a', 2);
    world.engine.snapshots.lastStatusOk = false;
    expect(await client.call('EXEC')).toMatch(
      /^-EXECABORT Transaction discarded because of: MISCONF Redis is configured to save RDB snapshots/,
    );
    await client.call('MULTI');
    await client.call('GET', 'a');
    expect(await client.call('EXEC')).toEqual(['1']);
    expect(await client.call('PING')).toMatch(/^-MISCONF/);
  });
});
