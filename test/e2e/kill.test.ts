/**
 * A server that dies by SIGKILL at a random moment, again and again, loses nothing that it acknowledged.
 *
 * Several clients write over real sockets: counters, lists, plain keys, transactions of two keys that must stay equal. Each
 * notes what was acknowledged. After each death the server is started on what is left, and every note must hold; of what
 * was on its way, all or nothing. Logs are rewritten and snapshots taken all the while, so that the blow falls into those too.
 *
 * The seed decides everything but time; it is printed with a failure, and `LIGHTSOUT_KILL_SEED=n` sets it.
 */
import seedrandom from 'seedrandom';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { Client, type Value } from './support/client.ts';
import { servers } from './support/server.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();

const roundCount = 20;
const writerCount = 6;
const seed = process.env['LIGHTSOUT_KILL_SEED'] ?? String(Math.floor(Math.random() * 1e9));

/** What one client did: `acked` of each kind for certain, `sent` at most. */
interface Notes {
  readonly counter: Progress;
  readonly list: Progress;
  readonly keys: Progress;
  readonly pairs: Progress;
}

interface Progress {
  acked: number;
  sent: number;
}

const nothing = (): Progress => ({ acked: 0, sent: 0 });

test(`twenty deaths under appendfsync always, seed ${seed}`, { timeout: 120_000 }, async () => {
  const random = seedrandom(seed);
  const dir = tempDir();
  const notes: Notes[] = Array.from({ length: writerCount }, () => ({
    counter: nothing(),
    list: nothing(),
    keys: nothing(),
    pairs: nothing(),
  }));
  const args = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--save',
    '1 50',
    '--auto-aof-rewrite-min-size',
    '64kb',
    '--auto-aof-rewrite-percentage',
    '50',
  ];
  let acknowledged = 0;
  for (let round = 0; round < roundCount; round++) {
    const server = await start.lightsout(dir, ...args);
    const observer = await server.ready();
    for (const [writer, note] of notes.entries())
      await check(observer, writer, note, `seed ${seed}, round ${round}, writer ${writer}`);
    const writers = notes.map((note, writer) => write(server.port, writer, note));
    if (random() < 0.5) void observer.send('BGREWRITEAOF').catch(() => undefined);
    await sleep(20 + random() * 400);
    if (random() < 0.5) void observer.send(random() < 0.5 ? 'BGREWRITEAOF' : 'BGSAVE').catch(() => undefined);
    await sleep(random() * 100);
    await server.killed();
    await Promise.all(writers);
    acknowledged = notes.reduce(
      (sum, note) => sum + note.counter.acked + note.list.acked + note.keys.acked + note.pairs.acked,
      0,
    );
  }
  const last = await start.lightsout(dir, ...args);
  const observer = await last.ready();
  for (const [writer, note] of notes.entries())
    await check(observer, writer, note, `seed ${seed}, at the end, writer ${writer}`);
  observer.close();
  await last.killed();
  // The blow had rewrites to fall into.
  expect(readFileSync(join(dir, 'appendonlydir', 'appendonly.aof.manifest'), 'utf8')).not.toContain(
    'base.rdb seq 1 ',
  );
  process.stdout.write(
    `kill: seed ${seed}, ${roundCount} deaths, ${acknowledged} acknowledged writes, none missing\n`,
  );
  expect(acknowledged).toBeGreaterThan(roundCount * writerCount);
});

/** Writes until the connection ends. */
async function write(port: number, writer: number, note: Notes): Promise<void> {
  const client = await Client.connect(port).catch(() => undefined);
  if (client === undefined) return;
  try {
    for (let n = 0; ; n++) {
      const commands: (readonly (string | number)[])[] = [];
      const acknowledge: ((reply: Value) => void)[] = [];
      const add = (progress: Progress, ...parts: readonly (readonly (string | number)[])[]): void => {
        progress.sent++;
        commands.push(...parts);
        for (const part of parts) {
          acknowledge.push((reply) => {
            if (reply instanceof Error) throw reply;
            if (part === parts.at(-1)) progress.acked++;
          });
        }
      };
      add(note.counter, ['INCR', `counter:${writer}`]);
      add(note.list, ['RPUSH', `list:${writer}`, note.list.sent]);
      add(note.keys, ['SET', `key:${writer}:${note.keys.sent}`, 'x'.repeat(n % 50)]);
      add(
        note.pairs,
        ['MULTI'],
        ['INCR', `left:${writer}`],
        ['HINCRBY', `right:${writer}`, 'n', 1],
        ['EXEC'],
      );
      // Each reply counts when it comes, whatever becomes of the others.
      await Promise.all(commands.map((command, i) => client.send(...command).then(acknowledge[i]!)));
    }
  } catch (error) {
    if (!(error instanceof Error && error.message === 'connection closed')) throw error;
  } finally {
    client.close();
  }
}

/** Compares what is there with the notes, and makes what is there the new certainty. */
async function check(client: Client, writer: number, note: Notes, where: string): Promise<void> {
  const counter = Number((await client.command('GET', `counter:${writer}`)) ?? 0);
  settle(note.counter, counter, `${where}: counter`);

  const list = (await client.command('LRANGE', `list:${writer}`, 0, -1)) as string[];
  expect(list, `${where}: list`).toEqual(list.map((_, i) => String(i)));
  settle(note.list, list.length, `${where}: list`);

  const left = Number((await client.command('GET', `left:${writer}`)) ?? 0);
  const right = Number((await client.command('HGET', `right:${writer}`, 'n')) ?? 0);
  expect(left, `${where}: half a transaction`).toBe(right);
  settle(note.pairs, left, `${where}: pairs`);

  // Commands of one connection are logged in order, so the keys that are there are a prefix.
  let keys = 0;
  for (let i = 0; i < note.keys.sent; i++)
    keys += Number(await client.command('EXISTS', `key:${writer}:${i}`));
  settle(note.keys, keys, `${where}: keys`);
  if (keys > 0)
    expect(await client.command('EXISTS', `key:${writer}:${keys - 1}`), `${where}: keys are no prefix`).toBe(
      1,
    );
}

function settle(progress: Progress, found: number, where: string): void {
  expect(found, `${where}: an acknowledged write is missing`).toBeGreaterThanOrEqual(progress.acked);
  expect(found, `${where}: more than was sent`).toBeLessThanOrEqual(progress.sent);
  progress.acked = progress.sent = found;
}
