/**
 * Our files and Redis's are the same files: Debian's redis-server loads what lightsout wrote, with equal contents, and its
 * checkers accept it; lightsout loads what redis-server wrote.
 */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Client } from './support/client.ts';
import { type Contents, contentsOf } from './support/contents.ts';
import { haveAll } from './support/programs.ts';
import { run } from './support/run.ts';
import { sampleData } from './support/sample-data.ts';
import { type ServerProcess, servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();
const samples = sampleData(process.env['LIGHTSOUT_INTEROP_SEED'] ?? 'interop');

type Make = 'lightsout' | 'redis';

const quiet = ['--save', '', '--enable-debug-command', 'yes'];

/** A directory that a server of one make has filled, and what it said was in it. */
interface Filled {
  readonly dir: string;
  readonly contents: Contents;
  readonly digest: unknown;
}

async function fill(
  make: Make,
  args: readonly string[],
  finish: (client: Client) => Promise<void>,
): Promise<Filled> {
  const dir = tempDir();
  const server = await start[make](dir, ...quiet, ...args);
  const client = await server.ready();
  await fillWithSamples(client);
  await finish(client);
  const contents = await contentsOf(client);
  const digest = await client.command('DEBUG', 'DIGEST');
  await end(server, client);
  return { dir, contents, digest };
}

async function fillWithSamples(client: Client): Promise<void> {
  const replies = await client.pipeline(samples);
  expect(replies.filter((reply) => reply instanceof Error)).toEqual([]);
}

/** A server of the other make, on a copy of the directory, must say the same. */
async function expectSame(make: Make, filled: Filled, args: readonly string[]): Promise<void> {
  const dir = tempDir();
  cpSync(filled.dir, dir, { recursive: true });
  const server = await start[make](dir, ...quiet, ...args);
  const client = await server.ready();
  expect(await contentsOf(client)).toEqual(filled.contents);
  expect(await client.command('DEBUG', 'DIGEST')).toBe(filled.digest);
  await end(server, client);
}

async function end(server: ServerProcess, client: Client): Promise<void> {
  client.close();
  await server.killed();
}

async function rewrite(client: Client): Promise<void> {
  await client.command('BGREWRITEAOF');
  await expect
    .poll(async () => String(await client.command('INFO', 'persistence')), { timeout: 20_000 })
    .toMatch(
      /aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0[^]*aof_last_bgrewrite_status:ok[^]*aof_rewrites:[1-9]/,
    );
}

const save = async (client: Client): Promise<void> => void (await client.command('SAVE'));

/** Some effects after the rewrite, so that base and increment both count. */
async function rewriteAndGoOn(client: Client): Promise<void> {
  await rewrite(client);
  await client.command('SELECT', 3);
  await client.command('SET', 'after', 'the rewrite', 'PX', 4_000_000_000_000);
  await client.command('MULTI');
  await client.command('RPUSH', 'one', 'unit');
  await client.command('SELECT', 1);
  await client.command('DEL', 'list:9');
  await client.command('EXEC');
  await client.command('SPOP', 'set:9', 3);
  await client.command('INCRBYFLOAT', 'float', '3.25');
  await client.command('ZADD', 'zset:2', 'INCR', '0.1', 'word-2');
  await client.command('ZMPOP', 2, 'none', 'zset:8', 'MAX', 'COUNT', 3);
}

const withLog = ['--appendonly', 'yes', '--appendfsync', 'no'];
const layouts: readonly (readonly [
  what: string,
  args: readonly string[],
  finish: (client: Client) => Promise<void>,
])[] = [
  ['dump.rdb', [], save],
  [
    'dump.rdb, neither compressed nor with a checksum',
    ['--rdbcompression', 'no', '--rdbchecksum', 'no'],
    save,
  ],
  ['an increment only', withLog, async () => undefined],
  ['base with RDB preamble and increment', withLog, rewriteAndGoOn],
  ['base of commands and increment', [...withLog, '--aof-use-rdb-preamble', 'no'], rewriteAndGoOn],
];

/** Streams whose entries are pending and gone: trimmed, deleted, all of them, and one that was set back behind those. */
const gapsInStreams: readonly string[][] = [
  ...['trimmed', 'emptied', 'holed', 'set back'].flatMap((key) => [
    ...['1-0', '2-0', '3-0', '4-0'].map((id) => ['XADD', key, id, 'f', 'v']),
    ['XGROUP', 'CREATE', key, 'g', '0'],
    ['XREADGROUP', 'GROUP', 'g', 'a', 'COUNT', '1', 'STREAMS', key, '>'],
    ['XREADGROUP', 'GROUP', 'g', 'b', 'COUNT', '9', 'STREAMS', key, '>'],
  ]),
  ['XTRIM', 'trimmed', 'MINID', '3-0'],
  ['XTRIM', 'emptied', 'MAXLEN', '0'],
  ['XDEL', 'holed', '2-0', '4-0'],
  ['XADD', 'holed', '5-0', 'f', 'v'],
  ['XTRIM', 'holed', 'MINID', '3-0'],
  ['XDEL', 'set back', '4-0', '2-0'],
  ['XSETID', 'set back', '3-0'],
];

describe.skipIf(!haveAll('redis-server', 'redis-check-rdb', 'redis-check-aof'))(
  'with redis-server 7.0',
  { timeout: 90_000 },
  () => {
    let expected: Contents;

    beforeAll(async () => {
      // What Redis itself makes of the commands, without any file.
      const server = await start.redis(tempDir(), ...quiet);
      const client = await server.ready();
      await fillWithSamples(client);
      expected = await contentsOf(client);
      await end(server, client);
    });

    test('the same commands leave the same contents and the same digest', async () => {
      const ours = await fill('lightsout', [], async () => undefined);
      expect(ours.contents).toEqual(expected);
      const theirs = await fill('redis', [], async () => undefined);
      expect(ours.digest).toBe(theirs.digest);
    });

    for (const [what, args, finish] of layouts) {
      test(`Redis loads ours: ${what}`, async () => {
        const filled = await fill('lightsout', args, finish);
        await check(filled.dir);
        await expectSame('redis', filled, args);
      });

      test(`we load Redis's: ${what}`, async () => {
        const filled = await fill('redis', args, finish);
        await expectSame('lightsout', filled, args);
      });
    }

    test('the log that CONFIG SET appendonly yes began', async () => {
      const filled = await fill('lightsout', [], async (client) => {
        await client.command('CONFIG', 'SET', 'appendonly', 'yes');
        await client.command('SET', 'meanwhile', 'yes');
        await expect
          .poll(async () => String(await client.command('INFO', 'persistence')), { timeout: 20_000 })
          .toMatch(/aof_rewrite_in_progress:0/);
        await client.command('SET', 'afterwards', 'yes');
      });
      await check(filled.dir);
      await expectSame('redis', filled, withLog);
      await expectSame('lightsout', filled, withLog);
    });

    test('what is pending of deleted entries outlives a rewrite as commands, which Redis loads', async () => {
      const asCommands = [...withLog, '--aof-use-rdb-preamble', 'no'];
      const dir = tempDir();
      const told: unknown[] = [];
      for (const make of ['lightsout', 'redis', 'lightsout'] as const) {
        const server = await start[make](dir, ...quiet, ...asCommands);
        const client = await server.ready();
        if (told.length === 0) {
          const replies = await client.pipeline(gapsInStreams);
          expect(replies.filter((reply) => reply instanceof Error)).toEqual([]);
          await rewrite(client);
        }
        const streams = ['trimmed', 'emptied', 'holed', 'set back'];
        told.push([
          ...(await contentsOf(client)),
          ...(await client.pipeline(streams.map((key) => ['XPENDING', key, 'g', '-', '+', 9]))).flat(),
        ]);
        await end(server, client);
      }
      const lasting = told.map((all) => JSON.stringify(all).replaceAll(/(-\d",".",)\d+/g, '$1"idle"'));
      expect(lasting[1]).toBe(lasting[0]);
      expect(lasting[2]).toBe(lasting[0]);
      expect(lasting[0]).toContain('["2-0","b","idle",1]');
    });

    test.each(['first', 'second', 'third'])(
      'P23: the %s generated database goes from us to Redis and back, as a dump and as a log, and stays the same',
      async (seed) => {
        for (const [args, finish] of [
          [[], save],
          [withLog, rewriteAndGoOn],
        ] as const) {
          const dir = tempDir();
          const digests: unknown[] = [];
          for (const make of ['lightsout', 'redis', 'lightsout'] as const) {
            const server = await start[make](dir, ...quiet, ...args);
            const client = await server.ready();
            if (digests.length === 0) {
              const replies = await client.pipeline(sampleData(`round trip ${seed}`));
              expect(replies.filter((reply) => reply instanceof Error)).toEqual([]);
              await finish(client);
            } else if (args === withLog) await rewrite(client);
            else await save(client);
            digests.push(await client.command('DEBUG', 'DIGEST'));
            await end(server, client);
            await check(dir);
          }
          expect(new Set(digests).size, 'digests').toBe(1);
          expect(digests[0]).not.toBe('0'.repeat(40));
        }
      },
    );

    test('a directory that both have used in turn', async () => {
      const dir = tempDir();
      for (const [i, make] of (['redis', 'lightsout', 'redis', 'lightsout', 'redis'] as const).entries()) {
        const server = await start[make](dir, ...quiet, ...withLog);
        const client = await server.ready();
        expect(await client.command('LRANGE', 'turns', 0, -1)).toEqual(
          ['redis', 'lightsout', 'redis', 'lightsout'].slice(0, i),
        );
        await client.command('RPUSH', 'turns', make);
        if (i % 2 === 1) await rewrite(client);
        await end(server, client);
      }
    });

    async function check(dir: string): Promise<void> {
      const dump = join(dir, 'dump.rdb');
      if (existsSync(dump))
        expect(await run('redis-check-rdb', [dump])).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('RDB looks OK!'),
        });
      const log = join(dir, 'appendonlydir');
      if (!existsSync(log)) return;
      const manifest = readdirSync(log).find((name) => name.endsWith('.manifest'))!;
      expect(await run('redis-check-aof', [join(log, manifest)])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('All AOF files and manifest are valid'),
      });
    }
  },
);
