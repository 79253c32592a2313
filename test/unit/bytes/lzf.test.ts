import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLightsoutError } from '../../../src/errors.ts';
import { lzfCompress, lzfDecompress, lzfMaxLengthBytes } from '../../../src/bytes/index.ts';

/** Bytes with repetition in them, of lengths around every limit of the format. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 40 })), {
    maxLength: 30,
  })
  .map((parts) =>
    Uint8Array.from(
      parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()),
    ),
  );

function compress(bytes: Uint8Array, room = bytes.length * 2 + 16): Uint8Array {
  const target = new Uint8Array(room + 2).fill(0xee);
  const length = lzfCompress(bytes, 0, bytes.length, target, 1, room + 1);
  expect(target[0]).toBe(0xee);
  expect(target[room + 1]).toBe(0xee);
  return target.slice(1, 1 + length);
}

function decompress(bytes: Uint8Array, lengthBytes: number): Uint8Array {
  const target = new Uint8Array(lengthBytes + 2).fill(0xee);
  lzfDecompress(bytes, 0, bytes.length, target, 1, lengthBytes);
  expect(target[0]).toBe(0xee);
  expect(target[lengthBytes + 1]).toBe(0xee);
  return target.slice(1, -1);
}

describe('LZF', () => {
  test('round trip', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 1000 })), (bytes) => {
        const packed = compress(bytes);
        if (bytes.length < 4) expect(packed.length).toBe(0);
        else expect(decompress(packed, bytes.length)).toEqual(bytes);
        expect(bytes.length <= lzfMaxLengthBytes(packed.length) || packed.length === 0).toBe(true);
      }),
    );
  });

  test('round trip of long runs and of distances around 8192', () => {
    for (const gap of [8188, 8189, 8190, 8191, 8192, 8193, 20_000]) {
      const bytes = new Uint8Array(gap + 2000);
      let seed = 1;
      for (let i = 0; i < gap; i++) bytes[i] = (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
      bytes.copyWithin(gap, 0, 1000);
      const packed = compress(bytes);
      expect(packed.length).toBeLessThan(bytes.length);
      expect(decompress(packed, bytes.length)).toEqual(bytes);
    }
  });

  test('gives up exactly where the result does not fit', () => {
    fc.assert(
      fc.property(repetitive, (bytes) => {
        const full = compress(bytes);
        fc.pre(full.length > 4);
        expect(compress(bytes, full.length)).toEqual(full);
        expect(compress(bytes, full.length - 1).length).toBe(0);
      }),
    );
  });

  test('the output is a function of the input, whatever was compressed before', () => {
    fc.assert(
      fc.property(repetitive, fc.array(repetitive, { maxLength: 3 }), (bytes, others) => {
        const first = compress(bytes);
        for (const other of others) compress(other);
        expect(compress(bytes)).toEqual(first);
      }),
    );
  });

  test('damaged bytes are refused or decode to the length announced', () => {
    fc.assert(
      fc.property(repetitive, fc.nat(), fc.integer({ min: 0, max: 255 }), (bytes, at, value) => {
        const packed = compress(bytes);
        fc.pre(packed.length > 0);
        packed[at % packed.length] = value;
        try {
          expect(decompress(packed, bytes.length).length).toBe(bytes.length);
        } catch (error) {
          expect(isLightsoutError(error) && error.code).toBe('CORRUPT');
        }
      }),
    );
  });

  test.each([
    ['literals cut short', [3, 1, 2], 4],
    ['reference cut short', [0, 1, 0x20], 4],
    ['long reference cut short', [0, 1, 0xe0, 0], 12],
    ['reference before the start', [0, 1, 0x20, 1], 4],
    ['too much', [3, 1, 2, 3, 4], 3],
    ['too little', [1, 1, 2], 3],
    ['empty', [], 1],
  ])('refuses: %s', (_, bytes, length) => {
    expect(() => decompress(Uint8Array.from(bytes), length)).toThrow(/LZF string is damaged/);
  });
});
