import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter, Crc64 } from '../../../src/bytes/index.ts';
import { createKeyspace, greatestStreamId, streamIdText } from '../../../src/data/index.ts';
import { NO_EXPIRY } from '../../../src/data/keyspace.ts';
import { isLightsoutError } from '../../../src/errors.ts';
import {
  isDumpIntact,
  loadInto,
  RdbDecoder,
  RdbEncoder,
  readDump,
  standardAux,
  writeDump,
} from '../../../src/rdb/index.ts';
import type { LoadOptions } from '../../../src/rdb/index.ts';
import { hashSeedField } from '../../../src/rdb/encoder.ts';
import { writeLength, writeString } from '../../../src/rdb/string.ts';
import { describeStream } from '../../support/describe-stream.ts';
import { MapKeyspace } from '../../support/map-keyspace.ts';
import { anyKeyspace, contents, latin1, text } from './contents.ts';

const aux = standardAux({ ctimeSec: 1_700_000_000, usedMemoryBytes: 12345, aofBase: false });

function encode(
  keyspace: MapKeyspace,
  { budgetBytes = 1 << 20, checksum = true, functions = [] as Uint8Array[] } = {},
): Uint8Array {
  const image = keyspace.freeze();
  const encoder = new RdbEncoder(image.open(), { aux, functions, compress: true, checksum });
  const file = new ByteWriter();
  const slice = new ByteWriter(0);
  for (let more = true; more;) {
    slice.clear();
    more = encoder.next(slice, budgetBytes);
    file.bytes(slice.buffer, 0, slice.length);
  }
  expect(encoder.next(slice, 1)).toBe(false);
  image.release();
  return file.copy();
}

function decode(pieces: readonly Uint8Array[], options: LoadOptions & { verifyChecksum?: boolean } = {}) {
  const keyspace = new MapKeyspace({ databases: 16 });
  const loader = loadInto(keyspace, options);
  const decoder = new RdbDecoder(loader, options);
  for (const piece of pieces) {
    const own = piece.slice();
    decoder.push(own);
    // The caller may use his piece again.
    own.fill(0xee);
  }
  decoder.end();
  return { keyspace, loader, decoder };
}

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** A file by hand. Numbers are bytes. */
function file(...parts: (string | number | Uint8Array)[]): Uint8Array {
  const writer = new ByteWriter();
  for (const part of parts) {
    if (typeof part === 'number') writer.byte(part);
    else if (typeof part === 'string') writer.latin1(part);
    else writer.bytes(part);
  }
  return writer.copy();
}

/** A string as it stands. */
function str(value: string): Uint8Array {
  const writer = new ByteWriter();
  writeLength(writer, value.length);
  writer.latin1(value);
  return writer.copy();
}

const v4 = 'REDIS0004';
const eof = 255;

function refusal(...parts: (string | number | Uint8Array)[]): string {
  const bytes = file(...parts);
  const messages = [[bytes], bytewise(bytes)].map((pieces) => {
    try {
      decode(pieces);
    } catch (error) {
      if (isLightsoutError(error) && error.code === 'CORRUPT') return error.message;
      throw error;
    }
    return 'accepted';
  });
  expect(messages[1]).toBe(messages[0]);
  return messages[0]!;
}

describe('round trip', () => {
  test('any keyspace, any slices, any cuts', () => {
    fc.assert(
      fc.property(
        anyKeyspace,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (keyspace, budgetBytes, cut, checksum) => {
          const bytes = encode(keyspace, { budgetBytes, checksum });
          expect(bytes).toEqual(encode(keyspace, { checksum }));
          const pieces: Uint8Array[] = [];
          for (let i = 0; i < bytes.length; i += cut) pieces.push(bytes.subarray(i, i + cut));
          const { keyspace: got, decoder, loader } = decode(pieces);
          expect(contents(got)).toEqual(contents(keyspace));
          expect(decoder.endOffset).toBe(bytes.length);
          expect(decoder.checksum).toBe(checksum ? 'verified' : 'absent');
          expect(loader.loaded).toBe(decoder.keys);
          expect(loader.auxFields.get('redis-bits')).toBe('64');
          expect([...loader.auxFields.keys()]).toEqual([
            'redis-ver',
            'redis-bits',
            'ctime',
            'used-mem',
            'aof-base',
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what follows the end is left to the caller, wherever it is cut', () => {
    const keyspace = new MapKeyspace({ databases: 1 });
    keyspace.database(0).putString(latin1('k'), latin1('v'), NO_EXPIRY);
    const rdb = encode(keyspace);
    const tail = latin1('*1\r\n$4\r\nPING\r\n');
    const whole = file(rdb, tail);
    for (let cut = 0; cut <= whole.length; cut++) {
      const decoder = new RdbDecoder(loadInto(new MapKeyspace({ databases: 1 })));
      // With other bytes around, so that positions in the piece and in the file differ.
      const first = decoder.push(file('..', whole.subarray(0, cut)), 2);
      const second = decoder.push(file('.', whole.subarray(cut)), 1);
      expect(decoder.done).toBe(true);
      expect(decoder.endOffset).toBe(rdb.length);
      expect(first - 2).toBe(Math.min(cut, rdb.length));
      expect(second - 1).toBe(Math.max(0, rdb.length - cut));
    }
  });

  test('function libraries are kept as they are', () => {
    const source = latin1("#!lua name=lib\nredis.register_function('f', function() return 1 end)");
    const { loader } = decode([encode(new MapKeyspace({ databases: 1 }), { functions: [source] })]);
    expect(loader.functions).toEqual([source]);
  });

  test('strings of every form', () => {
    const lengths = [0, 1, 20, 21, 63, 64, 16383, 16384, 70_000];
    const values = [
      ...lengths.map((n) => 'a'.repeat(n)),
      ...[0, -1, 127, 128, -129, 32767, 32768, -2147483648, 2147483647].map(String),
      '2147483648',
      '-0',
      '01',
    ];
    for (const compress of [true, false]) {
      const writer = new ByteWriter(0);
      writer.latin1('REDIS0009');
      values.forEach((value, i) => {
        writer.byte(0);
        writeString(writer, latin1(`key:${i}`), 0, `key:${i}`.length, compress);
        writeString(writer, latin1(`.${value}.`), 1, value.length + 1, compress);
      });
      writer.byte(eof);
      writer.bytes(new Uint8Array(8));
      const { keyspace } = decode([writer.view().subarray(0, 40), writer.view().subarray(40)]);
      const got = contents(keyspace)['0']!;
      values.forEach((value, i) => expect(got[`key:${i}`]!.items[0]).toBe(value));
    }
  });
});

describe('damage', () => {
  test('any changed byte of a file with a checksum is refused', () => {
    fc.assert(
      fc.property(
        anyKeyspace,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 20, maxLength: 20 }),
        (keyspace, changes) => {
          const good = encode(keyspace);
          for (const [at, change] of changes) {
            const bad = good.slice();
            bad[at % bad.length]! ^= change;
            let absent = false;
            try {
              absent = decode([bad]).decoder.checksum === 'absent';
            } catch (error) {
              if (!isLightsoutError(error)) throw error;
              expect(error.message).toMatch(/offset \d+|checksum|signature|version/);
              continue;
            }
            // An end followed by eight zeros says "not computed": the one lie that nothing in the format can tell.
            expect(absent).toBe(true);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  test('any changed byte of a file without one is refused or read, and nothing worse', () => {
    fc.assert(
      fc.property(
        anyKeyspace,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(50),
        (keyspace, at, change, cut) => {
          const bad = encode(keyspace, { checksum: false });
          bad[at % bad.length]! ^= change;
          try {
            decode([bad.subarray(0, cut), bad.subarray(cut)]);
          } catch (error) {
            if (!isLightsoutError(error)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a file cut anywhere says where it ends and what is missing', () => {
    const keyspace = new MapKeyspace({ databases: 1 });
    keyspace.database(0).putString(latin1('key'), latin1('value'), 1);
    keyspace.database(0).list(latin1('list'), true)!.pushTail(latin1('element'));
    const good = encode(keyspace);
    for (let length = 0; length < good.length; length++) {
      expect(() => decode([good.subarray(0, length)])).toThrow(
        `Unexpected EOF reading RDB file: it ends at offset ${length}, inside `,
      );
    }
    expect(() => decode([good.subarray(0, good.length - 12)])).toThrow(
      /inside an element that begins at offset \d+, key list$/,
    );
  });

  test.each<[string, (string | number | Uint8Array)[], RegExp]>([
    ['magic', ['RADIS0010'], /^Wrong signature trying to load DB from file: got "RADIS0010"|"RA"/],
    ['version', ['REDIS0099', eof], /^Can't handle RDB format version 99/],
    ['version 0', ['REDIS0000', eof], /^Can't handle RDB format version 0/],
    [
      'stream',
      [v4, 0, str('a'), str('b'), 26, str('zz'), str('')],
      /^type 26 \(stream of Redis 8\.6\): not supported yet \(RDB file, at offset 14, key zz\)$/,
    ],
    ['score', [v4, 3, str('z'), 1, str('m'), 253], /^a score that is not a number .*offset \d+, key z/],
    ['score text', [v4, 3, str('z'), 1, str('m'), str('1.x')], /^a score that is not a number .*key z/],
    ['score bytes', [v4, 5, str('z'), 1, str('m'), 0, 0, 0, 0, 0, 0, 248, 127], /^a score that is not/],
    ['member twice', [v4, 3, str('z'), 2, str('m'), str('1'), str('m'), 254], /^duplicate member .*key z/],
    [
      'key of a run',
      [v4, 19, str('s'), 1, str('short')],
      /^a run of entries has a key of 5 bytes, 16 are expected/,
    ],
    [
      'run',
      [v4, 19, str('s'), 1, str('k'.repeat(16)), str('run')],
      /^listpack.*shorter than its header.*key s/,
    ],
    ['stream without its entries', [v4, 15, str('s'), 0, 1, 5, 0, 0], /^a stream of 1 entries without any/],
    [
      'module',
      [v4, 7, str('m'), 0x81, 0xb5, 0xeb, 0x2d, 0xff, 0xfa, 0xdd, 0x6c, 1],
      /^The RDB file contains module data I can't load: no matching module type 'test__rdb'.*offset 9, key m/,
    ],
    ['module without a name', [v4, 7, str('m'), 5], /^type 7 \(value of a module\).*offset 9, key m/],
    ['type of a newer file', ['REDIS0012', 99], /^Can't handle RDB format version 12: type 99: not known/],
    ['type', [v4, 99], /^type 99: not known.*offset 9/],
    ['opcode', [v4, 242], /^opcode 242: not known.*offset 9/],
    ['length', [v4, 0, 0x82], /^length of unknown form 0x82/],
    ['string encoding', [v4, 0, 0xc4], /^string encoding 4: not known/],
    ['special count', [v4, 1, str('k'), 0xc0, 1], /^a number is expected/],
    ['long count', [v4, 1, str('k'), 0x81, new Uint8Array(8).fill(255)], /^a count of/],
    ['long string', [v4, 0, str('k'), 0x81, new Uint8Array(8).fill(255), 0], /^a string of \d+ bytes.*key k/],
    [
      'LZF that cannot be',
      [v4, 0, 0xc3, 4, 0x80, 0, 1, 0, 0, 0, 1, 2, 3],
      /^LZF string is damaged: 4 bytes cannot give 65536/,
    ],
    ['LZF', [v4, 0, 0xc3, 2, 4, 0x20, 9], /^LZF string is damaged/],
    [
      'twice a key',
      [v4, 0, str('a'), str('b'), 0, str('a'), str('b'), eof],
      /^duplicate key.*offset 14, key a/,
    ],
    [
      'twice a key of two types',
      [v4, 0, str('a'), str('b'), 1, str('a'), 1, str('b'), eof],
      /^duplicate key.*key a/,
    ],
    ['twice a member', [v4, 2, str('a'), 2, str('b'), str('b'), eof], /^duplicate member.*offset 15, key a/],
    ['twice a field', [v4, 4, str('a'), 2, str('b'), str('c'), str('b'), str('d'), eof], /^duplicate field/],
    [
      'odd hash',
      [v4, 16, str('h'), str('\x09\0\0\0\x01\0\x05\x01\xff'), eof],
      /^the last field has no value.*key h/,
    ],
    ['list node', [v4, 18, str('h'), 1, 3, str('')], /^list node of unknown kind 3/],
    ['database', [v4, 254, 16, eof], /^the file has a database 16, and `databases` is 16/],
    [
      'checksum',
      ['REDIS0010', eof, '12345678'],
      /^Wrong RDB checksum expected: \([0-9a-f]{16}\) but got \(3837363534333231\).*offset 10\)$/,
    ],
  ])('refuses: %s', (_, parts, message) => {
    expect(refusal(...parts)).toMatch(message);
  });

  test('a length that lies allocates nothing', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoder = new RdbDecoder(loadInto(new MapKeyspace({ databases: 1 })));
    decoder.push(file(v4, 0, str('k'), 0x80, 0x7f, 0xff, 0xff, 0xff, 'abc'));
    expect(() => decoder.end()).toThrow(/ends at offset 20, inside a string that begins at offset 9, key k/);
    const other = new RdbDecoder(loadInto(new MapKeyspace({ databases: 1 })));
    other.push(file(v4, 1, str('k'), 0x81, 0, 0, 0x10, 0, 0, 0, 0, 0));
    expect(() => other.end()).toThrow(/inside what comes next|inside a/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe('what a file may hold beside keys', () => {
  test('hints and private data are passed over', () => {
    const moduleAux = file(
      247,
      0x81,
      new Uint8Array(8).fill(0xf5),
      2,
      1,
      1,
      0x81,
      new Uint8Array(8).fill(0xff),
      3,
      '1234',
      4,
      '12345678',
      5,
      str('text'),
      0,
    );
    const slots = file(244, 1, 2, 3);
    const { keyspace } = decode([
      file(
        'REDIS0012',
        moduleAux,
        254,
        3,
        251,
        0x80,
        0xff,
        0xff,
        0xff,
        0xff,
        0,
        slots,
        249,
        5,
        248,
        0x40,
        0x80,
        0,
        str('k'),
        str('v'),
        moduleAux,
        eof,
        new Uint8Array(8),
      ),
    ]);
    expect(contents(keyspace)).toEqual({ 3: { k: { type: 'string', expireAtMs: NO_EXPIRY, items: ['v'] } } });
  });

  test('expiries apply to the next key only, in seconds and in milliseconds', () => {
    const ms = new ByteWriter();
    ms.int64LE(1_700_000_000_123);
    const seconds = new ByteWriter();
    seconds.uint32LE(1_700_000_000);
    const minusOne = new Uint8Array(8).fill(255);
    const bytes = file(
      v4,
      252,
      ms.view(),
      0,
      str('a'),
      str('1'),
      0,
      str('b'),
      str('1'),
      253,
      seconds.view(),
      249,
      1,
      1,
      str('c'),
      1,
      str('x'),
      252,
      minusOne,
      0,
      str('d'),
      str('1'),
      eof,
    );
    const got = contents(decode(bytewise(bytes)).keyspace)['0']!;
    expect(Object.values(got).map((content) => content.expireAtMs)).toEqual([
      1_700_000_000_123,
      NO_EXPIRY,
      1_700_000_000_000,
      NO_EXPIRY,
    ]);
  });

  test('expired keys are dropped where the time is given; empty collections always', () => {
    const at = (ms: number) => {
      const writer = new ByteWriter();
      writer.byte(252);
      writer.int64LE(ms);
      return writer.copy();
    };
    const bytes = file(
      v4,
      at(99),
      0,
      str('a'),
      str('1'),
      at(100),
      0,
      str('b'),
      str('1'),
      at(5),
      2,
      str('c'),
      1,
      str('x'),
      1,
      str('d'),
      0,
      at(5),
      4,
      str('e'),
      0,
      eof,
    );
    const all = decode([bytes]);
    expect(Object.keys(contents(all.keyspace)['0']!)).toEqual(['a', 'b', 'c']);
    expect([all.loader.loaded, all.loader.expired, all.loader.emptySkipped]).toEqual([3, 0, 2]);
    expect(all.loader.firstEmptyKeys.map(text)).toEqual(['d', 'e']);
    const some = decode(bytewise(bytes), { nowMs: 100 });
    expect(Object.keys(contents(some.keyspace)['0']!)).toEqual(['b']);
    expect([some.loader.loaded, some.loader.expired, some.loader.emptySkipped]).toEqual([1, 3, 1]);
  });

  test('with `replace` a later key wins', () => {
    const bytes = file(v4, 0, str('a'), str('1'), 1, str('a'), 1, str('x'), 0, str('a'), str('2'), eof);
    expect(contents(decode([bytes], { replace: true }).keyspace)['0']!['a']!.items).toEqual(['2']);
  });

  test('a library as 7.0 rc wrote it gets its first line', () => {
    const bytes = file(v4, 246, str('lib'), str('LUA'), 1, str('about'), str('return 1'), eof);
    expect(decode(bytewise(bytes)).loader.functions.map(text)).toEqual(['#!LUA name=lib\nreturn 1']);
  });

  test('a wrong checksum is not looked at where verifying is off', () => {
    const { decoder } = decode([file('REDIS0010', eof, '12345678')], { verifyChecksum: false });
    expect(decoder.checksum).toBe('not verified');
  });
});

describe('DUMP', () => {
  test('payloads round trip', () => {
    fc.assert(
      fc.property(anyKeyspace, (keyspace) => {
        for (let db = 0; db < 4; db++) {
          const copy = new MapKeyspace({ databases: 1 });
          keyspace.database(db).forEach((entry) => {
            const writer = new ByteWriter();
            writer.latin1('before');
            writeDump(writer, entry);
            const payload = writer.copy().subarray(6);
            expect(isDumpIntact(payload)).toBe(true);
            readDump(payload, entry.key(), entry.expireAtMs, loadInto(copy));
          });
          expect(contents(copy)['0']).toEqual(contents(keyspace)[db]);
        }
      }),
      { numRuns: 40 },
    );
  });

  function payload(...parts: (string | number | Uint8Array)[]): Uint8Array {
    const body = file(...parts, 10, 0);
    const crc = new Crc64();
    crc.update(body);
    const sum = new Uint8Array(8);
    crc.digest(sum);
    return file(body, sum);
  }

  test('a payload is known by its version and checksum', () => {
    const good = payload(0, str('v'));
    expect(isDumpIntact(good)).toBe(true);
    for (let i = 0; i < good.length; i++) {
      const bad = good.slice();
      bad[i]! ^= 1;
      expect(isDumpIntact(bad)).toBe(false);
    }
    expect(isDumpIntact(new Uint8Array(9))).toBe(false);
    expect(isDumpIntact(file(0, str('v'), 10, 0, new Uint8Array(8)))).toBe(false);
    expect(isDumpIntact(file(0, str('v'), 99, 0, new Uint8Array(8)))).toBe(false);
  });

  test.each<[string, (string | number | Uint8Array)[]]>([
    ['nothing', []],
    ['an opcode', [254, 1]],
    ['an end', [255]],
    ['half a value', [0, 5, 'ab']],
    ['a value and more', [0, str('v'), 0]],
    ['two values', [0, str('v'), 0, str('k'), str('v')]],
    ['a value and an opcode', [0, str('v'), 254, 1]],
    ['a value and an end', [0, str('v'), 255]],
    ['a value, an end and more', [0, str('v'), 255, 1, 2]],
    ['half a list', [1, 2, str('v')]],
    ['half a sorted set', [5, 1, str('m'), 0]],
  ])('refuses: %s', (_, parts) => {
    const keyspace = new MapKeyspace({ databases: 2 });
    let code = 'accepted';
    try {
      readDump(payload(...parts), latin1('k'), NO_EXPIRY, loadInto(keyspace, { replace: true }));
    } catch (error) {
      if (!isLightsoutError(error)) throw error;
      code = error.code;
    }
    expect(code).toBe('CORRUPT');
  });
});

describe('the hash seed of a file', () => {
  const seed = 'fedcba9876543210';
  const load = (bytes: Uint8Array) => {
    const keyspace = createKeyspace({ databases: 16, hashSeed: 3 });
    const own = keyspace.hashSeed;
    const decoder = new RdbDecoder(loadInto(keyspace), { verifyChecksum: false });
    decoder.push(bytes);
    decoder.end();
    keyspace.check();
    return { keyspace, own };
  };
  const field = (value: string): (string | number)[] => [0xfa, 19, hashSeedField, value.length, value];
  const key: (string | number)[] = [0, 1, 'k', 1, 'v'];
  const end = [0xff, 0, 0, 0, 0, 0, 0, 0, 0];

  test('stands in it and is adopted by who loads it', () => {
    expect(standardAux({ ctimeSec: 1, usedMemoryBytes: 1, aofBase: false, hashSeed: seed }).at(-1)).toEqual([
      hashSeedField,
      seed,
    ]);
    const { keyspace } = load(file('REDIS0010', ...field(seed), ...key, ...end));
    expect([keyspace.hashSeed, keyspace.database(0).size]).toEqual([seed, 1]);
  });

  test('is passed over where it is malformed, or comes behind a key', () => {
    for (const parts of [
      [...field('a seed'), ...key],
      [...key, ...field(seed)],
    ]) {
      const { keyspace, own } = load(file('REDIS0010', ...parts, ...end));
      expect([keyspace.hashSeed, keyspace.database(0).size]).toEqual([own, 1]);
      expect(keyspace.database(0).find(Uint8Array.of(0x6b))).toBeDefined();
    }
  });
});

describe('as Redis loads it', () => {
  const fixture = readFileSync(new URL('../../fixtures/rdb/streams-set-back.rdb', import.meta.url));

  test.each([
    ['below', ['50-1', '50-7', '60-0']],
    ['across', ['99-18446744073709551615', '100-0', '100-1', '101-0']],
    ['unordered', ['50-1', '50-2', '60-1', '61-1', '70-1']],
  ])('a stream that went on in a dead run after XSETID: %s', (key, ids) => {
    for (const keyspace of [
      new MapKeyspace({ databases: 16 }),
      createKeyspace({ databases: 16, hashSeed: 1 }),
    ]) {
      const decoder = new RdbDecoder(loadInto(keyspace));
      decoder.push(Uint8Array.from(fixture));
      decoder.end();
      keyspace.check();
      const stream = keyspace.database(0).stream(latin1(key), false)!;
      const found: string[] = [];
      stream.forEach(0n, greatestStreamId, ({ id }) => void found.push(streamIdText(id)));
      expect(found).toEqual(ids);
      expect([stream.length, streamIdText(stream.firstId), streamIdText(stream.lastId)]).toEqual([
        ids.length,
        ids[0],
        ids.at(-1),
      ]);
      // Forward, backward, and each by itself.
      describeStream(stream);
      stream.forEach(0n, greatestStreamId, ({ id }) => expect(stream.has(id)).toBe(true));
    }
  });

  test('what was loaded of such streams is written so that anyone reads it', () => {
    const { keyspace } = decode([Uint8Array.from(fixture)]);
    expect(contents(decode([encode(keyspace)]).keyspace)).toEqual(contents(keyspace));
  });

  describe('the sign of a score -0', () => {
    const scores = (kind: number, ...value: (string | number | Uint8Array)[]) =>
      contents(decode([file('REDIS0010', kind, str('z'), ...value, eof, new Uint8Array(8))]).keyspace)['0']![
        'z'
      ]!.items;
    const negativeZero = [0, 0, 0, 0, 0, 0, 0, 0x80];
    const large = (count: number) =>
      Array.from({ length: count }, (_, i) => [
        str(`m${String(i).padStart(3, '0')}`),
        ...negativeZero,
      ]).flat();

    // Redis 7.0 forgets it here: what was saved is worth more than its way of making large ones small.
    test('stays where the sorted set comes as a large one', () => {
      expect(scores(5, 2, ...large(2))).toEqual(['m000', '-0', 'm001', '-0']);
      expect(scores(3, 1, str('m'), str('-0'))).toEqual(['m', '-0']);
    });

    test('stays where it comes as a small one, as in Redis', () => {
      const listpack = Uint8Array.of(14, 0, 0, 0, 2, 0, 0x81, 0x6d, 2, 0x82, 0x2d, 0x30, 3, 255);
      expect(scores(17, listpack.length, listpack)).toEqual(['m', '-0']);
    });
  });
});
