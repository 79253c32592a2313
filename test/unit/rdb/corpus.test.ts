/** Files that real servers wrote, with what they hold. Set LIGHTSOUT_CORPUS to the folder that has corpus and corpus-public. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/index.ts';
import { expiryFromBigint } from '../../../src/data/index.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import { loadInto, RdbDecoder, RdbEncoder, standardAux } from '../../../src/rdb/index.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { contents, digest, text } from './contents.ts';

interface Described {
  kind: string;
  reader?: { types?: Record<string, number> };
  expect: {
    result: string;
    log?: string[];
    rdb_last_load_keys_expired?: number;
    functions?: { code: string }[];
    dbs?: Record<
      string,
      { key: string; type: string; pexpireat: string; sha256: string; rdb_type?: number; value?: unknown }[]
    >;
  };
}

const root = process.env['LIGHTSOUT_CORPUS'] ?? '/work/shared';
const folders = ['corpus', 'corpus-public']
  .map((name) => join(root, name))
  .filter((folder) => existsSync(folder));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.rdb'))
    .map((name) => [name, join(folder, name)] as const),
);
if (files.length === 0)
  console.warn(`SKIPPED: no corpus at ${root}. Nothing written by a real server is read here.`);

function load(bytes: Uint8Array, chunkBytes = 64 * 1024) {
  const keyspace = new MapKeyspace({ databases: 16 });
  const loader = loadInto(keyspace, { nowMs: Date.now(), fileBytes: bytes.length });
  const decoder = new RdbDecoder(loader);
  let at = 0;
  while (at < bytes.length && !decoder.done) {
    decoder.push(bytes, at, Math.min(at + chunkBytes, bytes.length));
    at += chunkBytes;
  }
  decoder.end();
  return { keyspace, loader, decoder };
}

const unsupported = /^type (\d+) \((stream of Redis 8|value of a module)|^a hash with expiring fields/;

describe.skipIf(files.length === 0)('corpus', () => {
  test.each(files)('%s', (name, path) => {
    const described = JSON.parse(readFileSync(path.replace(/\.rdb$/, '.json'), 'utf8')) as Described;
    const bytes = readFileSync(path);
    const { expect: wanted } = described;
    const beyondUs = /hfe|hexpire|empty-keys/.test(name);

    let loaded: ReturnType<typeof load>;
    try {
      loaded = load(bytes);
    } catch (error) {
      if (!isLightsoutError(error)) throw error;
      if (wanted.result === 'exit' && !unsupported.test(error.message)) {
        const log = wanted.log?.join('\n') ?? '';
        if (/Can't handle RDB/.test(log) && !/ent-opcode/.test(name))
          expect(error.message).toMatch(/Can't handle RDB format version 99/);
        if (/Wrong RDB checksum/.test(log))
          expect(log).toContain(error.message.slice(0, error.message.indexOf(').')));
        if (/Unexpected EOF/.test(log)) expect(error.message).toMatch(/Unexpected EOF/);
        if (/Wrong signature/.test(log)) expect(error.message).toMatch(/Wrong signature/);
        return;
      }
      expect(error.message).toMatch(unsupported);
      if (wanted.result === 'loaded') expect(beyondUs).toBe(true);
      expect(error.message).toMatch(/at offset \d+, key /);
      return;
    }
    // Redis knows no module's data; here it is passed over.
    if (loaded.loader.modules.size > 0) {
      expect([...loaded.loader.modules]).toEqual(['test__rdb']);
      if (wanted.result === 'exit') return;
    }
    expect(wanted.result).toBe('loaded');

    const got = contents(loaded.keyspace);
    const found = Object.entries(got).flatMap(([db, content]) =>
      Object.entries(content).map(([key, { type, expireAtMs, items }]) => [
        db,
        key,
        type,
        expireAtMs,
        digest(items),
      ]),
    );
    const wantedKeys = Object.entries(wanted.dbs ?? {}).flatMap(([db, list]) =>
      list.map((key) => [db, key.key, key.type, expiryFromBigint(BigInt(key.pexpireat)), key.sha256]),
    );
    const order = (a: unknown[], b: unknown[]) =>
      `${String(a[0])} ${String(a[1])}` < `${String(b[0])} ${String(b[1])}` ? -1 : 1;
    expect(found.sort(order)).toEqual(wantedKeys.sort(order));
    expect(loaded.loader.functions.map(text).sort()).toEqual(
      (wanted.functions ?? []).map((library) => library.code).sort(),
    );
    if (wanted.rdb_last_load_keys_expired !== undefined)
      expect(loaded.loader.expired).toBe(wanted.rdb_last_load_keys_expired);
    if (bytes.length < 70_000) expect(contents(load(bytes, 7).keyspace)).toEqual(got);
  });

  test('at least half of the files are read to the end', () => {
    const read = files.filter(([, path]) => {
      try {
        return load(readFileSync(path)).decoder.done;
      } catch {
        return false;
      }
    });
    expect(read.length).toBeGreaterThan(files.length / 2);
  });
});

const checker = spawnSync('redis-check-rdb', ['--version']).error === undefined;
if (!checker) console.warn('SKIPPED: no redis-check-rdb on PATH. What is written is not shown to Redis.');

describe.skipIf(!checker)('redis-check-rdb', () => {
  test('accepts what the encoder writes', () => {
    const keyspace = new MapKeyspace({ databases: 16 });
    const latin1 = (value: string) => Uint8Array.from(Buffer.from(value, 'latin1'));
    for (const db of [0, 7]) {
      const database = keyspace.database(db);
      for (let i = 0; i < 200; i++)
        database.putString(
          latin1(`key:${i}`),
          latin1(i % 3 ? String(i * 7919) : 'abc'.repeat(i)),
          i % 5 ? -1 : 4e12 + i,
        );
      for (let i = 0; i < 300; i++) {
        database.list(latin1('list'), true)!.pushTail(latin1(`element ${i}`));
        database.set(latin1('set'), true)!.add(latin1(`${i}`));
        database.hash(latin1('hash'), true)!.put(latin1(`field ${i}`), latin1('x'.repeat(i)));
      }
    }
    const folder = mkdtempSync(join(tmpdir(), 'lightsout-rdb-'));
    try {
      for (const checksum of [true, false]) {
        const encoder = new RdbEncoder(keyspace.freeze().open(), {
          aux: standardAux({ ctimeSec: 1_700_000_000, usedMemoryBytes: 1, aofBase: true }),
          functions: [latin1('#!lua name=lib\nredis.register_function("f", function() return 1 end)')],
          compress: true,
          checksum,
        });
        const writer = new ByteWriter();
        while (encoder.next(writer, 1000));
        const path = join(folder, 'dump.rdb');
        writeFileSync(path, writer.view());
        const said = execFileSync('redis-check-rdb', [path], { encoding: 'utf8' });
        expect(said).toMatch(checksum ? /Checksum OK/ : /RDB file was saved with checksum disabled/);
        expect(said).toMatch(/406 keys read/);
        expect(encoder.keys).toBe(406);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
