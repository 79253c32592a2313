/** SLOWLOG: what is kept of which commands. In the simulated world a command takes no time, unless it sleeps. */
import { describe, expect, test } from 'vitest';
import { type Plain, TestWorld } from './world.ts';

const words = (reply: Plain) => (reply as Plain[][]).map((entry) => (entry[3] as string[]).join(' '));

describe('SLOWLOG', () => {
  test('keeps what took long to execute, and not what waited', async () => {
    const world = await TestWorld.open({ appendonly: true, appendfsync: 'always' });
    const [client, other] = [world.connect('10.0.0.1:99'), world.connect()];
    await client.call('CLIENT', 'SETNAME', 'me');
    other.send(['BLPOP', 'l', 0]);
    client.send(['DEBUG', 'SLEEP', '0.2']);
    await world.pass(1000);
    client.replies.length = 0;
    await client.call('RPUSH', 'l', 'x');
    // Nobody replicates: it waits for all of its time.
    await client.call('WAIT', 1, 500);
    const reply = (await client.call('SLOWLOG', 'GET')) as [Plain[], Plain[] | undefined];
    const [[id, seconds, micros, sent, address, name], more] = reply;
    expect([id, sent, address, name, more]).toEqual([
      0,
      ['DEBUG', 'SLEEP', '0.2'],
      '10.0.0.1:99',
      'me',
      undefined,
    ]);
    expect(Math.abs(Number(micros) - 200_000)).toBeLessThan(1000);
    expect(Number(seconds)).toBeGreaterThan(1e9);
  });

  test('with 0 keeps everything that is executed, newest first, as many as are wanted', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    await client.call('CONFIG', 'SET', 'slowlog-log-slower-than', 0, 'slowlog-max-len', 4);
    await client.call('SET', 'a', 1);
    await client.call('NONE');
    await client.call('GET');
    for (const one of [['MULTI'], ['INCR', 'a'], ['PING'], ['EXEC']]) await client.call(...one);
    expect(words(await client.call('SLOWLOG', 'GET', -1))).toEqual(['PING', 'INCR a', 'MULTI', 'SET a 1']);
    expect(words(await client.call('SLOWLOG', 'GET', 1))).toEqual(['SLOWLOG GET -1']);
    expect(await client.call('SLOWLOG', 'LEN')).toBe(4);
    expect(await client.call('SLOWLOG', 'RESET')).toBe('OK');
    const [[id]] = (await client.call('SLOWLOG', 'GET')) as [Plain[]];
    // Numbers are never used again.
    expect(id).toBe(8);
    // Who waits is noted when it is served.
    const other = world.connect();
    other.send(['BLPOP', 'l', 0]);
    expect(words(await client.call('SLOWLOG', 'GET', 1))).toEqual(['SLOWLOG GET']);
    await client.call('RPUSH', 'l', 'x');
    expect(words(await client.call('SLOWLOG', 'GET', 2))).toEqual(['BLPOP l 0', 'RPUSH l x']);
    await client.call('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
    await client.call('SLOWLOG', 'RESET');
    expect(await client.call('SLOWLOG', 'LEN')).toBe(0);
  });

  test('cuts words short, as Redis does, and hides passwords', async () => {
    const world = await TestWorld.open();
    const client = world.connect();
    await client.call('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
    await client.call('SET', 'a', 'x'.repeat(200));
    await client.call('SADD', 's', ...Array.from({ length: 50 }, (_, i) => i));
    await client.call('AUTH', 'secret');
    await client.call('HELLO', 2, 'AUTH', 'default', 'secret', 'SETNAME', 'me');
    const [hello, auth, sadd, set] = words(await client.call('SLOWLOG', 'GET'));
    expect(hello).toBe('HELLO 2 AUTH (redacted) (redacted) SETNAME me');
    expect(auth).toBe('AUTH (redacted)');
    expect(sadd).toBe(`SADD s ${Array.from({ length: 29 }, (_, i) => i).join(' ')} ... (21 more arguments)`);
    expect(set).toBe(`SET a ${'x'.repeat(128)}... (72 more bytes)`);
  });

  test.each([
    [['GET', -2], '-ERR count should be greater than or equal to -1'],
    [['GET', 'x'], '-ERR count should be greater than or equal to -1'],
    [['GET', 1, 2], "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP."],
    [['FOO'], "-ERR unknown subcommand 'FOO'. Try SLOWLOG HELP."],
    [['LEN', 1], "-ERR wrong number of arguments for 'slowlog|len' command"],
  ])('%j: %s', async (sent, reply) => {
    const client = (await TestWorld.open()).connect();
    expect(await client.call('SLOWLOG', ...sent)).toBe(reply);
  });

  test('the latency monitor hears of commands, too', async () => {
    const world = await TestWorld.open({ latencyMonitorThresholdMs: 100 });
    const client = world.connect();
    client.send(['DEBUG', 'SLEEP', '0.2']);
    await world.pass(1000);
    client.replies.length = 0;
    expect(await client.call('LATENCY', 'LATEST')).toEqual([['command', expect.any(Number), 200, 200]]);
  });
});
