/** BACKUP BEGIN names files and lengths whose copy, taken whenever, recovers to the moment of the command. */
import { describe, expect, test } from 'vitest';
import { diskFromFiles, filesOf } from '../../../../sim/disk/index.ts';
import { type Asked, Client, type Server, Stage } from '../support.ts';

interface Named {
  readonly files: readonly (readonly [path: string, bytes: number])[];
  readonly manifest: string | undefined;
}

/** What BACKUP BEGIN said, read from the reply of RESP2. */
function named(asked: Asked): Named {
  const { reply } = asked;
  if (reply?.type !== 'array') throw new Error(`BACKUP BEGIN got ${JSON.stringify(reply)}`);
  const text = (i: number): string => {
    const item = reply.items[i];
    if (item?.type !== 'bulk') throw new Error(`no text at ${i}`);
    return Array.from(item.bytes, (byte) => String.fromCharCode(byte)).join('');
  };
  const list = reply.items[3];
  if (list?.type !== 'array') throw new Error('no files');
  const files = list.items.map((pair): [string, number] => {
    const [path, bytes] = pair.type === 'array' ? pair.items : [];
    if (path?.type !== 'bulk' || bytes?.type !== 'integer') throw new Error('no pair of path and bytes');
    return [Array.from(path.bytes, (byte) => String.fromCharCode(byte)).join(''), Number(bytes.value)];
  });
  expect(text(0)).toBe('dir');
  return { files, manifest: reply.items.length > 4 ? text(7) : undefined };
}

async function begin(stage: Stage, client: Client, server: Server, command = 'BACKUP BEGIN'): Promise<Named> {
  await stage.ask(client, server, command);
  return named(client.asked.at(-1)!);
}

/** The files as they are now, as far as the backup goes. Throws where one is gone or too short. */
function copy(stage: Stage, { files, manifest }: Named): Map<string, Uint8Array> {
  const all = filesOf(stage.disk);
  const copied = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    const content = all.get(`/data/${path}`);
    if (content === undefined || content.length < bytes)
      throw new Error(`${path} has ${content?.length} bytes, named with ${bytes}`);
    copied.set(`/data/${path}`, content.subarray(0, bytes));
  }
  if (manifest !== undefined)
    copied.set(
      '/data/appendonlydir/appendonly.aof.manifest',
      Uint8Array.from(manifest, (letter) => letter.charCodeAt(0)),
    );
  return copied;
}

async function counterIn(files: Map<string, Uint8Array>, appendonly = true): Promise<string | undefined> {
  const stage = new Stage({ disk: diskFromFiles(files), settings: { appendonly } });
  const server = await stage.start();
  expect(server.refusal).toBeUndefined();
  expect(server.engine!.recovery.outcome).toBe('whole');
  return server.get('n');
}

describe.each(['always', 'everysec', 'no'] as const)('under appendfsync %s', (appendfsync) => {
  test('a copy taken after more writes and rewrites is what there was at the command', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const stage = new Stage({ seed, settings: { appendfsync, aofUseRdbPreamble: seed % 2 === 0 } });
      const server = await stage.start();
      const writer = new Client(server);
      const keeper = new Client(server);
      const count = async (times: number): Promise<string> => {
        for (let i = 1; i < times; i++) await stage.ask(writer, server, 'INCR n');
        return (await stage.ask(writer, server, 'INCR n'))!;
      };
      await count(3);
      // A rewrite may be at any of its steps when the backup begins.
      if (seed % 3 !== 0) await stage.ask(writer, server, 'BGREWRITEAOF');
      await stage.pass(seed * 2);
      const before = await count(1);
      let backup: Named | undefined;
      for (let tries = 0; backup === undefined && tries < 50; tries++) {
        await stage.ask(keeper, server, 'BACKUP BEGIN');
        if (keeper.asked.at(-1)!.reply?.type === 'error') await stage.pass(20);
        else backup = named(keeper.asked.at(-1)!);
      }
      for (let round = 0; round < 3; round++) {
        await count(5);
        await stage.ask(writer, server, 'BGREWRITEAOF');
        await stage.pass(3000);
      }
      expect([seed, await counterIn(copy(stage, backup!))]).toEqual([seed, before]);
      // The server itself goes on from what it has, pins or not.
      const last = await count(1);
      stage.world.machine.killAll();
      const next = await stage.start();
      expect([next.refusal, next.get('n')]).toEqual([undefined, last]);
      expect([...filesOf(stage.disk).keys()].filter((path) => path.includes('.base.')).length).toBe(1);
    }
  });
});

describe('what is pinned', () => {
  /** A server with a pin and a rewrite after it, so that old files are there for the pin alone. */
  async function pinned(command?: string): Promise<{
    stage: Stage;
    server: Server;
    keeper: Client;
    bases: () => number;
  }> {
    const stage = new Stage({});
    const server = await stage.start();
    const keeper = new Client(server);
    await stage.ask(keeper, server, 'SET n 1');
    await begin(stage, keeper, server, command);
    await stage.ask(keeper, server, 'BGREWRITEAOF');
    await stage.pass(3000);
    const bases = (): number =>
      [...filesOf(stage.disk).keys()].filter((path) => path.includes('.base.')).length;
    expect(bases()).toBe(2);
    return { stage, server, keeper, bases };
  }

  test('goes when the backup ends', async () => {
    const { stage, server, keeper, bases } = await pinned();
    expect(await stage.ask(keeper, server, 'BACKUP END')).toBe('1');
    expect(await stage.ask(keeper, server, 'BACKUP END')).toBe('0');
    await stage.pass(1000);
    expect(bases()).toBe(1);
  });

  test('goes with the connection', async () => {
    const { stage, server, keeper, bases } = await pinned();
    server.process.enter(() => keeper.session.end());
    await stage.pass(1000);
    expect(bases()).toBe(1);
  });

  test('goes after its time', async () => {
    const { stage, bases } = await pinned('BACKUP BEGIN 10');
    await stage.pass(5000);
    expect(bases()).toBe(2);
    await stage.pass(6000);
    expect(bases()).toBe(1);
  });

  test('is bounded in number', async () => {
    const stage = new Stage({});
    const server = await stage.start();
    const replies: (string | undefined)[] = [];
    for (let i = 0; i < 9; i++) replies.push(await stage.ask(new Client(server), server, 'BACKUP BEGIN'));
    expect(replies.filter((reply) => reply?.startsWith('-ERR 8 backups')).length).toBe(1);
  });
});

test('without a log it is the dump', async () => {
  const stage = new Stage({ settings: { appendonly: false } });
  const server = await stage.start();
  const client = new Client(server);
  expect((await begin(stage, client, server)).files).toEqual([]);
  await stage.ask(client, server, 'SET n 7', 'SAVE');
  const backup = await begin(stage, client, server);
  expect(backup.files.map(([path]) => path)).toEqual(['dump.rdb']);
  expect(await counterIn(copy(stage, backup), false)).toBe('7');
});

test('it is refused where what was executed cannot be made durable, and while a first log is not on', async () => {
  const stage = new Stage({
    saboteur: (operation, path) =>
      operation === 'datasync' && path.endsWith('.incr.aof') ? { code: 'EIO', when: 'before' } : undefined,
  });
  const server = await stage.start();
  const client = new Client(server);
  await stage.ask(client, server, 'SET n 1');
  expect(await stage.ask(client, server, 'BACKUP BEGIN')).toMatch(/^-ERR no backup: EIO/);
  expect(await stage.ask(client, server, 'BACKUP BEGIN soon')).toMatch(/^-ERR a backup may last/);
});
