/**
 * Law: a client cannot tell ours from a real Redis: the same random commands of every family get the same replies and leave
 * the same data; and when each of them has been restarted on the files of the other, it holds what the other held.
 *
 * LIGHTSOUT_DIFFERENTIAL=100000 plays that many commands of each family under a seed of the moment, each family for itself.
 * LIGHTSOUT_DIFFERENTIAL_SEED gives the seed.
 */
import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { RealClient } from '../unit/commands/support/real-redis.ts';
import { families, type Family } from './differential/families.ts';
import { play } from './differential/play.ts';
import type { Client } from './support/client.ts';
import { type Contents, contentsOf } from './support/contents.ts';
import { haveAll } from './support/programs.ts';
import { type ServerProcess, servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();

const more = Number(process.env['LIGHTSOUT_DIFFERENTIAL'] ?? 0);
const seed = Number(process.env['LIGHTSOUT_DIFFERENTIAL_SEED'] ?? (more > 0 ? Date.now() % 1e9 : 5));

const mostlyFail: ReadonlySet<Family> = new Set(['malformed', 'programs']);

const layouts = {
  dump: ['--save', ''],
  log: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'],
} as const;
type Layout = keyof typeof layouts;

interface Run {
  readonly what: string;
  readonly layout: Layout;
  readonly protocol: 2 | 3;
  readonly families: readonly Family[];
}

const runs: readonly Run[] =
  more > 0
    ? families.map((family, i) => ({
        what: family,
        layout: (i + seed) % 2 === 0 ? 'dump' : 'log',
        protocol: seed % 4 < 2 ? 2 : 3,
        families: [family],
      }))
    : [
        { what: 'every family', layout: 'dump', protocol: 2, families },
        { what: 'every family', layout: 'log', protocol: 3, families },
      ];

describe.skipIf(!haveAll('redis-server'))('beside redis-server', () => {
  test.each(runs)(
    '$what, RESP$protocol, restarted on each other: $layout',
    { timeout: 60_000 + 20 * more },
    async (run) => {
      const [ours, theirs] = await Promise.all([begin('lightsout', run.layout), begin('redis', run.layout)]);
      const pair = {
        ours: await RealClient.connect(ours.server.port),
        theirs: await RealClient.connect(theirs.server.port),
      };
      for (const client of Object.values(pair))
        await client.pipeline([
          ['HELLO', String(run.protocol)],
          ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'],
        ]);
      for (const family of run.families) {
        const { played, errors } = await play(pair, family, seed, more > 0 ? more : 600);
        // What only fails shows nothing.
        expect(errors).toBeLessThan(played * (mostlyFail.has(family) ? 0.8 : 0.6));
      }
      for (const client of Object.values(pair)) client.end();
      await expectSwapped(run, ours, theirs);
    },
  );
});

interface Running {
  readonly dir: string;
  readonly server: ServerProcess;
  readonly client: Client;
}

async function begin(make: 'lightsout' | 'redis', layout: Layout, dir = tempDir()): Promise<Running> {
  const server = await start[make](dir, '--enable-debug-command', 'yes', ...layouts[layout]);
  return { dir, server, client: await server.ready() };
}

/** Each is ended, and the other started on its files: it must hold the same. Of a log of Redis's: what Redis makes of it. */
async function expectSwapped(
  { layout, families: played }: Run,
  ours: Running,
  theirs: Running,
): Promise<void> {
  const held = await Promise.all([ours, theirs].map((running) => stateOf(running.client)));
  expect(nearly(held[0]!.contents)).toEqual(nearly(held[1]!.contents));
  expect(held[0]!.digest).toBe(held[1]!.digest);
  expect(held[0]!.functions).toEqual(held[1]!.functions);
  expect(forms(held[0]!, played)).toEqual(forms(held[1]!, played));
  if (layout === 'log') {
    expect(await ours.client.command('DEBUG', 'LOADAOF')).toBe('OK');
    const reloaded = await stateOf(ours.client);
    expect(reloaded.contents).toEqual(held[0]!.contents);
    expect(reloaded.digest).toBe(held[0]!.digest);
  }
  for (const running of [ours, theirs]) {
    if (layout === 'dump') await running.client.command('SAVE');
    await end(running);
  }
  const swapped = await Promise.all([
    begin('redis', layout, copyOf(ours.dir)),
    begin('lightsout', layout, copyOf(theirs.dir)),
  ]);
  if (layout === 'log') {
    // Redis does not log a consumer that XREADGROUP made and gave nothing to.
    const again = await begin('redis', layout, copyOf(theirs.dir));
    held[1] = await stateOf(again.client);
    await end(again);
  }
  const found = await Promise.all(swapped.map(({ client }) => stateOf(client)));
  for (const i of [0, 1]) {
    expect(unsigned(found[i]!.contents)).toEqual(unsigned(held[i]!.contents));
    expect(found[i]!.functions).toEqual(held[i]!.functions);
    if (!hasSignedZero(held[i]!.contents)) expect(found[i]!.digest).toBe(held[i]!.digest);
  }
  // A file of records does not tell how a value came to be, and a log that begins with one tells it of a part.
  if (layout === 'dump') expect(forms(found[1]!, played)).toEqual(forms(found[0]!, played));
  await Promise.all(swapped.map(end));
}

function copyOf(dir: string): string {
  const copy = tempDir();
  cpSync(dir, copy, { recursive: true });
  return copy;
}

async function end({ client, server }: Running): Promise<void> {
  client.close();
  await server.killed();
}

interface State {
  readonly contents: Contents;
  readonly digest: unknown;
  readonly encodings: ReadonlyMap<string, unknown>;
  /** Libraries, in no order that anyone promises. */
  readonly functions: readonly string[];
}

async function stateOf(client: Client): Promise<State> {
  // Looking for keys removes those whose time is over: before the digest is asked for.
  const contents = await contentsOf(client);
  const digest = await client.command('DEBUG', 'DIGEST');
  const encodings = new Map<string, unknown>();
  for (const name of contents.keys()) {
    const at = name.indexOf(' ');
    await client.command('SELECT', name.slice(0, at));
    encodings.set(name, await client.send('OBJECT', 'ENCODING', name.slice(at + 1)));
  }
  await client.command('SELECT', 0);
  const libraries = (await client.command('FUNCTION', 'LIST', 'WITHCODE')) as unknown[];
  const functions = libraries.map((library) => JSON.stringify(inOrder(library))).toSorted();
  return { contents, digest, encodings, functions };
}

/** A library's functions come in the order of a hash. */
function inOrder(library: unknown): unknown {
  return (library as unknown[]).map((part) =>
    Array.isArray(part) ? part.map((one) => JSON.stringify(one)).toSorted() : part,
  );
}

/** How values are kept. SORT of Redis leaves a small sorted set large; only the family of sorted sets does without it. */
function forms({ encodings }: State, played: readonly Family[]): unknown {
  const isSorted = played.some((family) => family !== 'zset');
  return new Map(
    [...encodings].map(([key, form]) => [key, isSorted && form === 'skiplist' ? 'listpack' : form]),
  );
}

/** Where it loads a sorted set that is small by now, Redis forgets that a score was -0. */
function hasSignedZero(contents: Contents): boolean {
  return [...contents.values()].some(
    ({ type, value }) => type === 'zset' && (value as string[]).includes('-0'),
  );
}

function unsigned(contents: Contents): unknown {
  return [...contents].map(([key, { type, value, ...rest }]) => [
    key,
    type,
    rest,
    type === 'zset' ? (value as string[]).map((text) => (text === '-0' ? '0' : text)) : value,
  ]);
}

/** Expiries that were given as so long from now, to the nearest of a few minutes. */
function nearly(contents: Contents): unknown {
  return [...contents].map(([key, { expireAtMs, ...rest }]) => [key, Math.round(expireAtMs / 6e5), rest]);
}
