/** Recovery beside a real Redis: what each keeps of the other's files, and a backup taken under load that both start on. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { Client } from './support/client.ts';
import { haveAll } from './support/programs.ts';
import { run } from './support/run.ts';
import { servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();
const withLog = ['--save', '', '--appendonly', 'yes'];
const manifestOf = (dir: string): string => join(dir, 'appendonlydir', 'appendonly.aof.manifest');

async function rewrite(client: Client): Promise<void> {
  await client.command('BGREWRITEAOF');
  await expect
    .poll(async () => String(await client.command('INFO', 'persistence')), { timeout: 20_000 })
    .toMatch(/aof_rewrite_in_progress:0[^]*aof_last_bgrewrite_status:ok/);
}

describe.skipIf(!haveAll('redis-server', 'redis-check-aof'))('beside Redis 7.0', { timeout: 60_000 }, () => {
  test('our lines in a manifest stay while it appends, and go when it rewrites; we take both, and say so', async () => {
    const dir = tempDir();
    const ours = async (): Promise<string> => {
      const server = await start.lightsout(dir, ...withLog);
      const client = await server.ready();
      const info = String(await client.command('INFO', 'persistence'));
      expect(await client.command('LRANGE', 'turns', 0, -1)).toEqual(turns);
      await client.command('RPUSH', 'turns', 'ours');
      turns.push('ours');
      client.close();
      await server.killed();
      return info;
    };
    const theirs = async (then: (client: Client) => Promise<void>): Promise<void> => {
      const server = await start.redis(dir, ...withLog, '--appendfsync', 'always');
      const client = await server.ready();
      expect(await client.command('LRANGE', 'turns', 0, -1)).toEqual(turns);
      await client.command('RPUSH', 'turns', 'theirs');
      turns.push('theirs');
      await then(client);
      client.close();
      await server.killed();
    };
    const turns: string[] = [];

    expect(await ours()).toContain('recovery_outcome:empty');
    const sealed = readFileSync(manifestOf(dir), 'latin1');
    expect(sealed).toMatch(/^#lightsout sealed\n[^]*#lightsout end n=\d{10} h=[0-9a-f]{8}\n$/);

    await theirs(async () => undefined);
    expect(readFileSync(manifestOf(dir), 'latin1')).toBe(sealed);
    const afterAppend = await ours();
    expect(afterAppend).toMatch(/recovery_outcome:whole\r\n[^]*recovery_units_unannotated:2\r\n/);

    await theirs(rewrite);
    expect(readFileSync(manifestOf(dir), 'latin1')).not.toContain('#');
    expect(await ours()).toMatch(/recovery_outcome:whole\r\n/);
    expect(readFileSync(manifestOf(dir), 'latin1')).toContain('#lightsout end');
    expect(await run('redis-check-aof', [manifestOf(dir)])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('All AOF files and manifest are valid'),
    });
    await theirs(async () => undefined);
  });

  test('a backup copied under writes and a rewrite starts both, with what there was at the command', async () => {
    const dir = tempDir();
    const server = await start.lightsout(dir, ...withLog);
    const [keeper, writer, asker] = [await server.ready(), await server.ready(), await server.ready()];
    let written = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        // A pair in each unit: a copy that cuts one is seen.
        const replies = await writer.pipeline([
          ['MULTI'],
          ['RPUSH', 'a', String(written)],
          ['RPUSH', 'b', 'x'.repeat(2000) + String(written)],
          ['EXEC'],
        ]);
        expect(replies.some((reply) => reply instanceof Error)).toBe(false);
        written++;
      }
    })();
    await expect.poll(() => written).toBeGreaterThan(50);
    const atLeast = written;
    const reply = (await keeper.command('BACKUP', 'BEGIN', 60)) as unknown[];
    const atMost = written + 1;
    const [, from, , files, , path, , manifest] = reply as [
      string,
      string,
      string,
      [string, number][],
      string,
      string,
      string,
      string,
    ];
    await rewrite(asker);
    await expect.poll(() => written).toBeGreaterThan(atMost + 50);
    const copies = [tempDir(), tempDir()] as const;
    for (const copy of copies) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), manifest, 'latin1');
      for (const [name, bytes] of files)
        writeFileSync(join(copy, name), readFileSync(join(from, name)).subarray(0, bytes));
    }
    expect(await keeper.command('BACKUP', 'END')).toBe(1);
    isOver = true;
    await writing;
    for (const client of [keeper, writer, asker]) client.close();
    await server.killed();
    for (const [i, make] of (['redis', 'lightsout'] as const).entries()) {
      const restored = await start[make](copies[i]!, ...withLog);
      const client = await restored.ready();
      const [a, b] = [await client.command('LLEN', 'a'), await client.command('LLEN', 'b')];
      expect(a).toBe(b);
      expect(a).toBeGreaterThanOrEqual(atLeast);
      expect(a).toBeLessThanOrEqual(atMost);
      expect(await client.command('LINDEX', 'a', -1)).toBe(String(Number(a) - 1));
      client.close();
      await restored.killed();
    }
  });
});

test(
  'a signal while it loads ends it, and changes nothing of what lies there',
  { timeout: 60_000 },
  async () => {
    const dir = tempDir();
    const server = await start.lightsout(dir, '--save', '');
    const client = await server.ready();
    for (let i = 0; i < 40; i++)
      await client.pipeline(Array.from({ length: 2000 }, (_, j) => ['SET', `key:${i}:${j}`, 'v'.repeat(64)]));
    await client.command('SAVE');
    client.close();
    await server.killed();
    const dump = readFileSync(join(dir, 'dump.rdb'));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const loading = await start.lightsout(dir, '--save', '1 0');
      await expect.poll(() => loading.output, { interval: 1 }).toContain('is starting');
      loading.kill(signal);
      await loading.ended;
      expect(readFileSync(join(dir, 'dump.rdb')).equals(dump)).toBe(true);
    }
  },
);
