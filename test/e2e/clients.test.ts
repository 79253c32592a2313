/** Clients of the world connect and work; those that misbehave lose their connection, and nobody else notices. */
import { Redis } from 'ioredis';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Client, encode } from './support/client.ts';
import { haveAll } from './support/programs.ts';
import { run } from './support/run.ts';
import { type ServerProcess, servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();
let server: ServerProcess;
let client: Client;

beforeAll(async () => {
  server = await start.lightsout(tempDir(), '--appendonly', 'yes');
  client = await server.ready();
});

afterAll(() => client.close());

describe.skipIf(!haveAll('redis-cli'))('redis-cli', () => {
  const cli = (...args: string[]) => run('redis-cli', ['-p', String(server.port), ...args]);

  test('a command alone', async () => {
    expect(await cli('SET', 'cli', 'a b')).toMatchObject({ code: 0, stdout: 'OK\n' });
    expect(await cli('GET', 'cli')).toMatchObject({ code: 0, stdout: 'a b\n' });
  });

  test('another database, and RESP3', async () => {
    expect((await cli('-n', '3', 'SET', 'three', '3')).stdout).toBe('OK\n');
    expect((await cli('GET', 'three')).stdout).toBe('\n');
    expect((await cli('-n', '3', '-3', 'GET', 'three')).stdout).toBe('3\n');
    expect((await cli('-3', '--no-raw', 'CONFIG', 'GET', 'appendonly')).stdout).toBe(
      '1# "appendonly" => "yes"\n',
    );
  });

  test('commands from standard input, one transaction among them', async () => {
    const { stdout } = await run('redis-cli', ['-p', String(server.port)], {
      input: 'MULTI\nINCR multi\nINCR multi\nEXEC\n',
    });
    expect(stdout).toBe('OK\nQUEUED\nQUEUED\n1\n2\n');
  });

  test('--pipe, --scan and --bigkeys', async () => {
    const input = Buffer.concat(Array.from({ length: 5000 }, (_, i) => encode(['SET', `pipe:${i}`, i])));
    const piped = await run('redis-cli', ['-p', String(server.port), '--pipe'], { input });
    expect(piped.stdout).toContain('errors: 0, replies: 5000');
    const scanned = await cli('--scan', '--pattern', 'pipe:*');
    expect(new Set(scanned.stdout.trim().split('\n')).size).toBe(5000);
    expect((await cli('--bigkeys')).stdout).toContain('Biggest string found');
  });
});

describe.skipIf(!haveAll('redis-benchmark'))('redis-benchmark', () => {
  test('all of its tests over our types', { timeout: 60_000 }, async () => {
    const tests = 'ping,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,lrange,mset';
    const { code, stdout, stderr } = await run('redis-benchmark', [
      '-p',
      String(server.port),
      '-n',
      '2000',
      '-P',
      '16',
      '-q',
      '-t',
      tests,
    ]);
    expect({ code, errors: `${stdout}${stderr}`.match(/.*error.*/gi) }).toEqual({ code: 0, errors: null });
    expect(stdout.match(/requests per second/g)?.length ?? 0).toBeGreaterThan(15);
  });
});

describe('ioredis', () => {
  test('becomes ready and speaks of every type', async () => {
    const redis = new Redis({
      port: server.port,
      host: '127.0.0.1',
      db: 5,
      connectionName: 'io',
      maxRetriesPerRequest: 1,
    });
    try {
      expect(await redis.set('string', 'value')).toBe('OK');
      await redis.hset('hash', { a: '1', b: '2' });
      expect(await redis.hgetall('hash')).toEqual({ a: '1', b: '2' });
      await redis.rpush('list', 'x', 'y');
      expect(await redis.lrange('list', 0, -1)).toEqual(['x', 'y']);
      await redis.sadd('set', 'm');
      expect([...(await redis.smembers('set'))]).toEqual(['m']);
      expect(await redis.multi().incr('n').incr('n').exec()).toEqual([
        [null, 1],
        [null, 2],
      ]);
      const pipeline = redis.pipeline();
      for (let i = 0; i < 500; i++) pipeline.set(`p${i}`, i);
      expect(await pipeline.exec()).toHaveLength(500);
      await expect(redis.incr('string')).rejects.toThrow('not an integer');
      expect(await redis.client('GETNAME')).toBe('io');
    } finally {
      redis.disconnect();
    }
  });
});

describe('inline commands', () => {
  test('words, quotes and blank lines', async () => {
    expect(await raw('PING\r\nSET inline "a b"\nGET inline\r\n\r\nECHO \'x y\'\r\nQUIT\r\n')).toBe(
      '+PONG\r\n+OK\r\n$3\r\na b\r\n$3\r\nx y\r\n+OK\r\n',
    );
  });
});

describe('a client that misbehaves loses its connection, and only that', () => {
  const malformed: [string, string][] = [
    ['a bulk length that is no number', '*1\r\n$abc\r\n'],
    ['an array of too many words', '*99999999999\r\n'],
    ['a bulk string of absurd length', '*2\r\n$3\r\nGET\r\n$600000000000\r\n'],
    ['a negative bulk length', '*1\r\n$-5\r\n'],
    ['a word that is no bulk string', '*2\r\n$3\r\nGET\r\n:1\r\n'],
    ['a line without an end', 'x'.repeat(70_000)],
    ['quotes that are not closed', 'SET a "b\r\n'],
  ];
  for (const [what, bytes] of malformed) {
    test(what, async () => {
      expect(await raw(`PING\r\n${bytes}`)).toMatch(/^\+PONG\r\n-ERR Protocol error.*\r\n$/);
      expect(await client.command('PING')).toBe('PONG');
    });
  }

  test('it vanishes in the middle of a command', async () => {
    const before = await clients();
    for (const bytes of [
      '*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$10000000\r\nabc',
      '*',
      '*2\r\n$3\r\nGE',
      'SET half',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () =>
          socket.write(bytes, () => socket.resetAndDestroy()),
        );
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
    await expect.poll(clients).toBe(before);
    expect(await client.command('EXISTS', 'half')).toBe(0);
  });

  test('it vanishes before its replies have left', async () => {
    const before = await clients();
    const commands = Buffer.concat(Array.from({ length: 1000 }, (_, i) => encode(['SET', `gone:${i}`, i])));
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const other = await Client.connect(server.port);
        other.socket.write(commands);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
        other.close();
      }),
    );
    await expect.poll(clients).toBe(before);
    expect(await client.command('PING')).toBe('PONG');
  });

  test(
    'it asks for more than it reads: the server stops reading, and keeps little',
    { timeout: 60_000 },
    async () => {
      await client.command('SET', 'big', 'x'.repeat(10_000));
      const rssBefore = residentBytes();
      const greedy = await Client.connect(server.port);
      greedy.socket.pause();
      const commands = Buffer.concat(Array.from({ length: 10_000 }, () => encode(['GET', 'big'])));
      let isHeldBack = false;
      for (let i = 0; i < 20 && !isHeldBack; i++) {
        isHeldBack = await new Promise<boolean>((resolve) => {
          const late = setTimeout(() => resolve(true), 1000);
          greedy.socket.write(commands, () => {
            clearTimeout(late);
            resolve(false);
          });
        });
      }
      expect(isHeldBack).toBe(true);
      // The replies to all of it would be 2 GB.
      expect(residentBytes() - rssBefore).toBeLessThan(500e6);
      expect(await client.command('PING')).toBe('PONG');
      greedy.close();
    },
  );

  async function clients(): Promise<number> {
    const list = await client.command('CLIENT', 'LIST');
    return String(list).trim().split('\n').length;
  }

  function residentBytes(): number {
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }
});

/** Sends bytes and gives everything that comes until the server ends the connection. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}
