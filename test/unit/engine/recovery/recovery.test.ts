/** What recovery accepts, what it refuses, and that it leaves the disk as it was where it refuses. */
import { describe, expect, test } from 'vitest';
import { batchHeaderBytes, reserveBatchHeader, sealBatch } from '../../../../src/aof/batch.ts';
import { formatManifest, parseManifest } from '../../../../src/aof/index.ts';
import { ByteWriter, latin1Bytes, latin1Text } from '../../../../src/bytes/index.ts';
import { syncFile, writeAll } from '../../../../src/engine/io.ts';
import type { Settings } from '../../../../src/engine/config/settings.ts';
import type { Tuning } from '../../../../src/engine/config/tuning.ts';
import { encodeCommand } from '../../../../src/resp/index.ts';
import { diskFromFiles, filesOf, type SimDisk } from '../../../../sim/disk/index.ts';
import { Client, type Server, Stage } from '../support.ts';

const logDirectory = '/data/appendonlydir';
const manifestPath = `${logDirectory}/appendonly.aof.manifest`;

function commands(...lines: readonly string[]): Uint8Array {
  const bytes = new ByteWriter();
  for (const line of lines) encodeCommand(bytes, line.split(' '));
  return bytes.copy();
}

/** The key of the log's batches. */
function keyOf(files: ReadonlyMap<string, Uint8Array>): number {
  return parseManifest(files.get(manifestPath)!).annotation!.key;
}

function incrementPath(seq: number): string {
  return `${logDirectory}/appendonly.aof.${seq}.incr.aof`;
}

/** Files of a log that the engine wrote: increments `k1`, then `k2`, both named by the manifest, after a rewrite that failed. */
async function twoIncrements(): Promise<Map<string, Uint8Array>> {
  let mayFork = false;
  const stage = new Stage({
    saboteur: (operation) =>
      operation === 'fork' && !mayFork ? { code: 'ENOMEM', when: 'before' } : undefined,
  });
  const server = await stage.start();
  const client = new Client(server);
  await stage.ask(client, server, 'SET k1 1');
  await stage.ask(client, server, 'SET k2 2');
  await stage.ask(client, server, 'BGREWRITEAOF');
  await stage.pass(1000);
  mayFork = true;
  await stage.ask(client, server, 'SET k3 3');
  await stage.pass(3000);
  const files = filesOf(stage.disk);
  expect([...files.keys()].filter((path) => path.endsWith('incr.aof'))).toEqual([
    incrementPath(1),
    incrementPath(2),
  ]);
  return files;
}

/** Lets time stand still before an operation, which is then under way. */
function stopped(stage: Stage): undefined {
  stage.world.scheduler.stop();
  return undefined;
}

async function startOn(
  files: ReadonlyMap<string, Uint8Array>,
  settings: Partial<Settings> = {},
): Promise<{ server: Server; disk: SimDisk; stage: Stage }> {
  const disk = diskFromFiles(files);
  const stage = new Stage({ disk, settings });
  return { server: await stage.start(), disk, stage };
}

/** How the lights go out, with how many seeds, and how the start is tuned. */
interface CrashesInAStart {
  readonly settings?: Partial<Settings>;
  readonly ends?: readonly ('power' | 'kill')[];
  readonly seeds?: number;
  readonly tuning?: Partial<Tuning>;
}

/** Starts on files anew and anew; at the first, the second … operation of the start the lights go out. What is there after the next start is handed on. */
async function afterCrashesInAStart(
  files: ReadonlyMap<string, Uint8Array>,
  judge: (next: Server, stage: Stage, where: string) => Promise<void> | void,
  { ends = ['power'], seeds = 1, tuning = {}, settings = {} }: CrashesInAStart = {},
): Promise<void> {
  for (const end of ends) {
    for (let at = 1, isReached = true; isReached; at++) {
      for (let seed = 0; seed < seeds; seed++) {
        let count = 0;
        const stage: Stage = new Stage({
          seed: `${at} ${seed}`,
          disk: diskFromFiles(files),
          tuning,
          settings,
          saboteur: () => (++count === at ? stopped(stage) : undefined),
        });
        const server = stage.startSoon();
        await stage.world.run({ until: () => server.engine !== undefined });
        isReached = count >= at;
        count = Infinity;
        putOut(stage, end);
        await judge(await stage.start(), stage, `${end} at ${at}`);
      }
    }
  }
}

function putOut(stage: Stage, end: 'power' | 'kill'): void {
  if (end === 'power') stage.world.machine.powerOff();
  else stage.world.machine.killAll();
}

/** What a start came to: why it refused, and the values of k1, k2 … */
function told(server: Server, keys: number): (string | undefined)[] {
  return [server.refusal?.message, ...Array.from({ length: keys }, (_, i) => server.get(`k${i + 1}`))];
}

describe('a log of several files', () => {
  test('is whole when nothing is missing', async () => {
    const { server } = await startOn(await twoIncrements());
    expect(told(server, 3)).toEqual([undefined, '1', '2', '3']);
  });

  test('an older increment that was cut between two batches is damage, and refused with nothing changed', async () => {
    const files = await twoIncrements();
    const first = files.get(incrementPath(1))!;
    const second = latin1Text(first).indexOf('#lightsout', 1);
    files.set(incrementPath(1), first.subarray(0, second));
    // The manifest knows how long it was; without that, the next file begins with a batch that does not follow.
    const { isSealed, damage, ...manifest } = parseManifest(files.get(manifestPath)!);
    expect({ isSealed, damage }).toEqual({ isSealed: true, damage: undefined });
    const increments = manifest.increments.map(({ name, seq }) => ({ name, seq }));
    const ignorant = new Map(files).set(manifestPath, formatManifest({ ...manifest, increments }, true));
    for (const [damaged, where] of [
      [files, incrementPath(1)],
      [ignorant, incrementPath(2)],
    ] as const) {
      const { server, disk } = await startOn(damaged);
      expect(server.refusal).toMatchObject({
        code: 'CORRUPT',
        message: expect.stringContaining(where) as string,
      });
      expect(filesOf(disk)).toEqual(damaged);
    }
  });

  test('a manifest that was cut between two lines is damage, and refused with nothing changed', async () => {
    const files = await twoIncrements();
    const lines = latin1Text(files.get(manifestPath)!).trimEnd().split('\n');
    for (let kept = lines.findIndex((line) => line.startsWith('file')) + 1; kept < lines.length; kept++) {
      const cut = new Map(files).set(manifestPath, latin1Bytes(`${lines.slice(0, kept).join('\n')}\n`));
      const { server, disk } = await startOn(cut);
      expect(server.refusal, `without ${lines[kept]}`).toMatchObject({
        code: 'CORRUPT',
        message: expect.stringContaining('manifest') as string,
      });
      expect(filesOf(disk)).toEqual(cut);
    }
    const without = new Map(files);
    without.delete(manifestPath);
    expect((await startOn(without)).server.refusal).toMatchObject({ code: 'CORRUPT' });
  });
});

describe('BGREWRITEAOF while the log is off', () => {
  test('a crash at any of its operations leaves a log that can be loaded', async () => {
    for (let at = 1, isReached = true; isReached; at++) {
      for (let seed = 1; seed <= 5; seed++) {
        let count = 0;
        let isCounting = false;
        const stage: Stage = new Stage({
          seed: `${at} ${seed}`,
          saboteur: () => (isCounting && ++count === at ? stopped(stage) : undefined),
        });
        const server = await stage.start();
        const client = new Client(server);
        await stage.ask(client, server, 'SET k1 1', 'SET k2 2');
        await stage.ask(client, server, 'CONFIG SET appendonly no');
        await stage.pass(2000);
        isCounting = true;
        server.process.after(0, 'input', () => client.send('BGREWRITEAOF'));
        await stage.world.run({
          until: () => server.log.some((line) => line.includes('finished successfully')),
          untilMs: stage.nowMs + 5000,
        });
        isReached = count >= at;
        count = Infinity;
        stage.world.machine.powerOff();
        const next = await stage.start();
        expect(told(next, 2), `at ${at}`).toEqual([undefined, '1', '2']);
      }
    }
  });
});

describe('a manifest with a line that cannot be read, where its loss is accepted', () => {
  test('a crash at any operation of the start leaves the same beginning to the next, and a copy of it', async () => {
    const files = await twoIncrements();
    const manifest = latin1Text(files.get(manifestPath)!);
    const broken = manifest.replace('file appendonly.aof.2.incr.aof', 'fjle appendonly.aof.2.incr.aof');
    expect(broken).not.toBe(manifest);
    await afterCrashesInAStart(
      new Map(files).set(manifestPath, latin1Bytes(broken)),
      async (next, stage, where) => {
        expect(told(next, 3), `after ${where}`).toEqual([undefined, '1', '2', undefined]);
        const kept = [...filesOf(stage.disk)].filter(([path]) => path.endsWith('.quarantine'));
        const texts = kept.map(([, bytes]) => latin1Text(bytes));
        expect([texts.some((text) => text.endsWith(broken)), texts.join().includes('k3')]).toEqual([
          true,
          true,
        ]);
        expect(await stage.ask(new Client(next), next, 'SET k3 4')).toBe('OK');
        await stage.pass(3000);
        stage.world.machine.powerOff();
        const last = await stage.start({ recover: 'refuse-loss' });
        expect(told(last, 3), `after ${where}`).toEqual([undefined, '1', '2', '4']);
      },
      { ends: ['power', 'kill'], settings: { recover: 'accept-loss' } },
    );
  });
});

describe('an operation of recovery fails', () => {
  test('it refuses, or it serves everything; the next start serves everything', async () => {
    const whole = await twoIncrements();
    const torn = new Map(whole).set(
      incrementPath(2),
      latin1Bytes(`${latin1Text(whole.get(incrementPath(2))!)}*3\r\n$3\r\nSE`),
    );
    const single = new Map([['/data/appendonly.aof', commands('SET k1 1', 'SET k2 2', 'SET k3 3')]]);
    const wrong: string[] = [];
    for (const [name, files] of Object.entries({ whole, torn, single })) {
      for (const code of ['EMFILE', 'EIO', 'ENOSPC']) {
        for (const end of code === 'EIO' ? (['power', 'kill'] as const) : (['power'] as const)) {
          for (let at = 1, isReached = true; isReached; at++) {
            let count = 0;
            const stage = new Stage({
              seed: at,
              disk: diskFromFiles(files),
              saboteur: () =>
                ++count === at ? { code, when: at % 2 === 0 ? 'before' : 'after' } : undefined,
            });
            const server = await stage.start();
            isReached = count >= at;
            count = Infinity;
            const say = (what: string): number =>
              wrong.push(`${name}: ${code} at ${at}, then ${end}: ${what}`);
            const complain = (who: Server): void => {
              const found = told(who, 3).join();
              if (found !== ',1,2,3') say(found);
            };
            if (server.refusal !== undefined && name === 'whole')
              expect(filesOf(stage.disk), `${code} at ${at}`).toEqual(files);
            if (server.refusal === undefined) complain(server);
            else if ('code' in server.refusal && server.refusal.code !== 'IO') say(server.refusal.message);
            if (stage.world.machine.violations.length > 0) say('something escaped');
            putOut(stage, end);
            complain(await stage.start());
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('syncs of a start that fail by chance, with what they were to write', () => {
  test('refuse it, or what it serves is on the disk, and what it has cut is not', async () => {
    const counts = { served: 0, refused: 0 };
    const long = 'x'.repeat(9000);
    for (let seed = 1; seed <= 100; seed++) {
      const faults: { syncErrorChance?: number } = {};
      const stage = new Stage({ seed, faults, settings: { appendfsync: 'no' } });
      // In every fourth the manifest knows how long the increment is, so that nothing of it is written again.
      const isKnown = seed % 4 === 0;
      const first = await stage.start({ aofChecksum: !isKnown });
      const client = new Client(first);
      await stage.ask(client, first, 'SET k1 1', `SET k2 ${long}`);
      stage.world.machine.killAll();
      if (isKnown) {
        await stage.start();
        stage.world.machine.killAll();
      }
      if (seed % 2 === 0) {
        stage.world.machine.spawn(async (host) => {
          const file = await host.disk.open(incrementPath(1), { write: true, append: true });
          const torn = latin1Bytes(`#lightsout torn ${long}`);
          await writeAll(file, torn);
          if (isKnown) await syncFile(file);
          await file.close();
          return 0;
        }, 'writer');
        await stage.pass(1000);
      }
      faults.syncErrorChance = 0.3;
      const server = await stage.start();
      delete faults.syncErrorChance;
      if (server.refusal !== undefined) {
        counts.refused++;
        continue;
      }
      counts.served++;
      const served = latin1Text(filesOf(stage.disk).get(incrementPath(1))!);
      expect([seed, served.includes('torn')]).toEqual([seed, false]);
      stage.world.machine.powerOff();
      expect(latin1Text(filesOf(stage.disk).get(incrementPath(1))!) === served, `seed ${seed}`).toBe(true);
      expect(told(await stage.start(), 2), `seed ${seed}`).toEqual([undefined, '1', long]);
    }
    expect([counts.served > 5, counts.refused > 5]).toEqual([true, true]);
  });
});

describe('a single-file log of before Redis 7', () => {
  const log = commands('SET k1 1', 'SET k2 2', 'MULTI', 'SET k3 3', 'SET k4 4', 'EXEC');

  const filesWith = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> =>
    new Map([['/data/appendonly.aof', bytes]]);

  test('a crash at any operation of its upgrade loses nothing', async () => {
    await afterCrashesInAStart(
      filesWith(log),
      async (next, stage, where) => {
        const whole = [undefined, '1', '2', '3', '4'];
        expect(told(next, 4), `after ${where}`).toEqual(whole);
        expect(await stage.ask(new Client(next), next, 'SET k4 5')).toBe('OK');
        await stage.pass(3000);
        stage.world.machine.powerOff();
        expect(told(await stage.start(), 4), `after ${where}`).toEqual([...whole.slice(0, 4), '5']);
      },
      { ends: ['power', 'kill'], seeds: 3 },
    );
  });

  test('one that begins with an RDB, too', async () => {
    const redis = new Stage({});
    const first = await redis.start();
    await redis.ask(new Client(first), first, 'SET k1 1', 'BGREWRITEAOF');
    await redis.pass(2000);
    const base = [...filesOf(redis.disk)].find(([path]) => path.endsWith('.base.rdb'))![1];
    const bytes = new ByteWriter();
    bytes.bytes(base);
    bytes.bytes(commands('SET k2 2', 'SET k3 3'));
    await afterCrashesInAStart(
      filesWith(bytes.copy()),
      (next, _, where) => expect(told(next, 3), `after ${where}`).toEqual([undefined, '1', '2', '3']),
      { tuning: { loadSliceBytes: 16 } },
    );
  });

  test('one that is torn is served up to the tear, in its new place and after a crash at any moment', async () => {
    await afterCrashesInAStart(filesWith(log.subarray(0, -5)), (next, _, where) =>
      expect(told(next, 3), `after ${where}`).toEqual([undefined, '1', '2', undefined]),
    );
  });

  test('one that is torn stays where it lies, untouched, where torn logs are not to be cut', async () => {
    const files = filesWith(log.subarray(0, -5));
    const { server, disk } = await startOn(files, { aofLoadTruncated: false });
    expect(server.refusal).toMatchObject({ code: 'CORRUPT' });
    expect(filesOf(disk)).toEqual(files);
  });

  test('its function libraries are there once', async () => {
    const library = '#!lua\tname=lib\nredis.register_function("f",function()end)';
    const files = filesWith(commands(`FUNCTION LOAD ${library}`, 'SET k1 1'));
    const { server } = await startOn(files);
    expect(server.engine?.libraries.count).toBe(1);
  });
});

describe('a log whose manifest Redis has written anew, with increments of ours in it', () => {
  /** As a BGREWRITEAOF of redis-server leaves it that died before its base was there. */
  async function withoutKey(settings: Partial<Settings>): Promise<Map<string, Uint8Array>> {
    const stage = new Stage({ settings });
    const server = await stage.start();
    const client = new Client(server);
    await stage.ask(client, server, 'SET k1 1', 'BGREWRITEAOF');
    await stage.pass(1000);
    await stage.ask(client, server, 'SET k2 2');
    await stage.ask(client, server, 'SET k3 3');
    await stage.pass(3000);
    const files = filesOf(stage.disk);
    const lines = latin1Text(files.get(manifestPath)!).split('\n');
    files.set(manifestPath, latin1Bytes(lines.filter((line) => !line.startsWith('#')).join('\n')));
    return files;
  }

  test.each([{ aofUseRdbPreamble: true }, { aofUseRdbPreamble: false }])(
    'starts, goes on, and starts again: %o',
    async (settings) => {
      const stage = new Stage({ disk: diskFromFiles(await withoutKey(settings)), settings });
      const first = await stage.start();
      const client = new Client(first);
      await stage.ask(client, first, 'SET k4 4');
      await stage.pass(3000);
      stage.world.machine.killAll();
      const second = await stage.start();
      expect(second.refusal).toBeUndefined();
      expect(['k1', 'k2', 'k3', 'k4'].map((key) => second.get(key))).toEqual(['1', '2', '3', '4']);
      const { base, increments } = parseManifest(filesOf(stage.disk).get(manifestPath)!);
      expect([base!.uncheckedBytes !== undefined, increments.at(-1)!.uncheckedBytes! > 0]).toEqual([
        !settings.aofUseRdbPreamble,
        true,
      ]);
    },
  );

  test('what is written from then on is checked, and nothing of before is ever cut', async () => {
    const stage = new Stage({ disk: diskFromFiles(await withoutKey({})) });
    const server = await stage.start();
    const client = new Client(server);
    for (const line of ['SET k4 4000', 'SET k5 5000']) {
      await stage.ask(client, server, line);
      await stage.pass(3000);
    }
    const files = filesOf(stage.disk);
    const path = parseManifest(files.get(manifestPath)!).increments.at(-1)!.name;
    const whole = latin1Text(files.get(`${logDirectory}/${path}`)!);
    for (const [from, to] of [
      ['4000', '4001'],
      ['k3', '\0\0'],
      ['*3\r\n$3\r\nSET\r\n$2\r\nk3', '*3\r\n$3\r\nSET\r\n$9\r\nk3'],
    ] as const) {
      files.set(`${logDirectory}/${path}`, latin1Bytes(whole.replace(from, to)));
      const { server: next } = await startOn(files);
      expect([from, next.refusal?.message ?? next.get('k3')]).toEqual([
        from,
        // Units that nobody can check are as good as their syntax.
        from === 'k3'
          ? undefined
          : (expect.stringMatching(
              /bytes were (known to be )?durable|that \d+ bytes were durable/,
            ) as string),
      ]);
    }
  });
});

describe('what a start believes and what it removes', () => {
  const inFirst = (text: string, from: string, to: string): Uint8Array => {
    const at = text.indexOf(from);
    expect(at).toBeGreaterThan(0);
    return latin1Bytes(text.slice(0, at) + to + text.slice(at + from.length));
  };

  test('rot in units that were written without annotations, in a log that once had them, is refused', async () => {
    const stage = new Stage({});
    const first = await stage.start();
    await stage.ask(new Client(first), first, 'SET k1 1');
    await stage.pass(3000);
    stage.world.machine.killAll();
    const second = await stage.start({ aofChecksum: false });
    const client = new Client(second);
    for (const command of ['SET k2 2', 'SET k3 3', 'SET k4 4']) await stage.ask(client, second, command);
    await stage.pass(3000);
    const files = filesOf(stage.disk);
    const path = incrementPath(1);
    files.set(path, inFirst(latin1Text(files.get(path)!), '$2\r\nk3', '$7\r\nk3'));
    expect((await startOn(files, { aofChecksum: false })).server.refusal).toMatchObject({ code: 'CORRUPT' });
  });

  test('a value that looks like a batch does not make a torn tail look like rot', async () => {
    const stage = new Stage({});
    const server = await stage.start();
    await stage.ask(new Client(server), server, 'SET k1 1');
    await stage.pass(3000);
    const files = filesOf(stage.disk);
    const path = incrementPath(1);
    const whole = files.get(path)!;
    // As well made as anyone can make it who knows where it will stand, and not the log's key.
    const forged = new ByteWriter();
    reserveBatchHeader(forged);
    forged.latin1('x');
    const before = '*3\r\n$3\r\nSET\r\n$2\r\nk2\r\n$65\r\n'.length;
    const place = { key: 0, offset: whole.length + batchHeaderBytes + before };
    sealBatch(forged, place, 7, whole.length + 1);
    const torn = new ByteWriter();
    reserveBatchHeader(torn);
    encodeCommand(torn, ['SET', 'k2', forged.view()]);
    sealBatch(torn, { key: keyOf(files), offset: whole.length }, 2, whole.length);
    const bytes = new Uint8Array(whole.length + torn.length - 1);
    bytes.set(whole);
    bytes.set(torn.view().subarray(0, torn.length - 1), whole.length);
    files.set(path, bytes);
    const { server: next } = await startOn(files);
    expect([next.refusal?.message, next.get('k1')]).toEqual([undefined, '1']);
  });

  test('a base that no manifest names, left by a crash in the middle of a rewrite, is removed by a later start', async () => {
    const stage = new Stage({});
    const server = await stage.start();
    const client = new Client(server);
    stage.saboteur = (operation, path) =>
      operation === 'open' &&
      path.endsWith('.manifest') &&
      path.includes('temp-') &&
      server.log.some((line) => line.includes('terminated with success'))
        ? void stage.world.machine.kill(server.process.pid)
        : undefined;
    server.process.after(0, 'input', () => client.send('BGREWRITEAOF'));
    await stage.pass(2000);
    expect(server.process.alive).toBe(false);
    stage.saboteur = () => undefined;
    const next = await stage.start();
    await stage.ask(new Client(next), next, 'BGREWRITEAOF');
    await stage.pass(2000);
    stage.world.machine.killAll();
    await stage.start();
    expect([...filesOf(stage.disk).keys()].filter((path) => path.includes('.base.')).length).toBe(1);
  });
});
