import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLightsoutError } from '../../../src/errors.ts';
import type { VisitPacked } from '../../../src/rdb/packed.ts';
import { walkIntset, walkListpack, walkZiplist, walkZipmap } from '../../../src/rdb/packed.ts';
import { latin1, text } from './contents.ts';

type Walk = (bytes: Uint8Array, start: number, end: number, visit: VisitPacked) => void;

function elements(walk: Walk, blob: Uint8Array): string[] {
  // Among other bytes, so that reading beyond an end shows.
  const padded = new Uint8Array(blob.length + 6).fill(0x7f);
  padded.set(blob, 3);
  const items: string[] = [];
  walk(padded, 3, blob.length + 3, (bytes, start, end) => items.push(text(bytes.slice(start, end))));
  return items;
}

function integerIn(item: string, low: bigint, high: bigint): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(item)) return undefined;
  const value = BigInt(item);
  return value >= low && value <= high ? value : undefined;
}

function signed(width: number, value: bigint): number[] {
  return Array.from({ length: width }, (_, i) => Number((BigInt.asUintN(64, value) >> BigInt(8 * i)) & 255n));
}

/** Written from the format's description, every form of entry. */
function listpack(items: readonly string[]): Uint8Array {
  const body: number[] = [];
  for (const item of items) {
    const value = integerIn(item, -(2n ** 63n), 2n ** 63n - 1n);
    const raw = [...latin1(item)];
    let entry: number[];
    if (value !== undefined && value >= 0n && value < 128n) entry = [Number(value)];
    else if (value !== undefined && value >= -4096n && value < 4096n)
      entry = [0xc0 | (Number(BigInt.asUintN(13, value)) >> 8), Number(value & 255n)];
    else if (value !== undefined && BigInt.asIntN(16, value) === value) entry = [0xf1, ...signed(2, value)];
    else if (value !== undefined && BigInt.asIntN(24, value) === value) entry = [0xf2, ...signed(3, value)];
    else if (value !== undefined && BigInt.asIntN(32, value) === value) entry = [0xf3, ...signed(4, value)];
    else if (value !== undefined) entry = [0xf4, ...signed(8, value)];
    else if (raw.length < 64) entry = [0x80 | raw.length, ...raw];
    else if (raw.length < 4096) entry = [0xe0 | (raw.length >> 8), raw.length & 255, ...raw];
    else entry = [0xf0, ...signed(4, BigInt(raw.length)), ...raw];
    const size = entry.length;
    const back = size <= 127 ? 1 : size < 16383 ? 2 : 3;
    const link = Array.from(
      { length: back },
      (_, i) => ((size >> (7 * (back - 1 - i))) & 127) | (i > 0 ? 128 : 0),
    );
    for (const byte of entry) body.push(byte);
    body.push(...link);
  }
  return Uint8Array.from([
    ...signed(4, BigInt(body.length + 7)),
    items.length & 255,
    items.length >> 8,
    ...body,
    255,
  ]);
}

function ziplist(items: readonly string[], wideLinks: boolean): Uint8Array {
  const body: number[] = [];
  let previous = 0;
  let tail = 10;
  for (const item of items) {
    const value = integerIn(item, -(2n ** 63n), 2n ** 63n - 1n);
    const raw = [...latin1(item)];
    const entry =
      previous >= 254 || (wideLinks && previous > 0) ? [254, ...signed(4, BigInt(previous))] : [previous];
    if (value !== undefined && value >= 0n && value <= 12n) entry.push(0xf1 + Number(value));
    else if (value !== undefined && BigInt.asIntN(8, value) === value) entry.push(0xfe, ...signed(1, value));
    else if (value !== undefined && BigInt.asIntN(16, value) === value) entry.push(0xc0, ...signed(2, value));
    else if (value !== undefined && BigInt.asIntN(24, value) === value) entry.push(0xf0, ...signed(3, value));
    else if (value !== undefined && BigInt.asIntN(32, value) === value) entry.push(0xd0, ...signed(4, value));
    else if (value !== undefined) entry.push(0xe0, ...signed(8, value));
    else if (raw.length < 64) entry.push(raw.length, ...raw);
    else if (raw.length < 16384) entry.push(0x40 | (raw.length >> 8), raw.length & 255, ...raw);
    else entry.push(0x80, ...signed(4, BigInt(raw.length)).reverse(), ...raw);
    tail = 10 + body.length;
    previous = entry.length;
    for (const byte of entry) body.push(byte);
  }
  return Uint8Array.from([
    ...signed(4, BigInt(body.length + 11)),
    ...signed(4, BigInt(tail)),
    items.length & 255,
    items.length >> 8,
    ...body,
    255,
  ]);
}

function zipmap(items: readonly string[]): Uint8Array {
  const length = (n: number) => (n < 254 ? [n] : [254, ...signed(4, BigInt(n))]);
  const body = items.flatMap((item, i) => [
    ...length(item.length),
    ...(i % 2 ? [2] : []),
    ...latin1(item),
    ...(i % 2 ? [0, 0] : []),
  ]);
  return Uint8Array.from([items.length / 2, ...body, 255]);
}

function intset(items: readonly string[]): Uint8Array {
  const values = items.map(BigInt);
  const width = values.every((v) => BigInt.asIntN(16, v) === v)
    ? 2
    : values.every((v) => BigInt.asIntN(32, v) === v)
      ? 4
      : 8;
  return Uint8Array.from([
    width,
    0,
    0,
    0,
    ...signed(4, BigInt(items.length)),
    ...values.flatMap((v) => signed(width, v)),
  ]);
}

const item = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc
    .tuple(
      fc.integer({ min: -40, max: 40 }),
      fc.constantFrom(0n, 12n, 127n, 4096n, 32768n, 8388608n, 2147483648n, 2n ** 62n),
    )
    .map(([d, b]) => String(b + BigInt(d))),
  fc
    .constantFrom(62, 63, 64, 126, 127, 128, 252, 253, 254, 300, 4095, 4096, 16380, 16384)
    .map((n) => 'z'.repeat(n)),
);
const items = fc.array(item, { maxLength: 12 });
const pairs = fc.array(fc.tuple(item, item), { maxLength: 6 }).map((all) => all.flat());
const integers = fc
  .oneof(
    fc.array(fc.integer({ min: -50, max: 50 }).map(BigInt)),
    fc.array(fc.integer().map(BigInt)),
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  )
  .map((all) => [...new Set(all)].sort((a, b) => (a < b ? -1 : 1)).map(String));

const forms: [string, Walk, fc.Arbitrary<string[]>, (items: readonly string[]) => Uint8Array][] = [
  ['listpack', walkListpack, items, listpack],
  ['ziplist', walkZiplist, items, (all) => ziplist(all, false)],
  ['ziplist with wide links', walkZiplist, items, (all) => ziplist(all, true)],
  ['zipmap', walkZipmap, pairs, zipmap],
  ['intset', walkIntset, integers, intset],
];

describe.each(forms)('%s', (_, walk, arbitrary, encode) => {
  test('every element comes out', () => {
    fc.assert(
      fc.property(arbitrary, (all) => {
        expect(elements(walk, encode(all))).toEqual(all);
      }),
    );
  });

  test('any change of a byte, any cut and any addition is refused or gives elements within the blob', () => {
    fc.assert(
      fc.property(
        arbitrary,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('change', 'cut', 'add'),
        (all, at, byte, how) => {
          let blob = encode(all);
          if (how === 'change') blob[at % blob.length] = byte;
          else if (how === 'cut') blob = blob.subarray(0, at % blob.length);
          else blob = Uint8Array.from([...blob, byte]);
          const same = how === 'change' && text(blob) === text(encode(all));
          try {
            const got = elements(walk, blob);
            expect(how === 'change' || same).toBe(true);
            expect(got.length).toBeLessThanOrEqual(blob.length);
          } catch (error) {
            if (!isLightsoutError(error)) throw error;
            expect(error.message).toMatch(/is damaged/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('two elements in a row can be kept side by side', () => {
  const blob = listpack(['1', '2', '3', '4']);
  const kept: string[] = [];
  let first: (() => string) | undefined;
  walkListpack(blob, 0, blob.length, (bytes, start, end) => {
    const read = () => text(bytes.slice(start, end));
    if (first === undefined) first = read;
    else {
      kept.push(`${first()}=${read()}`);
      first = undefined;
    }
  });
  expect(kept).toEqual(['1=2', '3=4']);
});
