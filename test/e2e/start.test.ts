/** The server starts, forks and ends from its sources, from a build, and from a bundle. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { run } from './support/run.ts';
import { type ServerProcess, lightsoutCommand, servers, sourceCommand } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Saves in a child, and ends with a save on SIGTERM. */
async function liveOnce(server: ServerProcess): Promise<void> {
  const client = await server.ready();
  await client.command('SET', 'a', 'b');
  const lastSave = Number(await client.command('LASTSAVE'));
  expect(await client.command('BGSAVE')).toBe('Background saving started');
  await expect
    .poll(async () => String(await client.command('INFO', 'persistence')), { timeout: 20_000 })
    .toContain('rdb_saves:1\r\n');
  expect(Number(await client.command('LASTSAVE'))).toBeGreaterThanOrEqual(lastSave);
  await client.command('SET', 'c', 'd');
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
}

async function holds(dir: string): Promise<void> {
  const server = await start.lightsout(dir);
  const client = await server.ready();
  expect(await client.command('MGET', 'a', 'c')).toEqual(['b', 'd']);
  client.close();
  await server.killed();
}

test('from a bundle', async () => {
  const dir = tempDir();
  await liveOnce(await start.command(lightsoutCommand, dir));
  await holds(dir);
});

test('from its sources, through tsx', async () => {
  const dir = tempDir();
  await liveOnce(await start.command(sourceCommand, dir));
  await holds(dir);
});

test('from a build', { timeout: 120_000 }, async () => {
  const build = tempDir();
  const dir = tempDir();
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const built = await run(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', build]);
  expect(built).toMatchObject({ code: 0 });
  writeFileSync(join(build, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(build, 'node_modules'));
  await liveOnce(await start.command([process.execPath, join(build, 'src', 'server', 'main.js')], dir));
  await holds(dir);
});

test('with a configuration file, standard input and arguments, the later counting more', async () => {
  const dir = tempDir();
  writeFileSync(
    join(dir, 'redis.conf'),
    'hz 20\nmaxclients 50\nsave 100 5\nsave 10 50\nappendfilename "log.aof"\n',
  );
  const server = await start.command(
    [...lightsoutCommand, join(dir, 'redis.conf')],
    dir,
    '--hz',
    '30',
    '--unixsocket',
    join(dir, 'socket'),
  );
  const client = await server.ready();
  expect(await client.command('CONFIG', 'GET', 'hz', 'maxclients', 'save', 'appendfilename', 'dir')).toEqual(
    expect.arrayContaining([
      'hz',
      '30',
      'maxclients',
      '50',
      'save',
      '100 5 10 50',
      'appendfilename',
      'log.aof',
      'dir',
      dir,
    ]),
  );
  expect(server.output).toContain(`ready to accept connections at ${join(dir, 'socket')}`);
  client.close();
  await server.killed();
});
