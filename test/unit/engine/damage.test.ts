/**
 * Disks that rot: whatever one byte, one cut or one missing file does to a log, a start serves a beginning of it and says
 * so, or refuses and changes nothing. With `recover accept-loss` it serves the longest whole beginning.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { formatManifest, parseManifest } from '../../../src/aof/index.ts';
import { latin1Bytes, latin1Text } from '../../../src/bytes/index.ts';
import type { Settings } from '../../../src/engine/config/settings.ts';
import { diskFromFiles, filesOf, type SimDisk } from '../../../sim/disk/index.ts';
import { Client, type Server, Stage } from './support.ts';

const folder = '/data/appendonlydir';
const manifestPath = `${folder}/appendonly.aof.manifest`;
const writes = 8;

/** A base that holds two keys, an increment of three and a last one of three, all durable. */
async function logOf(settings: Partial<Settings>): Promise<Map<string, Uint8Array>> {
  let mayFork = true;
  const stage = new Stage({
    settings: { appendfsync: 'always', ...settings },
    saboteur: (operation) =>
      operation === 'fork' && !mayFork ? { code: 'ENOMEM', when: 'before' } : undefined,
  });
  const server = await stage.start();
  const client = new Client(server);
  for (let i = 1; i <= writes; i++) {
    await stage.ask(client, server, `SET k${i} ${i}`);
    if (i !== 2 && i !== 5) continue;
    mayFork = i === 2;
    await stage.ask(client, server, 'BGREWRITEAOF');
    await stage.pass(1000);
  }
  const files = filesOf(stage.disk);
  expect([...files.keys()].filter((path) => path.startsWith(folder)).length).toBe(4);
  return files;
}

async function startOn(
  files: ReadonlyMap<string, Uint8Array>,
  settings: Partial<Settings> = {},
): Promise<{ server: Server; disk: SimDisk; stage: Stage }> {
  const disk = diskFromFiles(files);
  const stage = new Stage({ disk, settings: { appendfsync: 'always', ...settings } });
  return { server: await stage.start(), disk, stage };
}

/** How many of the keys are there, or undefined where those that are there are not the first ones. */
function prefixOf(server: Server): number | undefined {
  const there = Array.from({ length: writes }, (_, i) => server.get(`k${i + 1}`));
  const count = there.filter((value) => value !== undefined).length;
  return there.every((value, i) => value === (i < count ? String(i + 1) : undefined)) ? count : undefined;
}

function same(a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, bytes]) => {
      const other = b.get(path);
      return other?.length === bytes.length && bytes.every((byte, i) => byte === other[i]);
    })
  );
}

interface Tally {
  whole: number;
  cut: number;
  refused: number;
  wrong: string[];
}

async function judge(what: string, files: Map<string, Uint8Array>, tally: Tally): Promise<void> {
  const { server, disk } = await startOn(files);
  if (server.refusal !== undefined) {
    tally.refused++;
    const { code, message } = server.refusal as Error & { code?: string };
    if (code !== 'CORRUPT') tally.wrong.push(`${what}: ${code} ${message}`);
    if (!same(filesOf(disk), files)) tally.wrong.push(`${what}: refused and changed the disk`);
    return;
  }
  const count = prefixOf(server);
  const { outcome, quarantined } = server.engine!.recovery;
  if (count === writes) tally.whole++;
  else tally.cut++;
  const isTold = count === writes || (outcome === 'torn-tail-cut' && quarantined.length > 0);
  if (count === undefined || !isTold) tally.wrong.push(`${what}: ${count} keys, ${outcome}`);
}

describe.each([
  ['a base that is an RDB', {}],
  ['a base in commands', { aofUseRdbPreamble: false }],
] as const)('a log with %s', (_, settings) => {
  let files: Map<string, Uint8Array>;
  let live: string[];
  beforeAll(async () => {
    files = await logOf(settings);
    live = [...files.keys()].filter((path) => path.startsWith(folder)).sort();
  });

  test('any byte of which is another is refused, or loses no more than its last batch and says so', async () => {
    const tally: Tally = { whole: 0, cut: 0, refused: 0, wrong: [] };
    let bytes = 0;
    for (const path of live) {
      const whole = files.get(path)!;
      // Every third byte, at each of its bits in turn: all of them take a minute and tell the same.
      for (let at = 0; at < whole.length; at += 3) {
        const damaged = whole.slice();
        damaged[at]! ^= 1 << ((at / 3) % 8);
        bytes++;
        await judge(`${path} at ${at}`, new Map(files).set(path, damaged), tally);
      }
    }
    expect(tally.wrong).toEqual([]);
    // The last batch is not known to be durable, whoever wrote it: damage there is a torn tail.
    expect(tally.refused).toBeGreaterThan(bytes * 0.8);
    expect(tally.cut).toBeGreaterThan(0);
  });

  test('cut anywhere, or with one of its files gone, it is refused, or loses its end and says so', async () => {
    const tally: Tally = { whole: 0, cut: 0, refused: 0, wrong: [] };
    for (const path of live) {
      const whole = files.get(path)!;
      for (let end = 0; end < whole.length; end += path === live.at(-2) ? 1 : 7)
        await judge(`${path} cut at ${end}`, new Map(files).set(path, whole.subarray(0, end)), tally);
      const without = new Map(files);
      without.delete(path);
      await judge(`${path} gone`, without, tally);
    }
    // Whole batches gone from the end of the last file leave no trace in it: the disk has lied about a sync.
    const silent = tally.wrong.filter((what) => /incr.aof cut at/.test(what));
    const last = latin1Text(files.get(`${folder}/appendonly.aof.3.incr.aof`)!);
    expect(silent.map((what) => what.replace(/:.*/, ''))).toEqual(
      [...last.matchAll(/#lightsout s=/g)]
        .map(({ index }) => `${folder}/appendonly.aof.3.incr.aof cut at ${index}`)
        .filter((what) => silent.some((line) => line.startsWith(`${what}:`))),
    );
    expect(tally.wrong.filter((what) => !silent.includes(what))).toEqual([]);
    expect(tally.refused).toBeGreaterThan(0);
  });

  test('is served up to any damage where its loss is accepted, and what is left out is put aside', async () => {
    for (const path of live.filter((name) => name !== manifestPath)) {
      const whole = files.get(path)!;
      for (const damaged of [
        whole.subarray(0, whole.length >> 1),
        whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 0x40 : byte)),
        undefined,
      ]) {
        const broken = new Map(files);
        if (damaged === undefined) broken.delete(path);
        else broken.set(path, damaged);
        const { server, disk, stage } = await startOn(broken, { recover: 'accept-loss' });
        const where = `${path} ${damaged === undefined ? 'gone' : damaged.length}`;
        expect([where, server.refusal?.message]).toEqual([where, undefined]);
        const count = prefixOf(server);
        expect([where, count! < writes]).toEqual([where, true]);
        const { outcome, quarantined, losses } = server.engine!.recovery;
        if (outcome !== 'torn-tail-cut') {
          expect([where, outcome, losses.length > 0]).toEqual([where, 'loss-accepted', true]);
          expect(server.log.join('\n')).toContain('DATA THAT WAS DURABLE IS LOST');
        }
        // Nothing of what lay there is gone: it is in a live file, or put aside.
        const found = [...filesOf(disk)];
        const kept = found.filter(([name]) => quarantined.some((quarantine) => name.endsWith(quarantine)));
        expect([where, kept.length]).toEqual([where, quarantined.length]);
        for (const [name, bytes] of broken) {
          if (name === manifestPath || !name.startsWith(folder)) continue;
          const text = latin1Text(bytes);
          const has = found.some(([, other]) => latin1Text(other) === text);
          const tail = kept.find(([other]) => other.startsWith(`${name}.at-`));
          const head = latin1Text(filesOf(disk).get(name) ?? new Uint8Array(0));
          const joined = tail === undefined ? '' : head + latin1Text(tail[1]).replace(/^(#[^\n]+\n)+#\n/, '');
          expect([where, name, has || joined === text]).toEqual([where, name, true]);
        }
        // From here on it is a log like any other, without the setting too.
        expect(await stage.ask(new Client(server), server, 'SET later 1')).toBe('OK');
        stage.world.machine.powerOff();
        const next = await stage.start({ recover: 'refuse-loss' });
        expect([where, next.refusal?.message, prefixOf(next), next.get('later')]).toEqual([
          where,
          undefined,
          count,
          '1',
        ]);
      }
    }
  });
});

describe.each([
  ['a base that is an RDB', {}],
  ['a base in commands', { aofUseRdbPreamble: false }],
] as const)('a damaged manifest over %s, where its loss is accepted', (_, settings) => {
  test('is taken for what its beginning says, and kept as it was', async () => {
    const files = await logOf(settings);
    const whole = latin1Text(files.get(manifestPath)!);
    const lines = whole.split('\n');
    const damaged = [
      ...lines.map((_line, i) => lines.toSpliced(i, 1).join('\n')),
      ...lines.map((_line, i) => lines.toSpliced(i, 1, 'mess').join('\n')),
      ...lines.map((_line, i) => lines.slice(0, i).join('\n')),
      ...Array.from({ length: whole.length / 2 }, (_byte, i) => {
        const bytes = latin1Bytes(whole);
        bytes[2 * i]! ^= 1 << (i % 8);
        return latin1Text(bytes);
      }),
    ].filter((text) => text !== whole);
    const counts = new Set<number>();
    const wrong: string[] = [];
    for (const text of damaged) {
      const { server, disk } = await startOn(new Map(files).set(manifestPath, latin1Bytes(text)), {
        recover: 'accept-loss',
      });
      const say = (what: string): number => wrong.push(`${what}: ${JSON.stringify(text)}`);
      if (server.refusal !== undefined) {
        say(server.refusal.message);
        continue;
      }
      const count = prefixOf(server);
      if (count === undefined) say('no beginning of the log');
      else counts.add(count);
      if (server.engine!.recovery.outcome !== 'loss-accepted') say(server.engine!.recovery.outcome);
      const kept = [...filesOf(disk)].filter(([path]) => /manifest.*\.quarantine$/.test(path));
      if (!kept.some(([, bytes]) => latin1Text(bytes).endsWith(text))) say('the manifest is gone');
    }
    expect(wrong).toEqual([]);
    // All of it where the damage is in a note; the base alone, and one increment; nothing.
    expect([...counts].toSorted((a, b) => a - b)).toEqual([0, 2, 5, 8]);
  });
});

test('without annotations, too, no increment is replayed behind a line of the manifest that cannot be read', async () => {
  const files = await logOf({ aofChecksum: false });
  const lines = latin1Text(files.get(manifestPath)!).split('\n');
  const counts: (number | undefined)[] = [];
  for (const i of lines.slice(0, -1).keys()) {
    const manifest = latin1Bytes(lines.toSpliced(i, 1, 'mess').join('\n'));
    const { server } = await startOn(new Map(files).set(manifestPath, manifest), {
      aofChecksum: false,
      recover: 'accept-loss',
    });
    expect([i, server.refusal, server.engine?.recovery.outcome]).toEqual([i, undefined, 'loss-accepted']);
    counts.push(prefixOf(server));
  }
  expect(counts).toEqual([0, 2, 5]);
});

describe('what another server may have done to a log', () => {
  test('units that it appended are served, counted and told', async () => {
    const files = await logOf({});
    const path = `${folder}/appendonly.aof.3.incr.aof`;
    const more = latin1Bytes(
      '*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$5\r\nredis\r\n$1\r\n1\r\n',
    );
    files.set(path, latin1Bytes(latin1Text(files.get(path)!) + latin1Text(more)));
    const { server, stage } = await startOn(files);
    expect([server.refusal?.message, server.get('redis')]).toEqual([undefined, '1']);
    expect(server.engine!.recovery).toMatchObject({ outcome: 'whole', foreignUnits: 2 });
    expect(server.log.join('\n')).toContain('without annotation');
    // They are known to be durable now: damage to them is no torn tail, whatever follows.
    await stage.ask(new Client(server), server, 'SET ours 1');
    const grown = filesOf(stage.disk);
    const text = latin1Text(grown.get(path)!);
    grown.set(path, latin1Bytes(text.slice(0, text.indexOf('#lightsout', text.indexOf('redis')))));
    grown.set(
      path,
      grown.get(path)!.map((byte, i) => (i === text.indexOf('$5\r\nredis') ? 0x58 : byte)),
    );
    expect((await startOn(grown)).server.refusal).toMatchObject({ code: 'CORRUPT' });
  });

  test('a manifest that it wrote has no seal and no key: the log is judged by syntax alone', async () => {
    const files = await logOf({});
    const { base, increments } = parseManifest(files.get(manifestPath)!);
    const plain = { base, increments, history: [], comments: [], annotation: undefined };
    files.set(manifestPath, formatManifest(plain, false));
    const { server, stage } = await startOn(files);
    expect([server.refusal?.message, prefixOf(server)]).toEqual([undefined, writes]);
    // From now on it has both.
    expect(parseManifest(filesOf(stage.disk).get(manifestPath)!).isSealed).toBe(true);
  });

  test('files that a manifest without a seal does not name are put aside, not removed', async () => {
    const files = await logOf({});
    const stray = `${folder}/appendonly.aof.1.incr.aof`;
    files.set(stray, latin1Bytes('*1\r\n$8\r\nFLUSHALL\r\n'));
    const sealed = await startOn(files);
    expect(filesOf(sealed.disk).has(stray)).toBe(false);
    expect(sealed.server.engine!.recovery.quarantined).toEqual([]);
    const { base, increments } = parseManifest(files.get(manifestPath)!);
    const plain = { base, increments, history: [], comments: [], annotation: undefined };
    const foreign = await startOn(new Map(files).set(manifestPath, formatManifest(plain, false)));
    expect(filesOf(foreign.disk).has(`${stray}.quarantine`)).toBe(true);
    expect(prefixOf(foreign.server)).toBe(writes);
  });

  test('a manifest of Redis that does not name the last increment is one of before, or has lost lines', async () => {
    const files = await logOf({});
    const { base, increments } = parseManifest(files.get(manifestPath)!);
    const plain = { base, increments, history: [], comments: [], annotation: undefined };
    files.set(manifestPath, formatManifest(plain, false));
    const unnamed = `${folder}/appendonly.aof.99.incr.aof`;
    const written = new Map(files).set(unnamed, latin1Bytes('*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$1\r\n1\r\n'));
    const { server } = await startOn(written);
    expect(server.refusal).toMatchObject({ code: 'CORRUPT' });
    expect(server.refusal!.message).toContain('the manifest has lost lines');
    const accepted = await startOn(written, { recover: 'accept-loss' });
    expect(filesOf(accepted.disk).has(`${unnamed}.quarantine`)).toBe(true);
    // Redis makes the next increment before it names it, and writes to it after.
    const { server: honest } = await startOn(new Map(files).set(unnamed, new Uint8Array()));
    expect([honest.refusal, prefixOf(honest)]).toEqual([undefined, writes]);
  });

  test('a folder of log files without a manifest is put aside whole, and the new log takes other numbers', async () => {
    const files = new Map([
      [`${folder}/appendonly.aof.4.base.rdb`, latin1Bytes('REDIS0010 what it may be')],
      [`${folder}/appendonly.aof.7.incr.aof`, latin1Bytes('*1\r\n$8\r\nFLUSHALL\r\n')],
    ]);
    const { server, disk, stage } = await startOn(files);
    expect(server.refusal).toBeUndefined();
    const names = [...filesOf(disk).keys()].filter((path) => path.startsWith(folder)).sort();
    expect(names).toEqual([
      `${folder}/appendonly.aof.4.base.rdb.quarantine`,
      `${folder}/appendonly.aof.5.base.rdb`,
      `${folder}/appendonly.aof.7.incr.aof.quarantine`,
      `${folder}/appendonly.aof.8.incr.aof`,
      manifestPath,
    ]);
    stage.world.machine.powerOff();
    await stage.start();
    expect([...filesOf(stage.disk).keys()].filter((path) => path.startsWith(folder)).length).toBe(5);
  });
});

describe('a dump', () => {
  test('of ours whose checksum is zero is damaged; one that was saved without is not', async () => {
    for (const rdbchecksum of [true, false]) {
      const stage = new Stage({ settings: { appendonly: false, rdbchecksum } });
      const server = await stage.start();
      await stage.ask(new Client(server), server, 'SET k1 1', 'SAVE');
      const files = filesOf(stage.disk);
      const dump = files.get('/data/dump.rdb')!.slice();
      dump.fill(0, dump.length - 8);
      files.set('/data/dump.rdb', dump);
      const { server: next } = await startOn(files, { appendonly: false });
      expect(next.refusal?.message ?? next.get('k1')).toMatch(rdbchecksum ? /checksum at offset/ : /^1$/);
    }
  });

  test('that is damaged is put aside where its loss is accepted', async () => {
    const files = new Map([['/data/dump.rdb', latin1Bytes('REDIS0010 and no more')]]);
    expect((await startOn(files, { appendonly: false })).server.refusal).toMatchObject({ code: 'CORRUPT' });
    const { server, disk } = await startOn(files, { appendonly: false, recover: 'accept-loss' });
    expect(server.engine?.recovery.outcome).toBe('loss-accepted');
    expect([...filesOf(disk).keys()]).toEqual(['/data/dump.rdb.quarantine']);
  });
});

test('temporaries of Redis and of earlier runs are removed by any start, and nothing else is', async () => {
  for (const appendonly of [true, false]) {
    const mine = ['/data/notes.txt', '/data/temp-mine.rdb', `${folder}/old.aof`, `${folder}/x.quarantine`];
    const stale = [
      '/data/temp-4711.rdb',
      '/data/temp-rewriteaof-12.aof',
      '/data/temp-rewriteaof-bg-12.aof',
      '/data/temp-12-0123456789ab-3.rdb',
      `${folder}/temp-appendonly.aof.manifest`,
      `${folder}/temp-12-0123456789ab-3.base`,
      `${folder}/temp-12-0123456789ab-4.quarantine`,
    ];
    const files = new Map([...mine, ...stale].map((path) => [path, latin1Bytes('x')]));
    const { server, disk } = await startOn(files, { appendonly });
    expect(server.refusal).toBeUndefined();
    const left = new Set(filesOf(disk).keys());
    expect([...mine, ...stale].filter((path) => left.has(path))).toEqual(mine);
  }
});
