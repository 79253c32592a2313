/**
 * Servers of both makes take turns on one directory: each goes on where the one before it was killed, appends to its files,
 * and now and then rewrites them. Each must hold what the one before it held, whoever wrote what in between.
 * LIGHTSOUT_TURNS_SEED and LIGHTSOUT_TURNS: other courses, and longer ones.
 */
import { expect, test } from 'vitest';
import { Streams } from '../../sim/draws/random.ts';
import type { Client } from './support/client.ts';
import { haveAll } from './support/programs.ts';
import { servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();
const seed = process.env['LIGHTSOUT_TURNS_SEED'] ?? '1';
const turns = Number(process.env['LIGHTSOUT_TURNS'] ?? 8);
const draw = new Streams(`in turns ${seed}`).stream('course');

const log = ['--save', '', '--enable-debug-command', 'yes', '--appendonly', 'yes', '--appendfsync', 'no'];

function drawCommand(): string[] {
  const key = (family: string): string => `${family}:${draw.int(3)}`;
  const text = draw.pick(['a', 'two words', '\n#lightsout s=', '*3\r\n', 'x'.repeat(draw.int(9000))]);
  return draw.pick([
    ['INCR', key('n')],
    ['APPEND', key('s'), text],
    ['RPUSH', key('l'), text, 'end'],
    ['LPOP', key('l')],
    ['HSET', key('h'), `f${draw.int(4)}`, text],
    ['ZINCRBY', key('z'), '1.5', `m${draw.int(4)}`],
    ['XADD', key('x'), '*', 'f', text],
    ['SADD', key('t'), `m${draw.int(9)}`],
    ['SPOP', key('t')],
    ['SET', key('e'), text, 'PX', '4000000000000'],
    ['SELECT', String(draw.int(3))],
  ]);
}

async function talk(client: Client): Promise<void> {
  for (let left = draw.range(0, 12); left > 0; left--) {
    const isUnit = draw.chance(0.2);
    if (isUnit) await client.command('MULTI');
    for (let inside = isUnit ? draw.range(1, 4) : 1; inside > 0; inside--)
      await client.command(...drawCommand());
    if (isUnit) await client.command('EXEC');
  }
}

async function rewrite(client: Client): Promise<void> {
  await client.command('BGREWRITEAOF');
  await expect
    .poll(async () => String(await client.command('INFO', 'persistence')), { timeout: 20_000 })
    .toMatch(/aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0[^]*aof_last_bgrewrite_status:ok/);
}

test.skipIf(!haveAll('redis-server'))(
  `servers of both makes take ${turns} turns on one directory (seed ${seed})`,
  async () => {
    const dir = tempDir();
    let digest: unknown;
    const course: string[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const make = draw.pick(['lightsout', 'lightsout', 'redis'] as const);
      const preamble = ['--aof-use-rdb-preamble', draw.pick(['yes', 'no'])];
      const annotations = make === 'lightsout' ? ['--aof-checksum', draw.pick(['yes', 'yes', 'no'])] : [];
      course.push([make, ...preamble, ...annotations].join(' '));
      const server = await start[make](dir, ...log, ...preamble, ...annotations);
      const client = await server.ready();
      const found = await client.command('DEBUG', 'DIGEST');
      if (digest !== undefined) expect({ course, digest: found }).toEqual({ course, digest });
      await talk(client);
      if (draw.chance(0.25)) {
        course.push('rewritten');
        await rewrite(client);
        await talk(client);
      }
      digest = await client.command('DEBUG', 'DIGEST');
      client.close();
      await server.killed();
    }
  },
  10_000 + 3000 * turns,
);
