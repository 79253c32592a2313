import fc from 'fast-check';
import { expect, test } from 'vitest';
import { xxh32 } from '../../../src/bytes/xxhash32.ts';
import { latin1Bytes } from '../../../src/bytes/latin1.ts';

test('XXH32 has the values that its other makes have', () => {
  const known: [string, number][] = [
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ];
  for (const [text, hash] of known) expect(xxh32(latin1Bytes(text))).toBe(hash);
});

test('the hash of a range does not depend on where the range lies', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), fc.nat(9), (bytes, shift) => {
      const moved = new Uint8Array(bytes.length + shift + 3).fill(0xee);
      moved.set(bytes, shift);
      expect(xxh32(moved, shift, shift + bytes.length)).toBe(xxh32(bytes));
    }),
  );
});
