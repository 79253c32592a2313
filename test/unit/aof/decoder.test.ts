import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AofDecoder, AofRewriter, parseManifest } from '../../../src/aof/index.ts';
import { ByteWriter, parseDouble } from '../../../src/bytes/index.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import { expiryFromBigint } from '../../../src/data/index.ts';
import { loadInto, RdbDecoder } from '../../../src/rdb/index.ts';
import { Argv, encodeCommand } from '../../../src/resp/index.ts';
import { Runner } from '../commands/support/runner.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { anyKeyspace, contents, latin1 } from '../rdb/contents.ts';

interface Item {
  words?: string[];
  annotation?: string;
  offset: number;
  endOffset: number;
}

function decode(
  pieces: readonly Uint8Array[],
  startOffset = 0,
): { items: Item[]; validUpTo: number; pending: number; error?: string } {
  const decoder = new AofDecoder(startOffset);
  const argv = new Argv();
  const items: Item[] = [];
  try {
    for (const piece of pieces) {
      const own = piece.slice();
      decoder.push(own);
      for (let kind = decoder.next(argv); kind !== 'need-more'; kind = decoder.next(argv)) {
        const { offset, endOffset } = decoder;
        if (kind === 'annotation') items.push({ annotation: decoder.annotation, offset, endOffset });
        else
          items.push({
            words: Array.from({ length: argv.count }, (_, i) => argv.text(i)),
            offset,
            endOffset,
          });
      }
      own.fill(0xee);
    }
  } catch (error) {
    if (!isLightsoutError(error) || error.code !== 'CORRUPT') throw error;
    return { items, validUpTo: decoder.validUpTo, pending: 0, error: error.message };
  }
  return { items, validUpTo: decoder.validUpTo, pending: decoder.pendingBytes };
}

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

const annotation = fc
  .string({ unit: fc.constantFrom('a', ' ', '*', '$', ':', '\xff'), maxLength: 20 })
  .map((rest) => ({ annotation: `#${rest}` }));
const command = fc
  .array(fc.string({ unit: 'binary-ascii', maxLength: 8 }), { minLength: 1, maxLength: 4 })
  .map((words) => ({ words }));
const log = fc.array(fc.oneof(annotation, command), { maxLength: 6 }).map((items) => {
  const writer = new ByteWriter();
  const placed: Item[] = [];
  for (const item of items) {
    const offset = writer.length;
    if ('annotation' in item) writer.latin1(`${item.annotation}\r\n`);
    else encodeCommand(writer, item.words);
    placed.push({ ...item, offset, endOffset: writer.length });
  }
  return { bytes: writer.copy(), items: placed };
});

describe('AofDecoder', () => {
  test('gives items with their places, however the file is cut into pieces', () => {
    fc.assert(
      fc.property(log, ({ bytes, items }) => {
        const whole = { items, validUpTo: bytes.length, pending: 0 };
        expect(decode([bytes])).toEqual(whole);
        expect(decode(bytewise(bytes))).toEqual(whole);
      }),
    );
  });

  test('a file that ends anywhere is sound up to its last whole item', () => {
    fc.assert(
      fc.property(log, ({ bytes, items }) => {
        for (let length = 0; length <= bytes.length; length++) {
          const there = items.filter((item) => item.endOffset <= length);
          const validUpTo = there.at(-1)?.endOffset ?? 0;
          expect(decode([bytes.subarray(0, length)])).toEqual({
            items: there,
            validUpTo,
            pending: length - validUpTo,
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('any changed byte gives items or an error, the same for all cuts', () => {
    fc.assert(
      fc.property(log, fc.nat(), fc.nat(255), ({ bytes }, at, value) => {
        fc.pre(bytes.length > 0);
        bytes[at % bytes.length] = value;
        expect(decode(bytewise(bytes))).toEqual(decode([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  const ping = '*1\r\n$4\r\nPING\r\n';
  test.each([
    ['zeros', '\0'.repeat(100)],
    ['garbage', 'garbage\r\n'],
    ['an inline command', 'PING\r\n'],
    ['no words', '*0\r\n'],
    ['negative', '*-1\r\n'],
    ['a number that goes wrong', '*1\0\0'],
    ['a length that goes wrong', '*1\r\n$4\0\0\0'],
    ['a negative length', '*1\r\n$-1\r\n'],
    ['no bulk string', '*1\r\n:4\r\n'],
    ['a length too short', '*1\r\n$3\r\nPING\r\n'],
    ['a length too long', '*1\r\n$5\r\nPING\r\n*1\r\n'],
    ['a bare line feed', '*1\n$4\nPING\n'],
    ['a long annotation', `#${'x'.repeat(1024)}\r\n`],
    ['a long annotation without an end', `#${'x'.repeat(1024)}`],
  ])('damage behind a good command: %s', (_, damage) => {
    const got = decode([latin1(ping + damage)], 1000);
    expect(got).toMatchObject({
      validUpTo: 1014,
      items: [{ words: ['PING'], offset: 1000, endOffset: 1014 }],
    });
    expect(got.error).toMatch(/^Bad file format reading the append only file, at offset 1014: /);
  });
});

/** Replays what the rewriter writes. */
function replay(bytes: Uint8Array): MapKeyspace {
  const keyspace = new MapKeyspace({ databases: 4 });
  const decoder = new AofDecoder();
  const argv = new Argv();
  decoder.push(bytes);
  let db = keyspace.database(0);
  const runner = new Runner(keyspace);
  runner.replaying = true;
  for (let kind = decoder.next(argv); kind !== 'need-more'; kind = decoder.next(argv)) {
    if (kind === 'annotation') continue;
    const words = Array.from({ length: argv.count }, (_, i) => argv.bytes(i));
    const [, key, ...rest] = words;
    const name = argv.text(0);
    if (name.startsWith('X')) {
      expect(runner.run(...words.map((word) => Buffer.from(word).toString('latin1')))).not.toMatch(/^-/);
      continue;
    }
    if (name === 'SELECT') {
      db = keyspace.database(Number(argv.text(1)));
      runner.select(Number(argv.text(1)));
    } else if (name === 'SET') db.putString(key!, rest[0]!, -1);
    else if (name === 'RPUSH') for (const item of rest) db.list(key!, true)!.pushTail(item);
    else if (name === 'SADD') for (const item of rest) db.set(key!, true)!.add(item);
    else if (name === 'HMSET')
      for (let i = 0; i < rest.length; i += 2) db.hash(key!, true)!.put(rest[i]!, rest[i + 1]!);
    else if (name === 'ZADD')
      for (let i = 0; i < rest.length; i += 2)
        db.zset(key!, true)!.put(rest[i + 1]!, parseDouble(argv.text(i + 2))!, true);
    else if (name === 'PEXPIREAT') db.setExpiry(key!, expiryFromBigint(BigInt(argv.text(2))));
    else throw new Error(name);
    expect(rest.length).toBeLessThanOrEqual(name === 'HMSET' || name === 'ZADD' ? 128 : 64);
  }
  expect(decoder.pendingBytes).toBe(0);
  return keyspace;
}

/** What is pending of entries that were deleted has no place in a log of commands: Redis loses it too. */
function forgetDeleted(keyspace: MapKeyspace): void {
  for (let i = 0; i < keyspace.databases; i++) {
    keyspace.database(i).forEach((entry) => {
      if (entry.type !== 'stream') return;
      const stream = keyspace.database(i).stream(entry.key(), false)!;
      stream.forEachGroup((group) =>
        group.forEachPending(0n, ({ id }) => {
          if (!stream.has(id)) stream.removePending(group.name, id);
        }),
      );
    });
  }
}

describe('AofRewriter', () => {
  test('replayed gives the keyspace, whatever the slices', () => {
    fc.assert(
      fc.property(anyKeyspace, fc.integer({ min: 1, max: 500 }), (keyspace, budgetBytes) => {
        const image = keyspace.freeze();
        const rewriter = new AofRewriter(image.open());
        const all = new ByteWriter();
        for (let more = true; more;) {
          const slice = new ByteWriter();
          more = rewriter.next(slice, budgetBytes);
          all.bytes(slice.view());
        }
        forgetDeleted(keyspace);
        expect(contents(replay(all.copy()))).toEqual(contents(keyspace));
        expect(rewriter.next(new ByteWriter(), 1)).toBe(false);
        const whole = new ByteWriter();
        expect(new AofRewriter(image.open()).next(whole, 1 << 30)).toBe(false);
        expect(whole.copy()).toEqual(all.copy());
      }),
      { numRuns: 60 },
    );
  });

  test('begins with the time and the libraries', () => {
    const writer = new ByteWriter();
    const image = new MapKeyspace({ databases: 1 }).freeze();
    new AofRewriter(image.open(), { timestampSec: 12, functions: [latin1('#!lua name=x')] }).next(writer, 1);
    expect(Buffer.from(writer.view()).toString()).toBe(
      '#TS:12\r\n*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n$12\r\n#!lua name=x\r\n',
    );
  });
});

const folder = join(process.env['LIGHTSOUT_CORPUS'] ?? '/work/shared', 'corpus');
const logs = existsSync(folder)
  ? readdirSync(folder).filter((name) => name.startsWith('aof-') && !name.endsWith('.json'))
  : [];
if (logs.length === 0)
  console.warn(`SKIPPED: no corpus at ${folder}. No log written by a real server is read here.`);

describe.skipIf(logs.length === 0)('corpus', () => {
  /** How the logs end that do not end well. */
  const torn =
    /cut-(arg|crlf|multi-part|random|star|strict|zero)$|cut-multi$|nonlast-cut$|preamble-cut$|torn/;

  test.each(logs)('%s', (name) => {
    const described = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as {
      expect: { result: string; log?: string[] };
    };
    const lines = described.expect.log ?? [];
    const paths = (readdirSync(join(folder, name), { recursive: true }) as string[]).map((path) =>
      join(folder, name, path),
    );
    for (const path of paths.filter((each) => each.endsWith('.manifest'))) {
      try {
        const manifest = parseManifest(readFileSync(path));
        expect(name).not.toMatch(/manifest-bad/);
        expect(manifest.base !== undefined || manifest.increments.length > 0).toBe(true);
      } catch (error) {
        if (!isLightsoutError(error)) throw error;
        for (const line of error.message.split('\n')) expect(lines).toContain(line);
      }
    }
    for (const path of paths.filter((each) => each.endsWith('.aof'))) {
      const bytes = readFileSync(path);
      let startOffset = 0;
      if (bytes.subarray(0, 5).toString() === 'REDIS') {
        const rdb = new RdbDecoder(loadInto(new MapKeyspace({ databases: 16 })));
        try {
          startOffset = rdb.push(bytes);
          rdb.end();
        } catch (error) {
          expect(isLightsoutError(error) && error.code).toBe('CORRUPT');
          continue;
        }
        expect(rdb.endOffset).toBe(startOffset);
      }
      const got = decode([bytes.subarray(startOffset)], startOffset);
      if (/bad-middle|tail-garbage|tail-zeros/.test(name)) continue;
      expect(got.error).toBeUndefined();
      if (!torn.test(name)) expect(got.validUpTo).toBe(bytes.length);
    }
  });

  test('what is damaged is told from what is torn', () => {
    const ends = (name: string) =>
      (readdirSync(join(folder, name), { recursive: true }) as string[])
        .filter((path) => path.endsWith('.aof'))
        .map((path) => readFileSync(join(folder, name, path)))
        .filter((bytes) => bytes.subarray(0, 5).toString() !== 'REDIS')
        .map((bytes) => decode([bytes]));
    for (const name of ['aof-tail-garbage', 'aof-tail-zeros', 'aof-bad-middle'])
      expect(ends(name).some((end) => end.error !== undefined)).toBe(true);
    for (const name of ['aof-cut-arg', 'aof-cut-crlf', 'aof-cut-star', 'aof-cut-random']) {
      expect(ends(name).every((end) => end.error === undefined)).toBe(true);
      expect(ends(name).some((end) => end.pending > 0)).toBe(true);
    }
  });
});
