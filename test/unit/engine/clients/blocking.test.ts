/** Clients that wait for keys: who is served, when, with what, and what is logged for it. */
import { describe, expect, test } from 'vitest';
import { filesOf } from '../../../../sim/disk/index.ts';
import { ByteWriter, latin1Text } from '../../../../src/bytes/index.ts';
import { encodeCommand } from '../../../../src/resp/index.ts';
import { TestWorld } from '../admin/world.ts';
import { emptyDisk } from '../support.ts';

/** What the log holds, a command a line, without the engine's own lines. */
function logOf(disk: ReturnType<typeof emptyDisk>): string[] {
  const text = latin1Text(filesOf(disk).get('/data/appendonlydir/appendonly.aof.1.incr.aof')!);
  return text
    .split(/(?=\*\d+\r\n)/)
    .map((command) =>
      command
        .split('\r\n')
        .filter((line) => line !== '' && !/^[*$#]/.test(line))
        .join(' '),
    )
    .filter((line) => line !== '');
}

describe('clients that wait', () => {
  test('are served in the order in which they began to wait, and logged as what does not wait', async () => {
    const disk = emptyDisk();
    const world = await TestWorld.open({ appendonly: true }, disk);
    const [first, second, third, writer] = [1, 2, 3, 4].map(() => world.connect());
    first!.send(['BLPOP', 'a', 'b', '0']);
    second!.send(['BRPOP', 'b', '0']);
    third!.send(['BLMOVE', 'a', 'to', 'LEFT', 'RIGHT', '0']);
    await world.pass(10);
    expect(await world.info('blocked_clients')).toBe('3');
    expect(await writer!.call('RPUSH', 'b', '1', '2', '3')).toBe(3);
    expect(await writer!.call('RPUSH', 'a', 'x')).toBe(1);
    await world.pass(10);
    expect(first!.replies).toEqual([['b', '1']]);
    expect(second!.replies).toEqual([['b', '3']]);
    expect(third!.replies).toEqual(['x']);
    expect(await world.info('blocked_clients')).toBe('0');
    expect(logOf(disk)).toEqual([
      'SELECT 0',
      'RPUSH b 1 2 3',
      'LPOP b',
      'RPOP b',
      'RPUSH a x',
      'LMOVE a to LEFT RIGHT',
    ]);
  });

  test('are served behind the transaction that made their key ready, by the key that became ready first', async () => {
    const disk = emptyDisk();
    const world = await TestWorld.open({ appendonly: true }, disk);
    const [waiting, gone, writer] = [world.connect(), world.connect(), world.connect()];
    waiting.send(['BLPOP', 'a', 'b', '0']);
    gone.send(['BLPOP', 'c', '0']);
    await world.pass(10);
    for (const words of [
      ['MULTI'],
      ['RPUSH', 'b', '1'],
      ['RPUSH', 'a', '2'],
      ['RPUSH', 'c', '3'],
      ['DEL', 'c'],
      ['EXEC'],
    ])
      await writer.call(...words);
    await world.pass(10);
    expect(waiting.replies).toEqual([['b', '1']]);
    expect(gone.replies).toEqual([]);
    expect(logOf(disk).slice(1)).toEqual([
      'MULTI',
      'RPUSH b 1',
      'RPUSH a 2',
      'RPUSH c 3',
      'DEL c',
      'EXEC',
      'LPOP b',
    ]);
  });

  test('hold back their own later commands, not those of others, and never wait inside MULTI', async () => {
    const world = await TestWorld.open();
    const [waiting, writer] = [world.connect(), world.connect()];
    waiting.send(['BLPOP', 'a', '0']);
    waiting.send(['LLEN', 'a']);
    await world.pass(10);
    expect(waiting.replies).toEqual([]);
    await writer.call('RPUSH', 'a', '1', '2');
    await world.pass(10);
    expect(waiting.replies).toEqual([['a', '1'], 1]);
    await writer.call('MULTI');
    await writer.call('BLPOP', 'none', '0');
    await writer.call('BRPOPLPUSH', 'none', 'x', '0');
    await writer.call('XREAD', 'BLOCK', '0', 'STREAMS', 's', '$');
    expect(await writer.call('EXEC')).toEqual([null, null, null]);
  });

  test('are sent away when their time is over, by CLIENT UNBLOCK, and forgotten when they go', async () => {
    const world = await TestWorld.open();
    const [timed, thrown, unblocked, leaving, other] = [1, 2, 3, 4, 5].map(() => world.connect());
    timed!.send(['BLPOP', 'a', '0.05']);
    thrown!.send(['BZPOPMIN', 'z', '0']);
    unblocked!.send(['XREAD', 'BLOCK', '0', 'STREAMS', 's', '$']);
    leaving!.send(['BLPOP', 'a', '0']);
    await world.pass(49);
    expect(timed!.replies).toEqual([]);
    await world.pass(10);
    expect(timed!.replies).toEqual([null]);
    const ids = String(await other!.call('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('flags=b'));
    const idOf = (command: string) =>
      /id=(\d+)/.exec(ids.find((line) => line.includes(`cmd=${command}`))!)![1]!;
    expect(await other!.call('CLIENT', 'UNBLOCK', idOf('bzpopmin'), 'ERROR')).toBe(1);
    expect(await other!.call('CLIENT', 'UNBLOCK', idOf('xread'))).toBe(1);
    expect(await other!.call('CLIENT', 'UNBLOCK', idOf('xread'))).toBe(0);
    expect(await other!.call('CLIENT', 'KILL', 'ID', idOf('blpop'))).toBe(1);
    await world.pass(10);
    expect(thrown!.replies).toEqual(['-UNBLOCKED client unblocked via CLIENT UNBLOCK']);
    expect(unblocked!.replies).toEqual([null]);
    expect(leaving!.isClosed).toBe(true);
    expect(await world.info('blocked_clients')).toBe('0');
    expect(await other!.call('RPUSH', 'a', '1')).toBe(1);
    expect(await other!.call('LLEN', 'a')).toBe(1);
  });

  test('for a group are sent away with the stream or the group, and served only with what is new', async () => {
    const world = await TestWorld.open();
    const other = world.connect();
    const wait = async () => {
      await other.call('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM');
      const client = world.connect();
      client.send(['XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>']);
      await world.pass(5);
      return client;
    };
    const gone = '-UNBLOCKED the stream key no longer exists';
    for (const words of [
      ['DEL', 's'],
      ['SET', 's', 'v'],
      ['RENAME', 's', 's9'],
      ['FLUSHALL'],
      ['PEXPIRE', 's', '20'],
    ]) {
      const client = await wait();
      await other.call(...words);
      await world.pass(2000);
      expect([words, client.replies]).toEqual([words, [gone]]);
      await other.call('DEL', 's');
    }
    const client = await wait();
    await other.call('XGROUP', 'DESTROY', 's', 'g');
    await world.pass(5);
    expect(client.replies).toEqual([
      '-NOGROUP the consumer group this client was blocked on no longer exists',
    ]);
    const served = await wait();
    await other.call('XADD', 's', '1-1', 'f', 'v');
    await world.pass(5);
    expect(served.replies).toEqual([[['s', [['1-1', ['f', 'v']]]]]]);
    const back = await wait();
    await other.call('XGROUP', 'SETID', 's', 'g', '0');
    await world.pass(5);
    expect(back.replies).toEqual([]);
    await other.call('XADD', 's', '2-1', 'f', 'v');
    await world.pass(5);
    expect(back.replies).toEqual([
      [
        [
          's',
          [
            ['1-1', ['f', 'v']],
            ['2-1', ['f', 'v']],
          ],
        ],
      ],
    ]);
  });

  test('get no answer before what it depends on is as durable as the policy says', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const { engine } = world;
    const durableAt: boolean[] = [];
    const session = engine.connect({
      send: () =>
        void durableAt.push(engine.journal.durable >= 2 && engine.journal.durable >= session.lastUnit),
      close: () => undefined,
    });
    const request = new ByteWriter();
    encodeCommand(request, ['BLPOP', 'a', '0']);
    session.feed(request.copy());
    await world.pass(10);
    expect(await world.connect().call('RPUSH', 'a', '1')).toBe(1);
    await world.pass(1000);
    expect(durableAt).toEqual([true]);
  });
});
