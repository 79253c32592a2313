/** The oracle's own readers of RDB and AOF, on files made by hand, and the comparison of P10. */
import { describe, expect, test } from 'vitest';
import { decodeAof } from '../../../../sim/oracle/aof-decoder.ts';
import { crc64 } from '../../../../sim/oracle/crc64.ts';
import type { Snapshot } from '../../../../sim/oracle/model/state.ts';
import { decodeRdb } from '../../../../sim/oracle/rdb-decoder.ts';
import { NO_EXPIRY_MS } from '../../../../sim/oracle/record.ts';
import { checkSnapshot } from '../../../../sim/oracle/snapshot.ts';
import { putText } from '../../../../sim/oracle/text.ts';

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  putText(text, bytes, 0);
  return bytes;
};

/** A file with this body, closed by the end mark and its checksum. */
function rdb(body: string): Uint8Array {
  const head = bytesOf(`REDIS0010${body}\xff`);
  const bytes = new Uint8Array(head.length + 8);
  bytes.set(head);
  const { low, high } = crc64(head, 0, head.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(head.length, low, true);
  view.setUint32(head.length + 4, high, true);
  return bytes;
}

test('the checksum is that of Redis', () => {
  const { high, low } = crc64(bytesOf('123456789'), 0, 9);
  expect([high.toString(16), low.toString(16)]).toEqual(['e9c6d914', 'c4b8d9ca']);
});

describe('the RDB reader', () => {
  test('reads every form of string', () => {
    const body = [
      '\xfe\x00',
      '\x00\x01a\x03abc',
      '\x00\x01b\xc0\xfb',
      '\x00\x01c\xc1\x39\x30',
      '\x00\x01d\xc2\x40\xe2\x01\x00',
      '\x00\x01e\xc3\x06\x0d\x01xy\xe0\x02\x01',
    ].join('');
    const keys = decodeRdb(rdb(body)).databases.get(0)!;
    expect([...keys.values()].map(({ value }) => value)).toEqual([
      'abc',
      '-5',
      '12345',
      '123456',
      'xyxyxyxyxyxyx',
    ]);
  });

  test('reads collections, expiry and databases', () => {
    const listpack = '\x0f\x00\x00\x00\x03\x00\x81x\x02\x05\x01\xdf\xff\x02\xff';
    const intset = '\x02\x00\x00\x00\x02\x00\x00\x00\xff\xff\x07\x00';
    const body = `\xfe\x03\xfb\x03\x01\xfc\x10\x27\x00\x00\x00\x00\x00\x00\x12\x01l\x01\x02\x0f${listpack}\x0b\x01i\x0c${intset}\x04\x01h\x01\x01f\x01v`;
    const keys = decodeRdb(rdb(body)).databases.get(3)!;
    expect(keys.get('l')).toEqual({ type: 'list', value: ['x', '5', '-1'], expireAtMs: 10_000 });
    expect(keys.get('i')).toEqual({ type: 'set', value: new Set(['-1', '7']), expireAtMs: NO_EXPIRY_MS });
    expect(keys.get('h')).toEqual({ type: 'hash', value: new Map([['f', 'v']]), expireAtMs: NO_EXPIRY_MS });
  });

  test('refuses what is not whole', () => {
    const good = rdb('\x00\x01a\x03abc');
    const flipped = good.slice();
    flipped[14]! ^= 1;
    expect(() => decodeRdb(flipped)).toThrow(/checksum/);
    for (let length = 0; length < good.length; length++)
      expect(() => decodeRdb(good.subarray(0, length))).toThrow(/offset/);
    expect(() => decodeRdb(rdb('\x02\x01t\x00'))).toThrow(/empty/);
    expect(() => decodeRdb(rdb('\x00\x01a\x01x\x00\x01a\x01y'))).toThrow(/second time/);
  });
});

test('the AOF reader applies commands and insists on whole ones', () => {
  const file = '*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n#TS:1\r\n*3\r\n$5\r\nRPUSH\r\n$1\r\nl\r\n$3\r\na\r\n\r\n';
  expect(decodeAof(bytesOf(file), 2)[1]!.get('l')).toMatchObject({ value: ['a\r\n'] });
  expect(() => decodeAof(bytesOf(file.slice(0, -3)), 2)).toThrow(/without an end/);
});

describe('P10', () => {
  const state = (expireAtMs: number): Snapshot => [
    new Map([['a', { type: 'string', value: 'abc', expireAtMs }]]),
  ];
  const file = rdb('\x00\x01a\x03abc');

  test('holds for the state at the fork', () => {
    expect(checkSnapshot(file, 'rdb', state(NO_EXPIRY_MS), 1000)).toEqual({ ok: true });
  });

  test('does not hold for a later state, or one with another expiry', () => {
    expect(checkSnapshot(file, 'rdb', [new Map()], 1000)).toMatchObject({
      ok: false,
      difference: { key: 'a' },
    });
    expect(checkSnapshot(file, 'rdb', state(900), 1000).ok).toBe(false);
    expect(checkSnapshot(rdb(''), 'rdb', state(NO_EXPIRY_MS), 1000).ok).toBe(false);
  });

  test('leaves it open whether a key that had expired is still there', () => {
    expect(checkSnapshot(rdb(''), 'rdb', state(900), 1000)).toEqual({ ok: true });
    expect(checkSnapshot(rdb(''), 'rdb', state(1000), 1000).ok).toBe(false);
  });

  test('says where a broken file is broken', () => {
    expect(checkSnapshot(file.subarray(0, 12), 'rdb', state(NO_EXPIRY_MS), 1000)).toMatchObject({
      ok: false,
      why: expect.stringContaining('offset'),
    });
  });
});
