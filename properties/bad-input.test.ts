/**
 * Any byte of any file may be anything: the outcome is a correct load or a refusal that names the place, in bounded time and
 * memory; and where a checksum covers what was changed, never a load that differs.
 *
 * In `npm test` the edits are the same each time. LIGHTSOUT_FUZZ=100000 tries that many more files of each kind, under seeds
 * of the moment: `LIGHTSOUT_FUZZ=100000 npx vitest run properties/bad-input`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  emptyManifest,
  formatManifest,
  parseManifest,
  reserveBatchHeader,
  sealBatch,
} from '../src/aof/index.ts';
import { ByteWriter, latin1Bytes, latin1Text } from '../src/bytes/index.ts';
import { readAof } from '../src/codecs/aof.ts';
import { readRdb, writeRdb } from '../src/codecs/rdb.ts';
import { createKeyspace } from '../src/data/index.ts';
import type { Keyspace } from '../src/data/keyspace.ts';
import { Replay } from '../src/engine/recovery/replay.ts';
import { isLightsoutError } from '../src/errors.ts';
import { loadInto, RdbDecoder, RdbEncoder } from '../src/rdb/index.ts';
import { encodeCommand } from '../src/resp/index.ts';
import { contents } from '../test/unit/rdb/contents.ts';
import { gather } from '../test/support/gather.ts';

const more = Number(process.env['LIGHTSOUT_FUZZ'] ?? 0);
const runs = (few: number) => (more > 0 ? { numRuns: more } : { numRuns: few, seed: 7 });

/** Bytes that one file may hold in memory beyond what it is long. */
const roomBytes = 16 * 1024 * 1024;

/** An edit: where (as a share of the length), how far, and with what. */
const edit = fc.record({
  how: fc.constantFrom(
    'flip' as const,
    'set' as const,
    'cut' as const,
    'end' as const,
    'insert' as const,
    'swap' as const,
    'repeat' as const,
    'lie' as const,
  ),
  at: fc.nat(0xffff).map((place) => place / 0x10000),
  length: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
  fill: fc.oneof(fc.constantFrom(0, 0xff, 0x80, 0x81, 0xc3, 0xf0, 0xfe), fc.integer({ min: 0, max: 255 })),
});
const edits = fc.array(edit, { minLength: 1, maxLength: 3 });

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(bytes: Uint8Array, all: readonly Edit[]): Uint8Array {
  let now = [...bytes];
  for (const { how, at, length, fill } of all) {
    const start = Math.floor(at * now.length);
    const piece = now.slice(start, start + length);
    if (how === 'flip') now[start]! ^= 1 << (fill % 8);
    else if (how === 'set') now.fill(fill, start, start + length);
    else if (how === 'cut') now.splice(start, length);
    else if (how === 'end') now = now.slice(0, start);
    else if (how === 'insert') now.splice(start, 0, ...piece.map(() => fill));
    // A length of two gigabytes.
    else if (how === 'lie') now.splice(start, 5, 0x80, 0x7f, 0xff, 0xff, 0xff);
    else if (how === 'repeat') now.splice(start, 0, ...piece);
    else {
      const other = now.splice(start, length);
      now.splice(Math.floor((fill / 256) * now.length), 0, ...other);
    }
  }
  return Uint8Array.from(now, (byte) => byte & 0xff);
}

/** Does it, and gives undefined where it was refused, by an error that names the place. */
async function refusedOr<T>(work: () => T | Promise<T>, place: RegExp): Promise<Awaited<T> | undefined> {
  const before = process.memoryUsage().arrayBuffers;
  const startedMs = process.cpuUsage().user;
  try {
    return await work();
  } catch (error) {
    if (!isLightsoutError(error)) throw error;
    expect(error.code).toBe('CORRUPT');
    expect(error.message).toMatch(place);
    return undefined;
  } finally {
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(roomBytes);
    expect(process.cpuUsage().user - startedMs).toBeLessThan(2_000_000);
  }
}

const inRdb = /at offset \d+|^Wrong signature|^Can't handle RDB format version/;

function load(bytes: Uint8Array, verifyChecksum: boolean): { keyspace: Keyspace; checksum: string } {
  const keyspace = createKeyspace({ databases: 16, hashSeed: 3 });
  const decoder = new RdbDecoder(loadInto(keyspace, { fileBytes: bytes.length }), { verifyChecksum });
  decoder.push(bytes);
  decoder.end();
  keyspace.check();
  return { keyspace, checksum: decoder.checksum };
}

/** All that was loaded, the expiries of fields included. */
function held(keyspace: Keyspace): unknown {
  const dates: string[] = [];
  for (let i = 0; i < keyspace.databases; i++)
    keyspace.database(i).forEach((entry) => {
      if (entry.type !== 'hash') return;
      const name = latin1Text(entry.key());
      entry.hash().forEachExpiry((field, ms) => void dates.push(`${i} ${name} ${latin1Text(field)} ${ms}`));
    });
  return [contents(keyspace), dates.sort()];
}

const own = new URL('../test/fixtures/rdb/', import.meta.url).pathname;
const shared = ['corpus', 'corpus-public'].map((name) =>
  join(process.env['LIGHTSOUT_CORPUS'] ?? '/work/shared', name),
);
const small = 8 * 1024;
const files = [own, ...shared.filter((folder) => existsSync(folder))]
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.rdb') && statSync(path).size <= small);
/** No server here writes fields that expire: ours does, packed and not. */
function withFieldsThatExpire(): Uint8Array {
  const keyspace = createKeyspace({ databases: 16, hashSeed: 3 });
  for (const [name, length] of [
    ['small', 3],
    ['large', 70],
  ] as const) {
    const hash = keyspace.database(0).hash(latin1Bytes(name), true)!;
    for (let i = 0; i < 6; i++) {
      const field = latin1Bytes(`field ${i} ${'x'.repeat(length)}`);
      hash.put(field, latin1Bytes(String(i * 1000)));
      if (i % 2 === 0) hash.setFieldExpiry(field, 4e12 + i);
    }
  }
  const image = keyspace.freeze();
  const encoder = new RdbEncoder(image.open(), { aux: [], compress: true, checksum: true });
  const file = new ByteWriter();
  while (encoder.next(file, 1000));
  image.release();
  return file.copy();
}

const fixtures: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ...files.map((path) => [path, () => Uint8Array.from(readFileSync(path))] as const),
  ['fields that expire', withFieldsThatExpire],
];
const few = (name: string) => (name.startsWith('/') && !name.startsWith(own) ? 12 : 250);

describe('an RDB file', () => {
  let loaded = 0;
  let refused = 0;
  test.each(fixtures)('%s', async (name, bytesOf) => {
    const whole = bytesOf();
    const before = await refusedOr(() => held(load(whole, true).keyspace), /./);
    await fc.assert(
      fc.asyncProperty(edits, async (all) => {
        const bytes = edited(whole, all);
        const verified = await refusedOr(() => load(bytes, true), inRdb);
        if (verified?.checksum === 'verified' && before !== undefined)
          expect(held(verified.keyspace)).toEqual(before);
        // Without the checksum everything behind it is reached: what is let in must be whole.
        const believed = await refusedOr(() => load(bytes, false), inRdb);
        if (believed === undefined) {
          refused++;
          return;
        }
        loaded++;
        const again = Buffer.concat(
          await gather(writeRdb(readRdb([bytes], { verifyChecksum: false }), { version: 12 })),
        );
        expect(held(load(Uint8Array.from(again), true).keyspace)).toEqual(held(believed.keyspace));
      }),
      runs(few(name)),
    );
  });

  test('was let in edited often enough, and refused, for the law to have been put to the test', () => {
    expect(loaded).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(200);
  });
});

const key = 0x5c3e10f2;
const commands = [
  ['SET', 'balance', '1000'],
  ['RPUSH', 'list', 'a', 'bb', 'c'.repeat(40)],
  ['DEL', 'other'],
  ['SET', 'copy', '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n'],
  ['PEXPIREAT', 'balance', '2000000000000'],
];

function log(): Uint8Array {
  const file = new ByteWriter();
  for (const [i, words] of commands.entries()) {
    const batch = new ByteWriter();
    reserveBatchHeader(batch);
    encodeCommand(batch, words);
    sealBatch(batch, { key, offset: file.length }, i + 1, Math.max(0, file.length - 100));
    file.bytes(batch.buffer, 0, batch.length);
  }
  return file.copy();
}

describe('a log', () => {
  test('of batches gives a beginning of what was written, and says where it ends', async () => {
    const whole = log();
    const written = commands.map((words) => words.join(' '));
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(edits, async (all) => {
        const bytes = edited(whole, all);
        const applied: string[] = [];
        const file = {
          read: (into: Uint8Array, position: number) => {
            const piece = bytes.subarray(position, position + into.length);
            into.set(piece);
            return Promise.resolve(piece.length);
          },
        };
        const result = await new Replay(
          file,
          {
            path: 'x.aof',
            fileBytes: bytes.length,
            from: 0,
            sliceBytes: 128,
            uncheckedBytes: 0,
            annotations: { key, isActive: true, firstBatch: 1 },
            durableBytes: 0,
          },
          {
            apply: (argv) => {
              const words: string[] = [];
              for (let i = 0; i < argv.count; i++) words.push(argv.text(i));
              applied.push(words.join(' '));
            },
          },
        ).run();
        // What stands in no batch has no checksum: commands without one are taken as Redis takes them.
        const isCovered = result.plainUnits === 0;
        if (isCovered) expect(applied).toEqual(written.slice(0, applied.length));
        if (result.damage === undefined && isCovered && applied.length < written.length)
          expect(bytes).toEqual(whole.slice(0, bytes.length));
        if (result.damage !== undefined) expect(result.damage.offset).toBeLessThanOrEqual(bytes.length);
        outcomes.add(result.damage?.kind ?? 'whole');
      }),
      runs(1500),
    );
    expect([...outcomes].sort()).toEqual(['rotten', 'torn', 'whole']);
  });

  test('of commands is read, or refused at a place', async () => {
    const file = new ByteWriter();
    for (const words of commands) encodeCommand(file, words);
    await fc.assert(
      fc.asyncProperty(edits, async (all) => {
        await refusedOr(() => gather(readAof([edited(file.view(), all)], { allowTorn: true })), inRdb);
      }),
      runs(1500),
    );
  });

  test('whose manifest was changed is the same log, or refused with the line', async () => {
    const manifest = {
      ...emptyManifest,
      base: { name: 'appendonly.aof.1.base.rdb', seq: 1, bytes: 188, lastBatch: 41 },
      increments: [
        { name: 'appendonly.aof.1.incr.aof', seq: 1, bytes: 512 },
        { name: 'with a space.2.incr.aof', seq: 2, bytes: 0 },
      ],
      comments: ['# written by hand'],
      annotation: { key, isPaused: false },
    };
    const bytes = formatManifest(manifest, true);
    const whole = parseManifest(bytes);
    await fc.assert(
      fc.asyncProperty(edits, async (all) => {
        const read = await refusedOr(
          () => parseManifest(edited(bytes, all)),
          /at line \d+|empty AOF manifest|has lost lines or was changed/,
        );
        // Cut or changed so that neither promise nor seal is left, it is a manifest of Redis.
        if (read?.isSealed === true) expect(read).toEqual(whole);
      }),
      runs(1500),
    );
  });
});
