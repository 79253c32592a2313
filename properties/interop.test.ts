/**
 * Every database goes from ours to a real Redis and back and stays what it was: as a dump, as a log over a base of records,
 * as a log over a base of commands. Digests are equal on the way, and every record on return.
 *
 * LIGHTSOUT_INTEROP=1000 tries that many databases, under a seed of the moment.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AofRewriter, emptyManifest, formatManifest } from '../src/aof/index.ts';
import { ByteWriter, latin1Bytes } from '../src/bytes/index.ts';
import { createKeyspace, type Keyspace } from '../src/data/index.ts';
import { digestOfKeyspace, hexOf } from '../src/engine/admin/debug-digest.ts';
import { loadInto, RdbDecoder, RdbEncoder } from '../src/rdb/index.ts';
import { encodeCommand } from '../src/resp/index.ts';
import { decodeRdb } from '../sim/oracle/rdb-decoder.ts';
import { asLog } from '../test/unit/commands/support/differential.ts';
import { frameOf, readFrame } from '../test/unit/commands/support/frame.ts';
import { RealClient } from '../test/unit/commands/support/real-redis.ts';
import { describeKeyspace, latin1, Runner } from '../test/unit/commands/support/runner.ts';
import { haveAll } from '../test/e2e/support/programs.ts';
import { servers } from '../test/e2e/support/server.ts';
import { tempDirs } from '../test/e2e/support/temp.ts';
import { commandsOf, databases, type Key, type Words } from './databases.ts';

const more = Number(process.env['LIGHTSOUT_INTEROP'] ?? 0);
const runs = (few: number) => (more > 0 ? { numRuns: more } : { numRuns: few, seed: 11 });
const allDatabases = 16;
const dir = tempDirs()();
const start = servers();
const log = join(dir, 'appendonlydir');

function empty(): Keyspace {
  return createKeyspace({ databases: allDatabases, hashSeed: 5 });
}

function filled(commands: readonly Words[]): Runner {
  const runner = new Runner(empty(), { nowMs: Date.now() });
  play(runner, commands);
  return runner;
}

function play(runner: Runner, commands: readonly Words[]): void {
  for (const words of commands) {
    if (words[0] === 'SELECT') runner.select(Number(words[1]));
    else if (runner.run(...words).startsWith('-')) throw new Error(`${words.join(' ')}: fails`);
  }
}

function rdbOf(keyspace: Keyspace, compress: boolean, aux: RdbAux = []): Uint8Array {
  return fileOf(keyspace, (reader) => new RdbEncoder(reader, { aux, compress, checksum: true }));
}

type RdbAux = readonly (readonly [name: string, value: string | number])[];
type Reader = ReturnType<ReturnType<Keyspace['freeze']>['open']>;

function fileOf(
  keyspace: Keyspace,
  make: (reader: Reader) => { next(into: ByteWriter, budgetBytes: number): boolean },
): Uint8Array {
  const image = keyspace.freeze();
  const writer = make(image.open());
  const file = new ByteWriter();
  while (writer.next(file, 4096));
  image.release();
  return file.copy();
}

function loaded(bytes: Uint8Array): Keyspace {
  const keyspace = empty();
  const decoder = new RdbDecoder(loadInto(keyspace));
  decoder.push(bytes);
  decoder.end();
  keyspace.check();
  return keyspace;
}

const digest = (keyspace: Keyspace): string => hexOf(digestOfKeyspace(keyspace));

describe.skipIf(!haveAll('redis-server'))('beside redis-server', () => {
  let redis: RealClient;

  beforeAll(async () => {
    const args = [
      '--save',
      '',
      '--enable-debug-command',
      'yes',
      '--appendonly',
      'yes',
      '--appendfsync',
      'no',
    ];
    const server = await start.redis(dir, ...args, '--auto-aof-rewrite-percentage', '0');
    (await server.ready()).close();
    redis = await RealClient.connect(server.port);
    mkdirSync(log, { recursive: true });
  });

  afterAll(() => redis.end());

  /** What Redis holds must have our digest, and come back in its dump as it was. */
  async function expectThere(ours: Keyspace): Promise<void> {
    expect(await redis.call('DEBUG', 'DIGEST')).toBe(`+${digest(ours)}\r\n`);
    expect(await redis.call('SAVE')).toBe('+OK\r\n');
    const back = loaded(Uint8Array.from(readFileSync(join(dir, 'dump.rdb'))));
    expect(describeKeyspace(back)).toBe(describeKeyspace(ours));
  }

  /** A log of one base and one increment, which Redis is told to load. */
  async function loadLog(base: Uint8Array, form: 'rdb' | 'aof', increment: readonly Words[]): Promise<void> {
    const manifest = {
      ...emptyManifest,
      base: { name: `appendonly.aof.1.base.${form}`, seq: 1 },
      increments: [{ name: 'appendonly.aof.1.incr.aof', seq: 1 }],
    };
    const file = new ByteWriter();
    for (const words of increment)
      encodeCommand(
        file,
        words.map((word) => latin1Bytes(word)),
      );
    writeFileSync(join(log, manifest.base.name), base);
    writeFileSync(join(log, manifest.increments[0]!.name), file.view());
    writeFileSync(join(log, 'appendonly.aof.manifest'), formatManifest(manifest, false));
    expect(await redis.call('DEBUG', 'LOADAOF')).toBe('+OK\r\n');
  }

  test('every database survives as a dump', async () => {
    await fc.assert(
      fc.asyncProperty(databases({ fieldsExpire: false }), fc.boolean(), async (keys, compress) => {
        const { keyspace } = filled(commandsOf(keys));
        writeFileSync(join(dir, 'dump.rdb'), rdbOf(keyspace, compress));
        expect(await redis.call('DEBUG', 'RELOAD', 'NOSAVE')).toBe('+OK\r\n');
        await expectThere(keyspace);
      }),
      runs(10),
    );
  });

  test.each(['rdb', 'aof'] as const)('every database survives as a log over a base of %s', async (form) => {
    await fc.assert(
      fc.asyncProperty(
        databases({ fieldsExpire: false }),
        databases({ fieldsExpire: false }),
        async (before, after) => {
          const runner = filled(commandsOf(before));
          const base =
            form === 'rdb'
              ? rdbOf(runner.keyspace, true, [['aof-base', 1]])
              : fileOf(runner.keyspace, (reader) => new AofRewriter(reader));
          const units = runner.units.length;
          // What is there may be of another type by now.
          play(
            runner,
            after.flatMap((key) => [['SELECT', String(key.db)], ['DEL', key.name], ...commandsOf([key])]),
          );
          await loadLog(base, form, asLog(runner.units.slice(units)));
          await expectThere(runner.keyspace);
        },
      ),
      runs(5),
    );
  });

  test('what Redis rewrites, in records and in commands, is what we gave it', async () => {
    await fc.assert(
      fc.asyncProperty(databases({ fieldsExpire: false }), fc.boolean(), async (keys, preamble) => {
        const { keyspace } = filled(commandsOf(keys));
        writeFileSync(join(dir, 'dump.rdb'), rdbOf(keyspace, true));
        await redis.call('CONFIG', 'SET', 'aof-use-rdb-preamble', preamble ? 'yes' : 'no');
        expect(await redis.call('DEBUG', 'RELOAD', 'NOSAVE')).toBe('+OK\r\n');
        expect(await redis.call('BGREWRITEAOF')).toMatch(/^\+Background append only file rewriting/);
        await expect
          .poll(() => redis.call('INFO', 'persistence'), { timeout: 20_000, interval: 5 })
          .toMatch(/aof_rewrite_in_progress:0[^]*aof_last_bgrewrite_status:ok/);
        const manifest = readFileSync(join(log, 'appendonly.aof.manifest'), 'latin1');
        const base = readFileSync(join(log, /file (\S+) seq \d+ type b/.exec(manifest)![1]!));
        const again = preamble ? loaded(Uint8Array.from(base)) : commanded(base.toString('latin1'));
        expect(digest(again)).toBe(digest(keyspace));
        if (preamble) expect(describeKeyspace(again)).toBe(describeKeyspace(keyspace));
      }),
      runs(6),
    );
  });
});

/** The oracle's decoder, which shares no code with ours, finds the same keys, hashes and expiries of fields. */
function expectReadBySecondReader(file: Uint8Array, keyspace: Keyspace): void {
  const { version, databases: found, fieldExpiries } = decodeRdb(file);
  let dated = 0;
  for (let i = 0; i < allDatabases; i++) {
    const db = keyspace.database(i);
    expect(found.get(i)?.size ?? 0).toBe(db.size);
    db.forEach((entry) => {
      const name = latin1(entry.key());
      const record = found.get(i)!.get(name)!;
      expect([record.type, record.expireAtMs]).toEqual([entry.type, entry.expireAtMs]);
      if (entry.type !== 'hash') return;
      const fields = new Map<string, string>();
      const dates = new Map<string, number>();
      entry.hash().forEach((field, value) => void fields.set(latin1(field), latin1(value)));
      entry.hash().forEachExpiry((field, atMs) => void dates.set(latin1(field), atMs));
      dated += dates.size;
      expect(record.value).toEqual(fields);
      expect(fieldExpiries.get(i)?.get(name) ?? new Map()).toEqual(dates);
    });
  }
  // Redis 7.0 reads version 10, and no other is needed without fields that expire.
  expect(version).toBe(dated > 0 ? 12 : 10);
}

/** Every value by way of DUMP and RESTORE. */
function restored(from: Runner, keys: readonly Key[]): Keyspace {
  const to = new Runner(empty(), { nowMs: from.nowMs });
  for (const { db, name, expireAtMs } of keys) {
    from.select(db);
    to.select(db);
    const payload = frameOf(from.run('DUMP', name)).body;
    expect(to.run('RESTORE', name, String(Math.max(0, expireAtMs)), payload!, 'ABSTTL')).toBe('+OK\r\n');
  }
  return to.keyspace;
}

/** What a file of commands makes. */
function commanded(text: string): Keyspace {
  const commands: string[][] = [];
  for (let at = 0; at < text.length;) {
    const read = readFrame(text, at)!;
    commands.push(read.frame.items!.map(({ body = '' }) => body));
    at = read.end;
  }
  return filled(commands).keyspace;
}

test('every database survives in our own files, fields that expire included', () => {
  fc.assert(
    fc.property(databases({ fieldsExpire: true }), fc.boolean(), (keys, compress) => {
      const runner = filled(commandsOf(keys));
      const { keyspace, units } = runner;
      const told = describeKeyspace(keyspace);
      const file = rdbOf(keyspace, compress);
      expect(describeKeyspace(loaded(file))).toBe(told);
      expectReadBySecondReader(file, keyspace);
      const rewritten = fileOf(keyspace, (reader) => new AofRewriter(reader));
      expect(describeKeyspace(commanded(Buffer.from(rewritten).toString('latin1')))).toBe(told);
      const again = new Runner(empty());
      again.replay(units);
      expect(describeKeyspace(again.keyspace)).toBe(told);
      expect(describeKeyspace(restored(runner, keys))).toBe(told);
    }),
    runs(12),
  );
});
