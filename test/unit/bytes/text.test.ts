import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ByteWriter,
  decimalLength,
  formatDouble17,
  formatInteger,
  parseInt32,
  parseInt64,
  parseInteger,
  quoteWord,
  splitWords,
} from '../../../src/bytes/index.ts';

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('integers', () => {
  test('canonical text and value determine each other', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => {
        const text = formatInteger(value);
        const fits = value >= -(2n ** 63n) && value < 2n ** 63n;
        expect(parseInt64(text)).toBe(fits ? value : undefined);
        const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(parseInteger(text)).toBe(safe ? Number(value) : undefined);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger()), (value) => {
        const text = formatInteger(value);
        expect(parseInteger(text)).toBe(value);
        expect(parseInt32(text)).toBe(value === (value | 0) ? value : undefined);
        expect(decimalLength(value)).toBe(text.length);
        const writer = new ByteWriter(0);
        writer.decimal(value);
        expect(writer.copy()).toEqual(text);
      }),
    );
  });

  test.each([2 ** 53, 9_223_372_036_854_774_784, -(2 ** 62)])(
    '%d is written with all its digits',
    (value) => {
      const writer = new ByteWriter(0);
      writer.decimal(value);
      expect(writer.copy()).toEqual(Uint8Array.from(Buffer.from(BigInt(value).toString())));
      expect(decimalLength(value)).toBe(writer.length);
    },
  );

  test.each([
    '',
    '-',
    '-0',
    '+1',
    '01',
    '-01',
    ' 1',
    '1 ',
    '1a',
    '0x1',
    '1.0',
    '9223372036854775808',
    '-9223372036854775809',
  ])('not canonical: %j', (text) => {
    expect(parseInteger(latin1(text))).toBeUndefined();
    expect(parseInt32(latin1(text))).toBeUndefined();
    expect(parseInt64(latin1(text))).toBeUndefined();
  });

  test('limits', () => {
    expect(parseInt64(latin1('9223372036854775807'))).toBe(2n ** 63n - 1n);
    expect(parseInt64(latin1('-9223372036854775808'))).toBe(-(2n ** 63n));
    expect(parseInt32(latin1('2147483648'))).toBeUndefined();
    expect(parseInt32(latin1('-2147483648'))).toBe(-2147483648);
    expect(parseInteger(latin1('9007199254740992'))).toBeUndefined();
  });

  test('binary forms', () => {
    const writer = new ByteWriter(0);
    writer.uint16LE(0x0102);
    writer.uint32LE(0x01020304);
    writer.uint32BE(0x01020304);
    writer.int64LE(-2);
    writer.int64LE(0x1_0000_0002);
    expect(Buffer.from(writer.view()).toString('hex')).toBe(
      '02010403020101020304feffffffffffffff0200000001000000',
    );
  });
});

describe('formatDouble17', () => {
  test.each([
    [3.1, '3.1000000000000001'],
    [0.1, '0.10000000000000001'],
    [1e-5, '1.0000000000000001e-05'],
    [0.0001, '0.0001'],
    [1e16, '10000000000000000'],
    [1e17, '1e+17'],
    [123456789012345680000, '1.2345678901234568e+20'],
    [-1.5, '-1.5'],
    [0, '0'],
    [-0, '-0'],
    [5e-324, '4.9406564584124654e-324'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
    [1000.5, '1000.5'],
  ])('%d is %s', (value, text) => expect(formatDouble17(value)).toBe(text));

  test('parses back to the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDouble17(value))).toBe(value);
      }),
    );
  });
});

describe('words', () => {
  function split(line: string): string[] | undefined {
    const writer = new ByteWriter();
    const words: [number, number][] = [];
    const bytes = latin1(`?${line}?`);
    const ok = splitWords(bytes, 1, bytes.length - 1, writer, (start, end) => words.push([start, end]));
    return ok
      ? words.map(([start, end]) => Buffer.from(writer.view().subarray(start, end)).toString('latin1'))
      : undefined;
  }

  test.each<[string, string[] | undefined]>([
    ['', []],
    ['  a  b\tc ', ['a', 'b', 'c']],
    ['"a b" \'c d\'', ['a b', 'c d']],
    ['"\\x41\\n\\q\\"" \'\\\'\\n\'', ['A\nq"', "'\\n"]],
    ['"\\x4"', ['x4']],
    ['""', ['']],
    ['a"b c" d', ['ab c', 'd']],
    ['\va\fb "c"\v', ['a\fb', 'c']],
    ['"a"b', undefined],
    ["'a'b", undefined],
    ['"a', undefined],
    ["'a", undefined],
    ['"a\\"', undefined],
  ])('%j gives %j', (line, words) => expect(split(line)).toEqual(words));

  test('what is quoted reads back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 10 })), (words) => {
        const line = words.map(quoteWord).join(' ');
        expect(line).toMatch(/^[\x20-\x7e]*$/);
        expect(split(line)).toEqual(words.map((word) => Buffer.from(word).toString('latin1')));
      }),
    );
  });
});
