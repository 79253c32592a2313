/**
 * What reaches the kernel, in which order: what no kill can show, because a killed process loses nothing from the page
 * cache.
 *
 * The server runs under strace. Under `always` the write that holds an effect, then a sync of that file that began after
 * that write had returned, have returned before the reply begins to leave. START, RECOVER, SAVE, BGSAVE and BGREWRITEAOF are
 * call by call those of section A.8 of the fault model, each call begun after the one before it had returned.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { Client } from './support/client.ts';
import { haveAll } from './support/programs.ts';
import { type ServerProcess, lightsoutCommand, servers } from './support/server.ts';
import { type Call, descriptorPath, fileOperation, readTrace, straceCommand } from './support/strace.ts';
import { tempDirs } from './support/temp.ts';

const tempDir = tempDirs();
const start = servers();

const logged = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
const aof = 'appendonlydir/appendonly.aof';

interface Traced {
  readonly server: ServerProcess;
  readonly client: Client;
  /** Ends the server and gives what it did. */
  end(): Promise<Call[]>;
  /** Marks this moment in the trace: a name that `between` knows. */
  mark(name: string): Promise<void>;
}

const traced = (dir: string, ...args: readonly string[]): Promise<Traced> =>
  tracedCommand(lightsoutCommand, dir, ...args);

async function tracedCommand(
  command: readonly string[],
  dir: string,
  ...args: readonly string[]
): Promise<Traced> {
  const file = join(tempDir(), 'trace');
  const server = await start.command([...straceCommand(file), ...command], dir, ...args);
  const client = await server.ready();
  return {
    server,
    client,
    async mark(name) {
      await client.command('ECHO', `mark:${name}:`);
    },
    async end() {
      await client.send('SHUTDOWN', 'NOSAVE').catch(() => undefined);
      await server.ended;
      return readTrace(file);
    },
  };
}

/** The file operations between two marks (or the trace's ends), with neighbouring writes of one file as one. */
function between(calls: readonly Call[], dir: string, from: string | undefined, to: string): string[] {
  const replied = (name: string): number =>
    calls.findIndex((call) => isReply(call) && call.args.includes(`mark:${name}:`));
  const first = from === undefined ? 0 : replied(from);
  const last = replied(to);
  expect(first, `mark ${from}`).toBeGreaterThanOrEqual(0);
  expect(last, `mark ${to}`).toBeGreaterThan(first);
  const operations: string[] = [];
  let previous: Call | undefined;
  for (const call of calls.slice(first, last)) {
    const operation = fileOperation(call, dir, withoutNonce);
    if (operation === undefined) continue;
    if (previous !== undefined)
      expect(call.began, `'${operation}' began before '${operations.at(-1)}' had returned`).toBeGreaterThan(
        previous.ended,
      );
    previous = call;
    if (operation !== operations.at(-1) || !operation.startsWith('write ')) operations.push(operation);
  }
  return operations;
}

/** temp-PID-NONCE-N.kind becomes temp.kind. */
function withoutNonce(name: string): string {
  return name.replace(/temp-[0-9a-f-]+\./, 'temp.');
}

function isReply(call: Call): boolean {
  return (
    descriptorPath(call)?.startsWith('socket:') === true || descriptorPath(call)?.startsWith('TCP') === true
  );
}

/** A file made whole and durable under its live name. `target` and `temp` are in `directory`. */
function replaced(temp: string, target: string, directory: string): string[] {
  return [
    `create ${temp} EXCL`,
    `write ${temp}`,
    `sync ${temp}`,
    `rename ${temp} -> ${target}`,
    `sync ${directory}`,
  ];
}

const manifestReplaced = replaced('appendonlydir/temp.manifest', `${aof}.manifest`, 'appendonlydir');

describe.skipIf(!haveAll('strace'))('under strace', { timeout: 120_000 }, () => {
  const freshDir = (): string => realpathSync(tempDir());

  test('START: directory, base, increment, manifest, each durable before the next; then the first acknowledgement', async () => {
    const dir = freshDir();
    const run = await traced(dir, ...logged);
    await run.mark('started');
    const calls = await run.end();
    const [makeBase, syncNames] = [
      replaced('appendonlydir/temp.base', `${aof}.1.base.rdb`, 'appendonlydir'),
      'sync appendonlydir',
    ];
    expect(between(calls, dir, undefined, 'started')).toEqual([
      'mkdir appendonlydir',
      'sync .',
      ...makeBase.slice(0, -1),
      `create ${aof}.1.incr.aof EXCL APPEND`,
      syncNames,
      ...manifestReplaced,
    ]);
  });

  test('RECOVER: every live file and both directories are synced before the first reply, a cut tail too', async () => {
    const dir = freshDir();
    const first = await start.lightsout(dir, ...logged);
    const client = await first.ready();
    await client.command('SET', 'a', 1);
    await first.killed();
    writeFileSync(join(dir, `${aof}.1.incr.aof`), '*3\r\n$3\r\nSET\r\n$1\r\nb\r', { flag: 'a' });
    const run = await traced(dir, ...logged);
    expect(await run.client.command('GET', 'a')).toBe('1');
    await run.mark('recovered');
    const calls = await run.end();
    const operations = between(calls, dir, undefined, 'recovered');
    const cut = operations.indexOf(`ftruncate ${aof}.1.incr.aof`);
    expect(cut, `${operations.join('\n')}`).toBeGreaterThanOrEqual(0);
    for (const file of [`${aof}.1.base.rdb`, `${aof}.1.incr.aof`, `${aof}.manifest`, 'appendonlydir', '.']) {
      expect(operations, `${operations.join('\n')}`).toContain(`sync ${file}`);
    }
    expect(operations.indexOf(`sync ${aof}.1.incr.aof`, cut)).toBeGreaterThan(cut);
  });

  test('SAVE and BGSAVE: write, sync, rename, sync the directory; then the answer', async () => {
    const dir = freshDir();
    const run = await traced(dir, '--save', '');
    await run.client.command('SET', 'a', 'x'.repeat(100));
    await run.mark('before');
    expect(await run.client.command('SAVE')).toBe('OK');
    await run.mark('saved');
    expect(await run.client.command('BGSAVE')).toBe('Background saving started');
    await expect.poll(() => info(run.client, 'rdb_saves')).toBe('2');
    await run.mark('saved again');
    const calls = await run.end();
    const expected = replaced('temp.rdb', 'dump.rdb', '.');
    expect(between(calls, dir, 'before', 'saved')).toEqual(expected);
    expect(between(calls, dir, 'saved', 'saved again')).toEqual(expected);
  });

  test('CONFIG REWRITE: write, sync, rename, sync the directory; then the answer', async () => {
    const dir = freshDir();
    const conf = join(dir, 'redis.conf');
    writeFileSync(conf, '# mine\nhz 20\n');
    const run = await tracedCommand([...lightsoutCommand, conf], dir, '--save', '');
    await run.mark('before');
    await run.client.command('CONFIG', 'SET', 'hz', 33);
    await run.client.command('CONFIG', 'REWRITE');
    await run.mark('rewritten');
    const withoutSuffix = (operation: string): string =>
      operation.replace(/redis\.conf\.[0-9a-f]{12}/, 'temp.conf');
    expect(between(await run.end(), dir, 'before', 'rewritten').map(withoutSuffix)).toEqual(
      replaced('temp.conf', 'redis.conf', '.'),
    );
    expect(readFileSync(conf, 'utf8')).toMatch(/^# mine\nhz 33\n# Generated by CONFIG REWRITE\n/);
  });

  test('BGREWRITEAOF: steps a to h, and history goes last', async () => {
    const dir = freshDir();
    const run = await traced(dir, ...logged);
    await run.client.command('SET', 'a', 1);
    await run.mark('before');
    expect(await run.client.command('BGREWRITEAOF')).toBe('Background append only file rewriting started');
    await expect.poll(() => info(run.client, 'aof_rewrite_in_progress')).toBe('0');
    expect(await info(run.client, 'aof_last_bgrewrite_status')).toBe('ok');
    await run.mark('rewritten');
    const calls = await run.end();
    const [unlinkA, unlinkB] = [`unlink ${aof}.1.base.rdb`, `unlink ${aof}.1.incr.aof`];
    expect(between(calls, dir, 'before', 'rewritten')).toEqual([
      // b, c: the next increment, in the manifest
      `create ${aof}.2.incr.aof EXCL APPEND`,
      'sync appendonlydir',
      ...manifestReplaced,
      // e, f: the base
      ...replaced('appendonlydir/temp.base', `${aof}.2.base.rdb`, 'appendonlydir'),
      // g: the manifest of base and increment, with the old files as history
      ...manifestReplaced,
      // h: only now the old files go, durably, and then their lines: a log file that no manifest names is a refused start
      unlinkA,
      unlinkB,
      'sync appendonlydir',
      ...manifestReplaced,
    ]);
  });

  test('BGREWRITEAOF under load: the old increment is synced to its end before a byte goes to the new one', async () => {
    const dir = freshDir();
    const run = await traced(dir, ...logged);
    let isDone = false;
    const writers = [1, 2, 3].map(async (writer) => {
      const client = await Client.connect(run.server.port);
      for (let i = 0; !isDone; i++)
        await client.pipeline([
          ['SET', `w${writer}:${i}`, i],
          ['INCR', 'n'],
        ]);
      client.close();
    });
    for (const saves of [1, 2, 3]) {
      // An increment without a write would serve the next rewrite too.
      await run.client.command('SET', 'before', saves);
      await run.client.command('BGREWRITEAOF');
      await expect.poll(() => info(run.client, 'aof_rewrites'), { timeout: 30_000 }).toBe(String(saves));
    }
    await run.client.command('SET', 'after', 'all');
    isDone = true;
    await Promise.all(writers);
    const calls = await run.end();
    for (const old of [1, 2, 3]) {
      const on = (name: string) =>
        calls.filter((call) => fileOperation(call, dir, (one) => one) === `${name}`);
      const lastWrite = on(`write ${aof}.${old}.incr.aof`).at(-1)!;
      const firstWrite = on(`write ${aof}.${old + 1}.incr.aof`)[0]!;
      const sync = on(`sync ${aof}.${old}.incr.aof`).find((call) => call.began > lastWrite.ended);
      expect(sync, `increment ${old} is not synced to its end`).toBeDefined();
      expect(firstWrite.began).toBeGreaterThan(sync!.ended);
    }
  });

  test('always: write, sync, reply, for every effect of every client', async () => {
    const dir = freshDir();
    const run = await traced(dir, ...logged);
    await writeFromMany(run.server.port);
    const { early, syncs } = earlyReplies(await run.end(), dir);
    expect(early).toEqual([]);
    // Otherwise nothing was batched, and the test has not seen a sync that covers several clients.
    expect(syncs).toBeLessThan(clientCount * roundCount);
  });

  test('the same look at a server under everysec finds replies before their sync: it can tell', async () => {
    const dir = freshDir();
    const run = await traced(dir, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '');
    await writeFromMany(run.server.port);
    expect(earlyReplies(await run.end(), dir).early.length).toBeGreaterThan(0);
  });
});

const clientCount = 5;
const roundCount = 40;

/** Transactions of two keys, each followed by a token that leaves with their reply or after it. */
async function writeFromMany(port: number): Promise<void> {
  await Promise.all(
    Array.from({ length: clientCount }, async (_, c) => {
      const client = await Client.connect(port);
      for (let n = 0; n < roundCount; n++) {
        await client.pipeline([
          ['MULTI'],
          ['SET', `first:${c}:${n}:`, n],
          ['RPUSH', `second:${c}:${n}:`, n],
          ['EXEC'],
          ['ECHO', `token:${c}:${n}:`],
        ]);
      }
      client.close();
    }),
  );
}

/** What left too early: keys whose reply began to leave before a sync that covers their write had returned. */
function earlyReplies(calls: readonly Call[], dir: string): { early: string[]; syncs: number } {
  const increment = join(dir, `${aof}.1.incr.aof`);
  const writes = calls.filter((call) => /write/.test(call.name) && descriptorPath(call) === increment);
  const syncs = calls.filter(
    (call) => /^f(data)?sync$/.test(call.name) && call.result === 0 && descriptorPath(call) === increment,
  );
  const replies = calls.filter(isReply);
  const early: string[] = [];
  for (let c = 0; c < clientCount; c++) {
    for (let n = 0; n < roundCount; n++) {
      const reply = replies.find((call) => call.args.includes(`token:${c}:${n}:`));
      if (reply === undefined) throw new Error(`no reply token:${c}:${n}: in the trace`);
      for (const key of [`first:${c}:${n}:`, `second:${c}:${n}:`]) {
        const write = writes.find((call) => call.args.includes(key));
        if (write === undefined) throw new Error(`no write of ${key} in the trace`);
        const sync = syncs.find((call) => call.began > write.ended);
        if (sync === undefined || sync.ended >= reply.began) early.push(key);
      }
    }
  }
  return { early, syncs: syncs.length };
}

async function info(client: Client, field: string): Promise<string | undefined> {
  const text = String(await client.command('INFO'));
  return new RegExp(`^${field}:(.*)\r$`, 'm').exec(text)?.[1];
}
