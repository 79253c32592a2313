import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWindow } from '../../../src/bytes/index.ts';

/** Takes items of `size` bytes out of pieces, as a decoder does, and gives all bytes that came through. */
function run(pieces: readonly number[], size: number): { bytes: number[]; offset: number; pending: number } {
  const window = new ByteWindow();
  const bytes: number[] = [];
  let next = 0;
  for (const length of pieces) {
    const piece = Uint8Array.from({ length: length + 2 }, (_, i) => (next + i - 1) & 255);
    next += length;
    window.push(piece, 1, length + 1);
    while (window.pendingBytes >= size) {
      window.position += size;
      for (let i = window.start; i < window.position; i++) bytes.push(window.buffer[i]!);
      window.commit();
    }
    window.keep();
    piece.fill(0xee);
    expect(window.offset).toBe(bytes.length);
  }
  return { bytes, offset: window.offset, pending: window.pendingBytes };
}

describe('ByteWindow', () => {
  test('every byte comes through once and in order, however pieces and items fall', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(700)), fc.integer({ min: 1, max: 900 }), (pieces, size) => {
        const total = pieces.reduce((sum, length) => sum + length, 0);
        const whole = total - (total % size);
        expect(run(pieces, size)).toEqual({
          bytes: Array.from({ length: whole }, (_, i) => i & 255),
          offset: whole,
          pending: total % size,
        });
      }),
    );
  });

  test('a buffer that served one long item is given back', () => {
    const window = new ByteWindow();
    const piece = new Uint8Array(64 * 1024);
    for (let i = 0; i < 64; i++) {
      window.push(piece, 0, piece.length);
      window.keep();
    }
    expect(window.buffer.length).toBeGreaterThanOrEqual(4 * 1024 * 1024);
    window.position += 63.5 * piece.length;
    window.commit();
    window.push(piece, 0, piece.length);
    expect(window.buffer.length).toBeLessThan(1024 * 1024);
    expect(window.pendingBytes).toBe(1.5 * piece.length);
  });
});
