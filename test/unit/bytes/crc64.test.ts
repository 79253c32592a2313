import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Crc64 } from '../../../src/bytes/index.ts';

/** Bit by bit, from the definition. */
function slowCrc(bytes: Uint8Array): string {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  return crc.toString(16).padStart(16, '0');
}

describe('Crc64', () => {
  test('gives the check value', () => {
    const crc = new Crc64();
    crc.update(Buffer.from('123456789'));
    expect(crc.hex()).toBe('e9c6d914c4b8d9ca');
    const digest = new Uint8Array(10);
    crc.digest(digest, 1);
    expect(Buffer.from(digest).toString('hex')).toBe('00cad9b8c414d9c6e900');
    expect(crc.matches(digest, 1)).toBe(true);
    expect(crc.matches(digest, 0)).toBe(false);
  });

  test('of any bytes, in any pieces, is the bitwise one', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (bytes, cuts) => {
          const crc = new Crc64();
          let from = 0;
          for (const cut of [
            ...cuts.filter((c) => c <= bytes.length).toSorted((a, b) => a - b),
            bytes.length,
          ]) {
            crc.update(bytes, from, cut);
            from = cut;
          }
          expect(crc.hex()).toBe(slowCrc(bytes));
        },
      ),
    );
  });
});
