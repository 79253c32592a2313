import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/bytes/index.ts';
import { readRdb, type RdbEntry, streamEntries, writeRdb } from '../../../src/codecs/rdb.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import { loadInto, RdbDecoder, RdbEncoder, standardAux } from '../../../src/rdb/index.ts';
import { gather } from '../../support/gather.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { anyKeyspace, contents, latin1, text } from '../rdb/contents.ts';

const aux = standardAux({ ctimeSec: 1_700_000_000, usedMemoryBytes: 12345, aofBase: false });

function encode(keyspace: MapKeyspace): Uint8Array {
  const encoder = new RdbEncoder(keyspace.freeze().open(), { aux, compress: true, checksum: true });
  const file = new ByteWriter();
  while (encoder.next(file, 1 << 20));
  return file.copy();
}

function load(bytes: Uint8Array): MapKeyspace {
  const keyspace = new MapKeyspace({ databases: 16 });
  const decoder = new RdbDecoder(loadInto(keyspace));
  decoder.push(bytes);
  decoder.end();
  return keyspace;
}

async function entriesOf(bytes: Uint8Array, pieceBytes = bytes.length): Promise<RdbEntry[]> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.slice(at, at + pieceBytes));
  return gather(readRdb(pieces));
}

async function fileOf(entries: Parameters<typeof writeRdb>[0], options?: Parameters<typeof writeRdb>[1]) {
  return Uint8Array.from(Buffer.concat(await gather(writeRdb(entries, options))));
}

const key = latin1('k');
const refused = (text: RegExp) =>
  expect.objectContaining({ code: 'CONFIG', message: expect.stringMatching(text) as string });

describe('a file that is read and written again', () => {
  test('holds the same, whatever it holds and wherever its pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyKeyspace,
        fc.integer({ min: 1, max: 4000 }),
        fc.boolean(),
        async (keyspace, pieceBytes, compress) => {
          const entries = await entriesOf(encode(keyspace), pieceBytes);
          expect(contents(load(await fileOf(entries, { compress })))).toEqual(contents(keyspace));
        },
      ),
      { numRuns: 60 },
    );
  });

  const root = process.env['LIGHTSOUT_CORPUS'] ?? '/work/shared';
  const files = ['corpus', 'corpus-public']
    .map((name) => join(root, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.rdb'));
  if (files.length === 0)
    console.warn(`SKIPPED: no corpus at ${root}. No file of a real server is rewritten here.`);

  test.skipIf(files.length === 0)('holds the same where a real server wrote it, of any version', async () => {
    let rewritten = 0;
    let expiring = 0;
    for (const path of files) {
      const bytes = readFileSync(path);
      let before: MapKeyspace;
      try {
        before = load(bytes);
      } catch (error) {
        if (!isLightsoutError(error)) throw error;
        // What no server takes, the reader does not take either.
        if (!/duplicate|the file has a database/.test(error.message))
          await expect(entriesOf(bytes, 1000)).rejects.toThrow(
            /at offset \d+|Wrong signature|handle RDB format/,
          );
        continue;
      }
      const entries = await entriesOf(bytes, 1000);
      const written = await fileOf(entries, { version: 12 });
      expect([path, contents(load(written))]).toEqual([path, contents(before)]);
      rewritten++;
      const fields = (row: RdbEntry[]) => sorted(row.filter(({ kind }) => kind === 'field'));
      if (!fields(entries).some((field) => field.includes('expireAtMs'))) continue;
      expect(fields(await entriesOf(written))).toEqual(fields(entries));
      expiring++;
    }
    expect(rewritten).toBeGreaterThan(30);
    expect(expiring).toBeGreaterThan(2);
  });
});

const sorted = (entries: readonly RdbEntry[]) =>
  entries
    .map((entry) =>
      JSON.stringify(entry, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)),
    )
    .sort();

/** A file by hand. Numbers are bytes. */
function file(version: string, ...parts: (string | number | readonly number[])[]): Uint8Array {
  const writer = new ByteWriter();
  writer.latin1(version);
  for (const part of parts) {
    if (typeof part === 'number') writer.byte(part);
    else if (typeof part === 'string') writer.latin1(`${String.fromCharCode(part.length)}${part}`);
    else for (const byte of part) writer.byte(byte);
  }
  writer.bytes(new Uint8Array([255, 0, 0, 0, 0, 0, 0, 0, 0]));
  return writer.copy();
}

const int64 = (value: number) => [...new Uint8Array(new BigInt64Array([BigInt(value)]).buffer)];
const fieldsOf = async (bytes: Uint8Array) =>
  (await entriesOf(bytes)).flatMap((entry) =>
    entry.kind === 'field' ? [[text(entry.field), text(entry.value), entry.expireAtMs]] : [],
  );

test.each([1, 2 ** 53 - 1, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n])(
  'a key that expires at %s comes back as it was',
  async (expireAtMs) => {
    const entry = { kind: 'string', key, value: latin1('v'), expireAtMs } as const;
    const [back] = (await entriesOf(await fileOf([entry]))).filter(({ kind }) => kind === 'string');
    expect(back).toEqual(entry);
  },
);

describe('fields that expire', () => {
  const expected = [
    ['f', 'v', 1005],
    ['g', 'w', undefined],
  ];

  test('are read in the four forms that Redis and Valkey have given them', async () => {
    const packed = [
      21, 0, 0, 0, 6, 0, 0x81, 102, 2, 0x81, 118, 2, 0xc3, 0xed, 2, 0x81, 103, 2, 0x81, 119, 2, 0, 1, 255,
    ];
    packed[0] = packed.length;
    const forms: Record<string, Uint8Array> = {
      'distances from the earliest': file('REDIS0012', 24, 'h', int64(1000), 2, 6, 'f', 'v', 0, 'g', 'w'),
      'a listpack of triples': file('REDIS0012', 25, 'h', int64(1005), packed.length, packed),
      'times before the fields (release candidates)': file(
        'REDIS0012',
        22,
        'h',
        2,
        [0x43, 0xed],
        'f',
        'v',
        0,
        'g',
        'w',
      ),
      'triples without the earliest (release candidates)': file('REDIS0012', 23, 'h', packed.length, packed),
      'times behind the values (Valkey)': file(
        'VALKEY080',
        22,
        'h',
        2,
        'f',
        'v',
        int64(1005),
        'g',
        'w',
        int64(-1),
      ),
    };
    for (const [form, bytes] of Object.entries(forms))
      expect([form, await fieldsOf(bytes)]).toEqual([form, expected]);
  });

  test('are written as Redis 7.4 does, with and without their number known before', async () => {
    const fields = [
      { kind: 'field', field: latin1('f'), value: latin1('v'), expireAtMs: 1005 },
      { kind: 'field', field: latin1('g'), value: latin1('w') },
    ] as const;
    for (const begun of [{}, { size: 2, earliestExpireAtMs: 1000 }]) {
      const row = [{ kind: 'hash', key, ...begun }, ...fields, { kind: 'end' }] as const;
      const bytes = await fileOf(row, { version: 12 });
      expect(bytes[9]).toBe(24);
      expect(await fieldsOf(bytes)).toEqual(expected);
      await expect(fileOf(row)).rejects.toEqual(refused(/fields expire, which only version 12 can say/));
    }
  });
});

describe('memory', () => {
  test('a list of any length comes in pieces, each before the file is read on', async () => {
    const element = new Uint8Array(1000).fill(0x61);
    const pieces = 4000;
    async function* entries(): AsyncGenerator<RdbEntry> {
      yield { kind: 'list', key, pieces };
      for (let i = 0; i < pieces; i++) yield { kind: 'elements', values: [element, element] };
      yield { kind: 'end' };
    }
    let written = 0;
    let longest = 0;
    async function* counted() {
      for await (const slice of writeRdb(entries(), { compress: false })) {
        written += slice.length;
        longest = Math.max(longest, slice.length);
        yield slice;
      }
    }
    let read = 0;
    let furthest = 0;
    for await (const entry of readRdb(counted())) {
      if (entry.kind !== 'elements') continue;
      read += entry.values.reduce((sum, { length }) => sum + length, 0);
      furthest = Math.max(furthest, written - read);
    }
    expect(read).toBe(pieces * 2 * element.length);
    expect(longest).toBeLessThan(80_000);
    expect(furthest).toBeLessThan(300_000);
  });

  test('a length that lies takes no room', async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const bytes of [
      file('REDIS0010', 0, 'k', [0x80, 0x7f, 0xff, 0xff, 0xff]),
      file('REDIS0010', 1, 'k', [0x80, 0xff, 0xff, 0xff, 0xff], 'x'),
      file('REDIS0010', 0, 'k', [0xc3, 0x40, 0x64, 0x80, 0x40, 0, 0, 0], 'x'),
    ])
      await expect(entriesOf(bytes)).rejects.toThrow(/at offset \d+/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('what would make a file that nobody loads is refused', () => {
  const list = { kind: 'list', key, length: 2 } as const;
  const one = { kind: 'elements', values: [key] } as const;
  test.each<[string, RdbEntry[], RegExp]>([
    ['fewer parts than announced', [list, one, { kind: 'end' }], /2 parts were announced, 1 came/],
    ['more parts than announced', [list, one, one, one], /2 parts were announced, and more came/],
    ['a part without its collection', [one], /'elements' outside of a collection/],
    ['a part of another kind', [list, { kind: 'member', member: key }], /an entry 'member' stands in it/],
    ['no end', [list, one, one], /end inside a collection/],
    ['a stream without facts', [{ kind: 'stream', key, nodes: 0 }, { kind: 'end' }], /'facts' is expected/],
    [
      'a score that is none',
      [
        { kind: 'zset', key },
        { kind: 'scored', member: key, score: NaN },
      ],
      /not a number/,
    ],
  ])('%s', async (_, entries, why) => {
    await expect(fileOf(entries)).rejects.toEqual(refused(why));
  });
});

test('entries stay as they were when a Buffer that they came in is used again', async () => {
  const chunk = Buffer.from(await fileOf([{ kind: 'string', key, value: latin1('v') }]));
  const entries = await gather(readRdb([chunk]));
  chunk.fill(0xee);
  expect(entries[1]).toEqual({ kind: 'string', key, value: latin1('v') });
});

test('a string has its expiry and the marks of its use', async () => {
  const entry = {
    kind: 'string',
    key,
    value: latin1('v'),
    expireAtMs: 12345,
    idleSec: 7,
    freq: 200,
  } as const;
  const [header, read, eof] = await entriesOf(await fileOf([entry]));
  expect(header).toEqual({ kind: 'header', version: 10, valkey: false });
  expect(read).toEqual(entry);
  expect(eof).toMatchObject({ kind: 'eof', checksum: 'verified' });
});

test('the entries of a stream are had from its nodes', async () => {
  const keyspace = new MapKeyspace({ databases: 1 });
  const stream = keyspace.database(0).stream(key, true)!;
  stream.append((5n << 64n) | 1n, [latin1('f'), latin1('v')], { maxBytes: 4096, maxEntries: 100 });
  const nodes = (await entriesOf(encode(keyspace))).flatMap((entry) =>
    entry.kind === 'node' ? [entry] : [],
  );
  expect(nodes.flatMap(streamEntries)).toEqual([
    { id: (5n << 64n) | 1n, fields: [latin1('f'), latin1('v')] },
  ]);
  const broken = { ...nodes[0]!, listpack: nodes[0]!.listpack.slice(0, -1) };
  expect(() => streamEntries(broken)).toThrow(/listpack is damaged/);
});
